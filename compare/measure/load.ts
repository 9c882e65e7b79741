/** Load on a server: writes in an open loop, from their own thread. */

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { decodeFromCompressedBase64, type Histogram } from "hdr-histogram-js";
import type { Server } from "../../lib/connect/server.ts";
import { SHARED_KEY } from "../../lib/protocol/keys.ts";
import type { Announcement } from "../mechanisms/mechanism.ts";
import type { Schedule } from "./schedule.ts";

/** The unrelated keys: the prefix of their names, and how many there are. */
export const NOISE_PREFIX = `${SHARED_KEY}:noise:`;
export const NOISE_KEYS = 1000;

/** What to write, and when. */
export interface Load {
  /** Stamps in `shared_key`, with their due times; or unrelated keys. */
  readonly kind: "stamps" | "noise";
  /** When each write is due. */
  readonly schedule: Schedule;
  /** The sequence number of the first stamp. */
  readonly firstSeq: number;
  /** What to do besides each `SET` of a stamp; nothing by default. */
  readonly announcement?: Announcement;
}

/** The result of a load, as the thread sends it. */
export interface LoadResult {
  /** How late the writes were sent, in microseconds: an encoded histogram. */
  readonly lateness: string;
  /** The CPU time of the thread, in microseconds; `null` if the system does not count it. */
  readonly cpu: number | null;
  /** Why writes failed, if any did. */
  readonly problem?: string;
}

/** The result of a load. */
export interface GeneratedLoad extends Omit<LoadResult, "lateness"> {
  /** How late the writes were sent, in microseconds. */
  readonly lateness: Histogram;
}

/**
 * Generates load on one server, from its own thread.
 *
 * The writes are pipelined and do not wait for replies: a slow server does not slow the schedule down.
 */
export class LoadGenerator implements AsyncDisposable {
  #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /**
   * Connects to a server.
   *
   * @param server The server.
   * @returns The generator. The caller disposes of it.
   * @throws {Error} If its thread fails.
   */
  static async start(server: Server): Promise<LoadGenerator> {
    const generator = new LoadGenerator(new Worker(new URL("./load_worker.ts", import.meta.url)));
    await generator.#ask(server);
    return generator;
  }

  /**
   * Does all writes of a load. Run one load at a time.
   *
   * @param load What to write and when.
   * @returns The result, when all writes are answered.
   * @throws {Error} If the thread fails.
   */
  async run(load: Load): Promise<GeneratedLoad> {
    const result = await this.#ask(load) as LoadResult;
    return { ...result, lateness: decodeFromCompressedBase64(result.lateness) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  async #ask(question: unknown): Promise<unknown> {
    const answered = once(this.#worker, "message"); // rejects with the thread's error
    this.#worker.postMessage(question);
    const [answer] = await answered;
    return answer;
  }
}

/** A heartbeat: drops a connection that does not answer, so that ioredis reconnects. */

import type { Redis } from "ioredis";

/** Options of a heartbeat. */
export interface HeartbeatOptions {
  /**
   * Milliseconds between two PINGs.
   *
   * @default {1000}
   */
  intervalMs?: number;
  /**
   * How long the server may stay silent while an answer is due, in milliseconds.
   *
   * @default {3000}
   */
  limitMs?: number;
  /** Whether a PING may be sent now; by default, always. */
  mayPing?: () => boolean;
}

/** The error of a connection that is dropped as its server does not answer: it hangs, or the line is cut. */
export class SilenceError extends Error {
  /** @param limitMs How long the server was silent, in milliseconds. */
  constructor(limitMs: number) {
    super(`no answer within ${limitMs / 1000} s`);
    this.name = "SilenceError";
  }
}

/** The pause between two checks of the connection, in milliseconds. */
const LOOK_MS = 100;

/**
 * Sends PING over a connection, and drops the connection with a {@linkcode SilenceError} if nothing arrives
 * in time, also while it is connecting. ioredis then reconnects.
 *
 * Without it, a connection whose server hangs, or whose line is cut silently, stays open for hours: a
 * subscription waits for messages and sends nothing that TCP could find undelivered. Sending alone is not
 * enough either: the answer must arrive ({@link https://github.com/redis/redis/issues/7855}). Any data
 * counts as an answer, as a PONG may be queued behind a long reply.
 *
 * @param client The connection, subscribed or not.
 * @param options How often, and how long to wait.
 * @returns The heartbeat; dispose of it to stop it.
 *
 * @example Usage
 * ```ts
 * import { Redis } from "ioredis";
 * import { keepBeating } from "./heartbeat.ts";
 *
 * const client = new Redis("redis://127.0.0.1:6379", { lazyConnect: true });
 * using _heartbeat = keepBeating(client, { intervalMs: 500, limitMs: 2000 });
 * ```
 */
export function keepBeating(client: Redis, options: HeartbeatOptions = {}): Disposable {
  return new Heartbeat(client, options);
}

class Heartbeat implements Disposable {
  #client: Redis;
  #intervalMs: number;
  #limitMs: number;
  #mayPing: () => boolean;
  #timer: ReturnType<typeof setInterval>;
  #pingedAt = 0;
  /** The PING whose answer is due. */
  #awaited?: Promise<unknown>;
  /** When data last arrived, or no answer was due. */
  #aliveAt = performance.now();
  #bytesRead = 0;
  #suspected = false;

  constructor(client: Redis, options: HeartbeatOptions) {
    const { intervalMs = 1000, limitMs = 3000, mayPing = () => true } = options;
    this.#client = client;
    this.#mayPing = mayPing;
    this.#intervalMs = intervalMs;
    this.#limitMs = limitMs;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    client.on("close", this.#onClose);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#client.off("close", this.#onClose);
  }

  #look(): void {
    const now = performance.now();
    if (this.#isAlive()) this.#aliveAt = now;
    if (now - this.#aliveAt > this.#limitMs) return this.#dropOnSecondLook();
    this.#suspected = false;
    const isPingDue = !this.#awaited && now - this.#pingedAt >= this.#intervalMs;
    if (isPingDue && this.#client.status === "ready" && this.#mayPing()) this.#ping(now);
  }

  /** Whether data arrived since the last check, or no answer is due. */
  #isAlive(): boolean {
    const { status, stream } = this.#client;
    const bytesRead = stream?.bytesRead ?? 0;
    const hasRead = bytesRead !== this.#bytesRead;
    this.#bytesRead = bytesRead;
    // On "connect", ioredis has greeted the server and waits for its answer.
    return hasRead || !(status === "connect" || this.#awaited);
  }

  /** Drops at the second check: before that, a process that was busy reads what has arrived meanwhile. */
  #dropOnSecondLook(): void {
    if (this.#suspected) this.#client.stream?.destroy(new SilenceError(this.#limitMs));
    this.#suspected = !this.#suspected;
  }

  #ping(now: number): void {
    this.#pingedAt = now;
    // An error reply is an answer too. After the connection is lost, none is due any more.
    const answer = this.#client.ping().catch(() => {});
    this.#awaited = answer;
    answer.then(() => {
      if (this.#awaited === answer) this.#awaited = undefined;
    });
  }

  #onClose = () => this.#awaited = undefined;
}

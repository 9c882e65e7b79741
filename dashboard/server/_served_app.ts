/** The application on a real port, for tests. */

import { createLog } from "../../lib/telemetry/log.ts";
import { serve } from "../../lib/telemetry/serving.ts";
import { BoardUnderTest } from "./_testing.ts";
import { createApp } from "./app.ts";
import type { GuardOptions } from "./guard.ts";
import { Updates } from "./updates.ts";

/** Serves the application, with a board that the test controls. */
export class ServedApp implements AsyncDisposable {
  readonly facts = new BoardUnderTest();
  readonly updates = new Updates(this.facts.board, "boot");
  /** The intervals that were set. */
  readonly intervals: number[] = [];
  /** The error with which setting the interval fails, if any. */
  failure?: Error;
  readonly url: string;
  readonly port: number;
  #served: AsyncDisposable;

  constructor(guard: GuardOptions = {}) {
    const log = createLog("dashboard", "error", "text");
    const app = createApp({
      updates: this.updates,
      log,
      maxPages: 250,
      ...guard,
      setInterval: (seconds) => {
        this.intervals.push(seconds);
        return this.failure ? Promise.reject(this.failure) : Promise.resolve();
      },
    });
    const address = { host: "127.0.0.1", port: 0 };
    const options = { what: "the page", setting: "PORT", ...address, connections: 300, log };
    const served = serve(options, (request) => app.fetch(request));
    this.#served = served;
    this.port = served.port;
    this.url = `http://127.0.0.1:${served.port}`;
  }

  /** Requests another interval; resolves to the status, and to the problem, if any. */
  async put(body: string, headers: Record<string, string> = {}): Promise<[number, string]> {
    const response = await fetch(`${this.url}/interval`, { method: "PUT", body, headers });
    const text = await response.text();
    return [response.status, text && JSON.parse(text).problem];
  }

  /** Simulates a write, which is sent at once. */
  write(seq: number): void {
    this.facts.now += 100_000;
    this.facts.write(seq);
    this.updates.look();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.updates[Symbol.dispose]();
    await this.#served[Symbol.asyncDispose]();
  }
}

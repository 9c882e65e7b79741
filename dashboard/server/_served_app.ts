/** The application on a real port, for tests. */

import { createLog } from "../../lib/telemetry/log.ts";
import { serve } from "../../lib/telemetry/serving.ts";
import { BoardUnderTest } from "./_testing.ts";
import { createApp } from "./app.ts";
import type { GuardOptions } from "./guard.ts";
import { Updates } from "./updates.ts";

/** The application, served, with a board whose facts are the test's. */
export class ServedApp implements AsyncDisposable {
  readonly facts = new BoardUnderTest();
  readonly updates = new Updates(this.facts.board, "boot");
  /** What the interval was set to. */
  readonly intervals: number[] = [];
  /** What setting the interval fails with, if anything. */
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

  /** Asks for another interval; resolves to the status, and what the problem is, if any. */
  async put(body: string, headers: Record<string, string> = {}): Promise<[number, string]> {
    const response = await fetch(`${this.url}/interval`, { method: "PUT", body, headers });
    const text = await response.text();
    return [response.status, text && JSON.parse(text).problem];
  }

  /** A write happens, and is sent at once. */
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

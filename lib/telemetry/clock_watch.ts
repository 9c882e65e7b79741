/** The clock's offset, estimated for each report. */

import type { Redis } from "ioredis";
import { type ClockOffset, estimateClockOffset } from "./clock_offset.ts";
import type { LogFacts } from "./log.ts";
import { serverOf } from "../connect/server.ts";

/** How often the server is asked for each estimate. */
const ROUNDS = 4;

/**
 * Estimates repeatedly how far our clock and the connected server's are apart, over a connection that also does other
 * work. If the server refuses or does not answer in time, there is no estimate.
 *
 * @example Usage
 * ```ts
 * import type { Redis } from "ioredis";
 * import { ClockWatch } from "./clock_watch.ts";
 *
 * function show(client: Redis): void {
 *   const watch = new ClockWatch(client);
 *   watch.begin();
 *   setTimeout(() => console.log(watch.facts().clockOffset ?? "no answer yet"), 1000);
 * }
 * ```
 */
export class ClockWatch {
  #client: Redis;
  #latest?: ClockOffset & { readonly server: string };
  #asking = false;
  #turn = 0;

  /** @param client The connection. */
  constructor(client: Redis) {
    this.#client = client;
  }

  /** Drops the last estimate and starts another, unless one is still waiting for its answer. */
  async begin(): Promise<void> {
    this.#latest = undefined;
    const turn = ++this.#turn;
    if (this.#asking || this.#client.status !== "ready") return;
    this.#asking = true;
    const server = serverOf(this.#client);
    const estimate = await estimateClockOffset(this.#client, { rounds: ROUNDS })
      .catch(() => undefined); // no permission, or the connection is lost
    this.#asking = false;
    const isOfNow = turn === this.#turn && server === serverOf(this.#client);
    if (estimate && isOfNow) this.#latest = { server, ...estimate };
  }

  /**
   * Returns the latest estimate, for machines.
   *
   * @returns The server, our clock minus its clock, and the greatest error of that, in microseconds; nothing
   * if there is no estimate yet.
   */
  facts(): Omit<LogFacts, "event"> {
    const { server, offset, uncertainty } = this.#latest ?? {};
    return { clockServer: server, clockOffset: offset, clockUncertainty: uncertainty };
  }
}

/** Repeats work until it is stopped. */

import { setTimeout as delay } from "node:timers/promises";

/** Repeats some work, with a pause in between. */
export class Repetition {
  #pauseMs: number;
  #stop = new AbortController();
  #running?: Promise<void>;

  /** @param pauseMs The pause, in milliseconds. */
  constructor(pauseMs: number) {
    this.#pauseMs = pauseMs;
  }

  /** Starts. @param work The work. */
  start(work: () => Promise<void> | void): void {
    this.#running = this.#run(work);
  }

  /** Stops, and waits for work under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(work: () => Promise<void> | void): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await work();
      await delay(this.#pauseMs, undefined, { signal }).catch(() => {}); // stopped
    }
  }
}

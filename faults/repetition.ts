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

  /** Starts. @param work The work; if it returns a promise, the pause begins when that is settled. */
  start(work: () => unknown): void {
    this.#running = this.#run(work);
  }

  /** Stops, and waits for work under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(work: () => unknown): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await work();
      await delay(this.#pauseMs, undefined, { signal }).catch(() => {}); // stopped
    }
  }
}

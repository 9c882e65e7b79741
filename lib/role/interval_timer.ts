/** A timer with a steady rhythm, whose interval can change at any time. */

/** The clock and timers that an interval timer uses; tests pass their own. */
export interface TimerClock {
  /** Reads a monotonic clock, in milliseconds. */
  now(): number;
  /** Calls back after `ms` milliseconds; returns a function that cancels the call. */
  schedule(callback: () => void, ms: number): () => void;
}

/** How late a timer may be before it skips ticks, in milliseconds. */
const MAX_LATE_MS = 1000;

/** The longest wait that the platform's timers allow, in milliseconds. */
const MAX_WAIT_MS = 2 ** 31 - 1;

const SYSTEM_CLOCK: TimerClock = {
  now: () => performance.now(),
  schedule(callback, ms) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Ticks at once, and then at every multiple of its interval after the start. A late tick does not delay the next
 * ones, however long the handling of a tick takes.
 *
 * A timer that is late by more than a second and more than its interval ticks once, and skips the other missed ticks.
 * A new interval counts from the last tick; if that moment has already passed, the timer ticks at once.
 *
 * @example Usage
 * ```ts
 * import { IntervalTimer } from "./interval_timer.ts";
 *
 * const ticks = new IntervalTimer(0.01);
 * let count = 0;
 * for await (const _tick of ticks) {
 *   if (++count === 3) break;
 * }
 * ```
 */
export class IntervalTimer implements AsyncIterable<void> {
  #clock: TimerClock;
  #intervalMs: number;
  #signal?: AbortSignal;
  /** When the last tick was due. */
  #lastDue?: number;
  #wake = () => {};

  /**
   * @param seconds The interval, in seconds.
   * @param signal Ends the ticks.
   * @param clock The clock and timers; by default the system's.
   */
  constructor(seconds: number, signal?: AbortSignal, clock: TimerClock = SYSTEM_CLOCK) {
    this.#intervalMs = seconds * 1000;
    this.#signal = signal;
    this.#clock = clock;
  }

  /** The interval, in seconds. A new one takes effect at once. */
  get interval(): number {
    return this.#intervalMs / 1000;
  }

  set interval(seconds: number) {
    this.#intervalMs = seconds * 1000;
    if (this.#lastDue !== undefined) {
      this.#lastDue = Math.max(this.#lastDue, this.#clock.now() - this.#intervalMs);
    }
    this.#wake();
  }

  /** Ticks until the signal is aborted, or the loop is left. */
  async *[Symbol.asyncIterator](): AsyncGenerator<void, void> {
    while (await this.#untilDue()) yield;
  }

  /** Resolves when the next tick is due, to `false` if the signal was aborted first. */
  async #untilDue(): Promise<boolean> {
    while (!this.#signal?.aborted) {
      const now = this.#clock.now();
      const due = this.#lastDue === undefined ? now : this.#lastDue + this.#intervalMs;
      if (due <= now) {
        const late = now - due;
        this.#lastDue = late > Math.max(MAX_LATE_MS, this.#intervalMs)
          ? now - late % this.#intervalMs
          : due;
        return true;
      }
      await this.#wait(Math.min(due - now, MAX_WAIT_MS));
    }
    return false;
  }

  /** Waits until the time has passed, the interval changes or the signal is aborted. */
  #wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.schedule(resolve, ms);
    const wake = () => resolve();
    this.#wake = wake;
    this.#signal?.addEventListener("abort", wake);
    return promise.finally(() => {
      cancel();
      this.#signal?.removeEventListener("abort", wake);
    });
  }
}

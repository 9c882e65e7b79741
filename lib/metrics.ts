/** What a role counts and times, and its summary. */

import { build, type Histogram } from "hdr-histogram-js";

/**
 * Counts of changes and the distribution of durations, in bounded memory however long a role lives.
 *
 * Durations are kept in a High Dynamic Range histogram of microseconds with four significant digits
 * ({@link https://hdrhistogram.github.io/HdrHistogram/}). It knows no negative values: a negative
 * time difference is kept as zero, and counted.
 *
 * @example Usage
 * ```ts
 * import { Metrics } from "./metrics.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const metrics = new Metrics();
 * metrics.handled++;
 * metrics.recordSeconds(0.000412);
 * assertEquals(metrics.percentiles(), "p50 0.000412 s, p99 0.000412 s");
 * ```
 */
export class Metrics {
  /** Changes handled to the end (a listener), or writes acknowledged (the writer). */
  handled = 0;
  /** Values skipped because a newer one came before they were handled. */
  conflated = 0;
  /** Values that no notification announced, or that came while the subscription was interrupted. */
  missed = 0;
  /** Changes whose handling, or writes whose acknowledgement, failed. */
  failed = 0;
  /** Durations below zero: the clocks of writer and reader are apart. */
  negative = 0;

  #micros: Histogram = build({ numberOfSignificantValueDigits: 4, autoResize: true });

  /**
   * Records one duration.
   *
   * @param seconds The duration, in seconds.
   */
  recordSeconds(seconds: number): void {
    if (seconds < 0) this.negative++;
    this.#micros.recordValue(Math.min(Math.max(0, Math.round(seconds * 1e6)), 2 ** 50));
  }

  /**
   * Writes median and 99th percentile of the recorded durations for people.
   *
   * @returns Such as `p50 0.000412 s, p99 0.000803 s`.
   */
  percentiles(): string {
    if (this.#micros.totalCount === 0) return "p50 -, p99 -";
    const [p50, p99] = [50, 99].map((percentile) =>
      (this.#micros.getValueAtPercentile(percentile) / 1e6).toFixed(6)
    );
    const negative = this.negative > 0 ? ` (${this.negative} negative, clocks apart)` : "";
    return `p50 ${p50} s, p99 ${p99} s${negative}`;
  }
}

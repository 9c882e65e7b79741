/** How durations are distributed. */

import { build, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";

/** The longest duration that is told apart from longer ones, in microseconds: 35 years. */
const MAX_MICROS = 2 ** 50;

/**
 * The distribution of durations, in bounded memory however many there are: a High Dynamic Range histogram of
 * microseconds ({@link https://hdrhistogram.github.io/HdrHistogram/}). It knows no negative values.
 *
 * @example Usage
 * ```ts
 * import { Distribution } from "./distribution.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const distribution = new Distribution(3);
 * distribution.record(412);
 * assertEquals(distribution.percentiles(), "p50 0.000412 s, p99 0.000412 s");
 * ```
 */
export class Distribution {
  #micros: Histogram;

  /** @param digits How many significant digits are kept. */
  constructor(digits: 3 | 4) {
    this.#micros = build({ numberOfSignificantValueDigits: digits, autoResize: true });
  }

  /** How many durations were recorded. */
  get count(): number {
    return this.#micros.totalCount;
  }

  /**
   * Records one duration.
   *
   * @param micros The duration, in microseconds; a negative one is kept as zero.
   */
  record(micros: number): void {
    this.#micros.recordValue(Math.min(Math.max(0, Math.round(micros)), MAX_MICROS));
  }

  /**
   * Writes median and 99th percentile of the recorded durations for people.
   *
   * @returns Such as `p50 0.000412 s, p99 0.000803 s`.
   */
  percentiles(): string {
    if (this.count === 0) return "p50 -, p99 -";
    const [p50, p99] = [50, 99].map((percentile) =>
      (this.#micros.getValueAtPercentile(percentile) / 1e6).toFixed(6)
    );
    return `p50 ${p50} s, p99 ${p99} s`;
  }

  /**
   * Writes the whole distribution for machines.
   *
   * @returns HdrHistogram's compressed V2 encoding, in base64.
   */
  encode(): string {
    return encodeIntoCompressedBase64(this.#micros);
  }

  /** Forgets all durations. */
  clear(): void {
    this.#micros.reset();
  }
}

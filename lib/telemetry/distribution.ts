/** The distribution of durations. */

import { build, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";

/** The longest duration that is recorded as it is, in microseconds: 35 years. */
const MAX_MICROS = 2 ** 50;

/** With how many durations p99 appears: then one lies above the 99th percentile. */
const P99_LEAST = 100;

/** A distribution in a few numbers: the count, and durations in microseconds. */
export interface DistributionFigures {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * The distribution of durations, in bounded memory: a High Dynamic Range histogram of microseconds
 * ({@link https://hdrhistogram.github.io/HdrHistogram/}). It has no negative values.
 *
 * @example Usage
 * ```ts
 * import { Distribution } from "./distribution.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const distribution = new Distribution(3);
 * distribution.record(412);
 * assertEquals(distribution.percentiles(), "p50 0.000412 s");
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
   * @param micros The duration, in microseconds; a negative one counts as zero.
   */
  record(micros: number): void {
    this.#micros.recordValue(Math.min(Math.max(0, Math.round(micros)), MAX_MICROS));
  }

  /** Median, 90th and 99th percentile, and the greatest duration, in microseconds; 0 if there is none. */
  get figures(): DistributionFigures {
    const [p50, p90, p99, max] = [50, 90, 99, 100].map((percentile) =>
      this.count === 0 ? 0 : this.#micros.getValueAtPercentile(percentile)
    );
    return { count: this.count, p50, p90, p99, max };
  }

  /**
   * Formats median and 99th percentile for people.
   *
   * @returns Such as `p50 0.000412 s, p99 0.000803 s`.
   */
  percentiles(): string {
    if (this.count === 0) return "p50 -";
    const [p50, p99] = [this.figures.p50, this.figures.p99].map((micros) =>
      (micros / 1e6).toFixed(6)
    );
    return this.count < P99_LEAST ? `p50 ${p50} s` : `p50 ${p50} s, p99 ${p99} s`;
  }

  /**
   * Encodes the whole distribution for machines.
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

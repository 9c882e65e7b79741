/** Percentiles and medians. */

import { build, type Histogram } from "hdr-histogram-js";

/** Makes a histogram of durations, in microseconds, exact to three digits. */
export function newHistogram(): Histogram {
  return build({ numberOfSignificantValueDigits: 3, autoResize: true });
}

/**
 * Finds the value that a share of all values does not exceed.
 *
 * @param sorted The values in ascending order, at least one.
 * @param share The share, above 0 and at most 1.
 * @returns The lowest such value.
 *
 * @example Usage
 * ```ts
 * import { quantileOf } from "./percentiles.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0.5, 0.99].map((share) => quantileOf([1, 2, 3, 4], share)), [2, 4]);
 * ```
 */
export function quantileOf(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1];
}

/**
 * Finds the median; of two in the middle, the mean.
 *
 * @param values The values, at least one.
 *
 * @example Usage
 * ```ts
 * import { medianOf } from "./percentiles.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(medianOf([4, 1, 2, 3]), 2.5);
 * ```
 */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/**
 * Finds a percentile of durations.
 *
 * @param histogram The durations, in microseconds.
 * @param percentile The percentile, from 0 to 99.9.
 * @returns Microseconds; `null` if there are too few values for the percentile: the 99th needs a hundred.
 *
 * @example Usage
 * ```ts
 * import { build } from "hdr-histogram-js";
 * import { percentileOf } from "./percentiles.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const histogram = build();
 * for (let micros = 1; micros <= 99; micros++) histogram.recordValue(micros);
 * assertEquals([percentileOf(histogram, 50), percentileOf(histogram, 99)], [50, null]);
 * ```
 */
export function percentileOf(histogram: Histogram, percentile: number): number | null {
  const above = Math.round(histogram.totalCount * (100 - percentile) * 10) / 1000; // 100 × 1 % is 1
  return above < 1 ? null : histogram.getValueAtPercentile(percentile);
}

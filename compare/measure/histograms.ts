/** Distributions of durations, from the histograms that the roles and the load generator keep. */

import { build, decodeFromCompressedBase64, type Histogram } from "hdr-histogram-js";
import type { Distribution } from "../results.ts";

/** The percentiles of a percentile plot: each nine as wide as the one before, in steps. */
const CURVE = [
  ...[0, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 93, 95, 97, 98, 99],
  ...[99.3, 99.5, 99.7, 99.8, 99.9, 99.93, 99.95, 99.97, 99.98, 99.99, 100],
];

/**
 * Merges histograms: of several intervals, listeners or repetitions. Percentiles are then those of all values
 * together, never means of percentiles.
 *
 * @param histograms The histograms, as they are or as base64 of their compressed encoding; absent ones are
 * empty.
 * @returns All their values.
 *
 * @example Usage
 * ```ts
 * import { merge } from "./histograms.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(merge([undefined]).totalCount, 0);
 * ```
 */
export function merge(histograms: readonly (Histogram | string | undefined)[]): Histogram {
  const merged = build({ numberOfSignificantValueDigits: 3, autoResize: true });
  for (const histogram of histograms) {
    if (histogram === undefined) continue;
    merged.add(typeof histogram === "string" ? decodeFromCompressedBase64(histogram) : histogram);
  }
  return merged;
}

/**
 * Describes how durations are distributed. A percentile is left out where there are too few of them for one
 * to lie above it: the 99th needs a hundred.
 *
 * @param histogram The durations, in microseconds.
 * @param offset What to subtract from each, in microseconds: how far the clock at their end is ahead of that
 * at their begin.
 * @returns Their number, percentiles and curve.
 *
 * @example Usage
 * ```ts
 * import { build } from "hdr-histogram-js";
 * import { distributionOf } from "./histograms.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const histogram = build();
 * for (let micros = 1; micros <= 100; micros++) histogram.recordValue(micros);
 * const { p50, p99, p999, max } = distributionOf(histogram);
 * assertEquals([p50, p99, p999, max], [50, 99, null, 100]);
 * ```
 */
export function distributionOf(histogram: Histogram, offset = 0): Distribution {
  const count = histogram.totalCount;
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile) - offset;
  const percentile = (value: number) => isTold(value, count) ? at(value) : null;
  const curve = CURVE.filter((percentile) => percentile === 100 || isTold(percentile, count));
  return {
    count,
    p50: percentile(50),
    p90: percentile(90),
    p99: percentile(99),
    p999: percentile(99.9),
    max: count > 0 ? histogram.maxValue - offset : null,
    curve: count > 0 ? curve.map((percentile) => [percentile, at(percentile)]) : [],
  };
}

/** Rounded: 100 values times 1 % above the 99th are 1, and not a little less. */
function isTold(percentile: number, count: number): boolean {
  return count > 0 && Math.round(count * (100 - percentile) * 1000) >= 100_000;
}

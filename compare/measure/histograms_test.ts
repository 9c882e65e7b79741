/** Distributions, against values whose percentiles are known. */

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { build, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";
import { distributionOf, merge } from "./histograms.ts";

function histogramOf(values: Iterable<number>): Histogram {
  const histogram = build({ numberOfSignificantValueDigits: 3, autoResize: true });
  for (const value of values) histogram.recordValue(value);
  return histogram;
}

/** Histograms keep three significant digits. */
function assertClose(actual: number | null, expected: number): void {
  assert(actual !== null);
  assertAlmostEquals(actual, expected, expected * 0.001);
}

Deno.test("distributionOf() finds the percentiles of a uniform distribution", () => {
  const values = Array.from({ length: 100_000 }, (_, index) => index + 1);
  const { count, p50, p90, p99, p999, max } = distributionOf(histogramOf(values));
  assertEquals(count, 100_000);
  assertClose(p50, 50_000);
  assertClose(p90, 90_000);
  assertClose(p99, 99_000);
  assertClose(p999, 99_900);
  assertClose(max, 100_000);
});

Deno.test("distributionOf() finds the percentiles of an exponential distribution", () => {
  const count = 20_000;
  const quantile = (p: number) => -1000 * Math.log(1 - p);
  const values = Array.from({ length: count }, (_, index) => {
    return Math.round(quantile((index + 0.5) / count));
  });
  const distribution = distributionOf(histogramOf(values));
  assertAlmostEquals(distribution.p50!, quantile(0.5), 3);
  assertAlmostEquals(distribution.p90!, quantile(0.9), 5);
  assertAlmostEquals(distribution.p99!, quantile(0.99), 10);
  assertAlmostEquals(distribution.p999!, quantile(0.999), 40);
  const percentiles = distribution.curve.map(([percentile]) => percentile);
  assertEquals([percentiles[0], percentiles.at(-1)], [0, 100]);
  const durations = distribution.curve.map(([, micros]) => micros);
  assertEquals(durations, durations.toSorted((a, b) => a - b));
});

Deno.test("distributionOf() keeps silent about percentiles that too few values lie above", () => {
  const told = (count: number) => {
    const { p50, p90, p99, p999, max } = distributionOf(histogramOf(Array(count).fill(7)));
    return [p50, p90, p99, p999, max].map((value) => value !== null);
  };
  assertEquals(told(0), [false, false, false, false, false]);
  assertEquals(told(1), [false, false, false, false, true]);
  assertEquals(told(2), [true, false, false, false, true]);
  assertEquals(told(99), [true, true, false, false, true]);
  assertEquals(told(100), [true, true, true, false, true]);
  assertEquals(told(1000), [true, true, true, true, true]);
});

Deno.test("distributionOf() corrects by the clocks' offset", () => {
  const { p50, max, curve } = distributionOf(histogramOf([500, 500, 700]), 100);
  assertEquals([p50, max, curve[0][1]], [400, 600, 400]);
});

Deno.test("merge() takes percentiles of all values together, and does not average them", () => {
  const many = histogramOf(Array(900).fill(100));
  const few = histogramOf(Array(100).fill(10_000));
  const merged = merge([encodeIntoCompressedBase64(many), few, undefined]);
  const { count, p50, p99 } = distributionOf(merged);
  assertEquals(count, 1000);
  assertClose(p50, 100); // the mean of the two medians is 5,050
  assertClose(p99, 10_000);
});

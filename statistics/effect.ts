/** How much two variants differ, with a confidence interval. */

import { medianOf } from "./percentiles.ts";

/** The ratio of two variants, with its confidence interval. */
export interface Effect {
  /** The median of the first variant's repetitions, divided by that of the second's. */
  readonly ratio: number;
  /** The 95 % confidence interval of the ratio. */
  readonly low: number;
  readonly high: number;
  /** What the interval says: below 1, above 1, or neither. */
  readonly verdict: "less" | "more" | "not distinguishable";
  /** The number of repetitions, of the variant that has fewer. */
  readonly repetitions: number;
}

/** The probability that is cut off at each end of the interval. */
const TAIL = 0.025;

/**
 * Compares two variants by the ratio of their medians. The interval is the percentile bootstrap's, over repetitions
 * (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13). It needs no random draws: the probability
 * that a resample has a given median can be computed.
 *
 * @param values One value per repetition, all above 0.
 * @param reference The values to compare with, one per repetition, all above 0.
 * @returns The effect, or `undefined` if a variant has fewer than four repetitions: too few for an interval.
 *
 * @example Usage
 * ```ts
 * import { effectOf } from "./effect.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(effectOf([4, 4, 5, 4, 4], [2, 2, 2, 2, 2])?.verdict, "more");
 * assertEquals(effectOf([1, 3, 2, 4, 5], [2, 4, 1, 3, 5])?.verdict, "not distinguishable");
 * ```
 */
export function effectOf(
  values: readonly number[],
  reference: readonly number[],
): Effect | undefined {
  const repetitions = Math.min(values.length, reference.length);
  if (repetitions < 4) return undefined;
  const [above, below] = [resampledMedians(values), resampledMedians(reference)];
  const ratios = above.flatMap(([value, p]) =>
    below.map(([divisor, q]) => [value / divisor, p * q] as const)
  );
  const [low, high] = quantilesOf(ratios, [TAIL, 1 - TAIL]);
  const verdict = high < 1 ? "less" : low > 1 ? "more" : "not distinguishable";
  return { ratio: medianOf(values) / medianOf(reference), low, high, verdict, repetitions };
}

/** A value and its probability. */
type Weighted = readonly [value: number, probability: number];

/** The probability of each value to be the median of a resample; of two in the middle, each counts half. */
function resampledMedians(values: readonly number[]): Weighted[] {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  const middles = [Math.floor((n + 1) / 2), Math.ceil((n + 1) / 2)];
  return sorted.map((value, index) => {
    const weights = middles.map((middle) =>
      atLeast(middle, n, (index + 1) / n) - atLeast(middle, n, index / n)
    );
    return [value, (weights[0] + weights[1]) / 2];
  });
}

/** The probability that at least `k` of `n` draws succeed, each with probability `p`. */
function atLeast(k: number, n: number, p: number): number {
  let sum = 0;
  let combinations = 1;
  for (let count = 0; count <= n; count++) {
    if (count >= k) sum += combinations * p ** count * (1 - p) ** (n - count);
    combinations = combinations * (n - count) / (count + 1);
  }
  return sum;
}

function quantilesOf(values: readonly Weighted[], quantiles: readonly number[]): number[] {
  const sorted = values.toSorted(([a], [b]) => a - b);
  return quantiles.map((quantile) => {
    let sum = 0;
    return (sorted.find(([, probability]) => (sum += probability) >= quantile) ?? sorted.at(-1)!)[
      0
    ];
  });
}

/** Comparing figures that were measured several times. */

import type { Spread } from "../results.ts";

/** How much two medians have to differ to be worth a word, whatever the spread: the greater is 1.2 times the lesser. */
export const NOTABLE_RATIO = 1.2;

/**
 * Finds the median of repetitions, and between what they lie.
 *
 * @param values One value a repetition; `null` where it has none.
 * @returns The median (of two in the middle, their mean), the least and the greatest; `null` where there is no value.
 *
 * @example Usage
 * ```ts
 * import { spreadOf } from "./statistics.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(spreadOf([3, null, 1, 2]), { median: 2, least: 1, greatest: 3 });
 * ```
 */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const sorted = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  if (sorted.length === 0) return null;
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1
    ? sorted[middle]
    : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, least: sorted[0], greatest: sorted.at(-1)! };
}

/**
 * Tells whether one of two measured figures is lower than the other.
 *
 * Where the repetitions of both overlap, or the medians are less than {@linkcode NOTABLE_RATIO} apart, there
 * is no difference. Of two times five repetitions without any real difference, one in 126 does not overlap.
 *
 * @param one A figure.
 * @param other Another one.
 * @returns Which is lower: `one`, `other`, or `none` where there is no difference.
 *
 * @example Usage
 * ```ts
 * import { lower } from "./statistics.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const one = { median: 100, least: 90, greatest: 130 };
 * assertEquals(lower(one, { median: 200, least: 140, greatest: 300 }), "one");
 * assertEquals(lower(one, { median: 200, least: 120, greatest: 300 }), "none");
 * ```
 */
export function lower(one: Spread, other: Spread): "one" | "other" | "none" {
  const [low, high] = one.median <= other.median ? [one, other] : [other, one];
  if (low.greatest >= high.least || high.median < low.median * NOTABLE_RATIO) return "none";
  return low === one ? "one" : "other";
}

/** What repetitions come to. */

import type { Spread } from "../results.ts";

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

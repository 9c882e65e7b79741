/** What most points of an axis say, where no point is worth more than another. */

import type { Pair } from "./_pairs.ts";

/** What most pairs say. */
export interface Agreement {
  /** The arm that is lower in more than half of them; `null` where no arm is. */
  readonly lower: string | null;
  /** The pair to show: of those that say the same, the one in the middle. */
  readonly shown: Pair;
  /** The pairs that say something else. */
  readonly others: readonly Pair[];
}

/** Finds what most pairs say; `null` where there is none. */
export function agreementOf(pairs: readonly Pair[]): Agreement | null {
  if (pairs.length === 0) return null;
  const lower = mostOften(pairs);
  const agreeing = pairs.filter((pair) => pair.lower === lower);
  const shown = middleOf(agreeing.length > 0 ? agreeing : pairs);
  return { lower, shown, others: pairs.filter((pair) => pair.lower !== lower) };
}

/** The middle of a list that is not empty; of two, the second. */
export function middleOf<T>(items: readonly T[]): T {
  return items[items.length >> 1];
}

function mostOften(pairs: readonly Pair[]): string | null {
  for (const [lower, saying] of Map.groupBy(pairs, ({ lower }) => lower)) {
    if (saying.length > pairs.length / 2) return lower;
  }
  return null;
}

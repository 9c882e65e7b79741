/** Where along an axis two patterns skip values, and which handles more. */

import { capitalize, formatList, formatPlace, formatShare } from "../_phrases.ts";
import type { Conclusion, ScenarioResult, Spread } from "../../results.ts";
import { type Pair, pairsOf, PATTERNS } from "./_pairs.ts";
import { describePair, nounOf } from "./_words.ts";

/** Where less than this is handled, an observer skips. A few values also fall to chance on a busy machine. */
const KEPT_UP = 0.9;

/** Says a place on the axis: `5 ms of waiting`. */
export type FormatX = (x: number) => string;

/** Tells whether a share of handled changes means skipping. */
export function skips(handledShare: Spread): boolean {
  return handledShare.median < KEPT_UP;
}

/**
 * Says where both patterns skip, and what they handle at the end of the axis.
 *
 * @param scenario What was found.
 * @param formatX Says a place on its axis.
 * @param lead What the text begins with.
 */
export function concludeSkipping(
  scenario: ScenarioResult,
  formatX: FormatX,
  lead = "",
): Conclusion | null {
  const pairs = pairsOf(scenario, PATTERNS, "handledShare");
  const last = pairs.at(-1);
  if (!last) return null;
  const isAnySkipping = pairs.some(({ one, other }) => skips(one) || skips(other));
  const sentences = [
    `${lead}${describeReaches(pairs, formatX)}`,
    `At ${formatX(last.point.x)}, the part handled is ${describePair(last, formatShare)}.`,
    ...(isAnySkipping ? ["What is skipped is conflated: fewer values, always the newest."] : []),
  ];
  return { claim: claimSkipping(last), text: capitalize(sentences.join(" ")) };
}

/**
 * Only the end of the axis counts: where skipping begins lies within chance's reach. Whether the one that
 * handles more skips as well is no part of it: that may lie there too.
 */
function claimSkipping({ one, other, lower, higher }: Pair): string {
  if (!skips(one) && !skips(other)) return "both keep up to the end";
  return lower === null || higher === null
    ? "values are skipped in the end; no difference in how much is handled"
    : `${nounOf(lower)} skips in the end, ${nounOf(higher)} handles more`;
}

function describeReaches(pairs: readonly Pair[], formatX: FormatX): string {
  const [loop, callback] = PATTERNS.map((arm) => describeReach(arm, pairs, formatX));
  return loop === callback
    ? `each ${loop}.`
    : `${nounOf("loop")} ${loop}. ${capitalize(nounOf("callback"))} ${callback}.`;
}

/** Says up to where along the axis an arm keeps up, and from where on it skips; its name is to precede. */
export function describeReach(arm: string, pairs: readonly Pair[], formatX: FormatX): string {
  const shares = pairs.map(({ arms, one, other }) => arm === arms[0] ? one : other);
  const places = pairs.map(({ point }) => point.x);
  const skipped = places.filter((_, index) => skips(shares[index]));
  const first = shares.findIndex(skips);
  const upTo = places.at(first < 0 ? -1 : first - 1)!;
  const where = skipped.length === places.length - first
    ? `from ${formatX(skipped[0])} on`
    : `at ${formatList(skipped.map(formatPlace))}`;
  const parts = [
    ...(first === 0 ? [] : [`handles at least nine tenths up to ${formatX(upTo)}`]),
    ...(first < 0 ? [] : [`skips more than a tenth ${where}`]),
  ];
  return formatList(parts);
}

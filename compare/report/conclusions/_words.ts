/** What the sentences about two arms have in common. */

import { capitalize, formatDuration, formatList, formatPlace } from "../_phrases.ts";
import type { Conclusion, Spread } from "../../results.ts";
import type { Agreement } from "./_agreement.ts";
import { type Arms, type Pair, pairAt } from "./_pairs.ts";

const NOUNS: Readonly<Record<string, string>> = {
  "keyevent": "the keyevent channel",
  "keyspace": "the keyspace channel",
  "another node": "another node",
};

/** An arm in a sentence: `the loop`. */
export function nounOf(arm: string): string {
  return NOUNS[arm] ?? `the ${arm}`;
}

/** What belongs to an arm: `with the loop`, `at another node`. */
function withArm(arm: string): string {
  return `${arm.endsWith("node") ? "at" : "with"} ${nounOf(arm)}`;
}

/** Leaves out what cannot be said. */
export function sayable(conclusions: readonly (Conclusion | null)[]): Conclusion[] {
  return conclusions.filter((conclusion) => conclusion !== null);
}

/** Two figures: `412 µs with the loop and 405 µs with the callback`. */
export function describePair(
  { arms, one, other }: Pick<Pair, "arms" | "one" | "other">,
  format: (median: number) => string,
): string {
  return `${format(one.median)} ${withArm(arms[0])} and ${format(other.median)} ${
    withArm(arms[1])
  }`;
}

/** The time differences at a point: p50, and p99 where both arms have one. */
export function describeTimes(pair: Pair): string {
  const tail = pairAt(pair.point, pair.arms, "timeDifferenceP99");
  const p50 = `p50 is ${describePair(pair, formatDuration)}`;
  if (!tail) return p50;
  const remark = tail.lower ? "" : " (no difference)";
  return `${p50}, p99 ${describePair(tail, formatDuration)}${remark}`;
}

/** Figures along the axis: `1 ms, 2 ms and 5 ms`. */
export function describeSeries(
  spreads: readonly Spread[],
  format: (median: number) => string,
): string {
  return formatList(spreads.map(({ median }) => format(median)));
}

/** The points that say something else than most: ` It is lower with the loop at 10.`, or nothing. */
export function describeOthers({ others }: Agreement, arms: Arms): string {
  const parts = [...arms, null].flatMap((arm) => {
    const places = others.filter(({ lower }) => lower === arm).map(({ point }) => point.x);
    if (places.length === 0) return [];
    const what = arm === null ? "no different" : `lower ${withArm(arm)}`;
    return [`${what} at ${formatList(places.map(formatPlace))}`];
  });
  return parts.length === 0 ? "" : ` It is ${formatList(parts)}.`;
}

/** Begins a sentence with what most points say: `The time difference is lower with the loop`. */
export function describeLower(what: string, { lower, others }: Agreement): string {
  if (lower !== null) return capitalize(`${what} is lower ${withArm(lower)}`);
  return others.length === 0 ? `No difference in ${what}` : `No consistent difference in ${what}`;
}

/** The claim that belongs to {@linkcode describeLower}; whether a single point differs is no part of it. */
export function claimLower(what: string, lower: string | null): string {
  return lower === null
    ? `no consistent difference in ${what}`
    : `${what} is lower ${withArm(lower)}`;
}

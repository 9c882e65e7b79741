/** What to use for handlers that take their time. */

import { formatDuration, formatNumber, formatRate, formatShare } from "./_phrases.ts";
import { adviceFor, weigh } from "./_preference.ts";
import { lastPair, type Pair, pairAt, pairsOf, PATTERNS } from "./conclusions/_pairs.ts";
import { describeReach, type FormatX, skips } from "./conclusions/_skipping.ts";
import { describePair, nounOf } from "./conclusions/_words.ts";
import { boundOf, formatComputing, formatWaiting } from "./conclusions/handlers.ts";
import type { Decision, ScenarioResult } from "../results.ts";

/** Where changes come faster than a handler that waits can answer one after another. */
export function decideWaiting(scenario: ScenarioResult): Decision | null {
  const pair = lastPair(scenario, PATTERNS, "handledShare");
  if (!pair || !(skips(pair.one) || skips(pair.other))) return null;
  return {
    when: "the handler waits (for a database, an API), and changes come faster than " +
      `it answers one after another${describeThreshold(pair)}`,
    use: adviceFor(pair.higher),
    because: [describeHandled(pair, formatWaiting), ...describeLoop(scenario, pair)].join(" "),
  };
}

/** Where nobody misses the values that are skipped. */
export function decideNewest(scenario: ScenarioResult): Decision | null {
  const pair = lastPair(scenario, PATTERNS, "handledShare");
  const ages = pair && pairAt(pair.point, PATTERNS, "staleness");
  if (!pair?.lower || !ages) return null;
  const bound = boundOf(pair, pair.lower);
  if (!bound) return null;
  const isOlder = ages.higher === pair.lower; // where the ages do not differ, skipping costs nothing
  const arm = bound.isKept || !isOlder ? pair.lower : pair.higher!;
  const times = formatNumber(bound.handlerTimes);
  return {
    when: "the newest value is enough, and each change that is handled costs something",
    use: arm === "loop" ? "the loop, which also handles one change after another" : nounOf(arm),
    because: `${describeHandled(pair, formatWaiting)} ${describeAges(ages)}; ` +
      `that is ${times} times the wait with ${nounOf(pair.lower)}.`,
  };
}

/** Where the handler keeps the processor busy. */
export function decideComputing(scenario: ScenarioResult): Decision | null {
  const handled = lastPair(scenario, PATTERNS, "handledShare");
  const ages = handled && pairAt(handled.point, PATTERNS, "staleness");
  if (!handled || !ages) return null;
  const gains = [handled.higher, ages.lower].includes("callback");
  return {
    when: "the handler computes",
    use: gains
      ? weigh(
        { arm: handled.higher, where: "every value counts" },
        { arm: ages.lower, where: "the newest value counts" },
      )
      : "the loop: overlapping callbacks gain nothing",
    because: `${describeHandled(handled, formatComputing)} ${describeAges(ages)}.`,
  };
}

function describeHandled(pair: Pair, formatX: FormatX): string {
  const { x, rate } = pair.point;
  const place = rate === null ? formatX(x) : `${formatRate(rate)} and ${formatX(x)}`;
  return `At ${place}, the part handled was ${describePair(pair, formatShare)}.`;
}

function describeAges(ages: Pair): string {
  return `The greatest age of what was handled last was ${describePair(ages, formatDuration)}`;
}

/** What a loop gets through in a second, where it skips. */
function describeThreshold({ point, one }: Pair): string {
  if (!skips(one) || !point.rate) return "";
  const perSecond = formatNumber(one.median * point.rate);
  return ` (more than ${perSecond} changes a second, with ${formatWaiting(point.x)})`;
}

/** What a loop gets through: where it skips, that is one change in its handler's time and its round trips. */
function describeLoop(scenario: ScenarioResult, { point, one }: Pair): string[] {
  if (!skips(one) || one.median <= 0 || !point.rate) return [];
  const perSecond = one.median * point.rate;
  const beside = 1e6 / perSecond - 1e3 * point.x;
  const detail = beside > 0 ? `, ${formatDuration(beside)} for each beside the wait` : "";
  return [
    `The loop gets through ${formatNumber(perSecond)} changes a second there${detail}.`,
    `It ${describeReach("loop", pairsOf(scenario, PATTERNS, "handledShare"), formatWaiting)}.`,
  ];
}

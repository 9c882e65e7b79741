/** What it costs to hear of other keys. */

import { formatDuration, formatList, formatPlace, formatShare } from "../_phrases.ts";
import type { Conclusion, FigureName, ScenarioResult } from "../../results.ts";
import { CHANNELS, type Pair, pairAt, pairsOf } from "./_pairs.ts";
import { claimLower, describePair, describeSeries, nounOf, sayable } from "./_words.ts";

const TIME = "the time difference under noise";
const LOAD = "the CPU load under noise";

/** Says what the subscription to every `set` costs while other keys are written. */
export function concludeNoise(scenario: ScenarioResult): Conclusion[] {
  const times = concludeFigure(scenario, "timeDifferenceP50", TIME, formatDuration);
  const load = concludeFigure(scenario, "cpuLoad", LOAD, formatShare);
  return sayable([
    times && { ...times, text: `Time difference p50: ${times.text}${describeTail(scenario)}` },
    load && { ...load, text: `CPU load of a listener, in parts of a core: ${load.text}` },
  ]);
}

/** Compares the channels under the most noise; `null` where nothing was measured under any. */
export function compareUnderNoise(scenario: ScenarioResult, figure: FigureName): Pair | null {
  const last = pairsOf(scenario, CHANNELS, figure).at(-1);
  return last && last.point.x > 0 ? last : null;
}

function concludeFigure(
  scenario: ScenarioResult,
  figure: FigureName,
  what: string,
  format: (median: number) => string,
): Conclusion | null {
  const last = compareUnderNoise(scenario, figure);
  if (!last) return null;
  const pairs = pairsOf(scenario, CHANNELS, figure);
  const places = formatList(pairs.map(({ point }) => formatPlace(point.x)));
  const ones = describeSeries(pairs.map(({ one }) => one), format);
  const others = describeSeries(pairs.map(({ other }) => other), format);
  const verdict = last.lower === null
    ? "No difference under the most noise."
    : `It is lower with ${nounOf(last.lower)} under the most noise.`;
  return {
    claim: claimLower(what, last.lower),
    text: `${ones} with ${nounOf(CHANNELS[0])}, which tells of every SET, and ${others} with ` +
      `${nounOf(CHANNELS[1])}, at ${places} unrelated SETs a second. ${verdict}`,
  };
}

function describeTail(scenario: ScenarioResult): string {
  const last = compareUnderNoise(scenario, "timeDifferenceP50");
  const tail = last && pairAt(last.point, CHANNELS, "timeDifferenceP99");
  return tail ? ` There, p99 is ${describePair(tail, formatDuration)}.` : "";
}

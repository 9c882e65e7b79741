/** Many writes at once. */

import { capitalize, formatDuration, formatPlace, formatShare } from "../_phrases.ts";
import type { Conclusion, ScenarioResult } from "../../results.ts";
import { lastPair, PATTERNS } from "./_pairs.ts";
import { skips } from "./_skipping.ts";
import { describePair, nounOf, sayable } from "./_words.ts";

/** Says how soon the newest value is handled after a burst, and how many are on the way. */
export function concludeBurst(scenario: ScenarioResult): Conclusion[] {
  return sayable([concludeCatchUp(scenario), concludeShare(scenario)]);
}

function concludeCatchUp(scenario: ScenarioResult): Conclusion | null {
  const pair = lastPair(scenario, PATTERNS, "catchUp");
  if (!pair) return null;
  const claim = pair.lower === null
    ? "no difference in the time until the newest value of a burst is handled"
    : `${nounOf(pair.lower)} handles the newest value of a burst sooner`;
  const text = `${capitalize(claim)}: of ${formatPlace(pair.point.x)} writes at once, after ` +
    `${describePair(pair, formatDuration)}.`;
  return { claim, text };
}

function concludeShare(scenario: ScenarioResult): Conclusion | null {
  const pair = lastPair(scenario, PATTERNS, "handledShare");
  if (!pair) return null;
  const claim = pair.higher === null
    ? "no difference in how much of a burst is handled"
    : `${nounOf(pair.higher)} handles more of a burst`;
  const rest = skips(pair.one) || skips(pair.other) ? " The rest is conflated." : "";
  const text = `${capitalize(claim)}: of ${formatPlace(pair.point.x)} writes at once, ` +
    `${describePair(pair, formatShare)}.${rest}`;
  return { claim, text };
}

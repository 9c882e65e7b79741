/** Loop and callback at more and more writes a second. */

import { formatRate } from "../_phrases.ts";
import type { Conclusion, ScenarioResult } from "../../results.ts";
import { type Agreement, agreementOf } from "./_agreement.ts";
import { type Pair, pairAt, pairsOf, PATTERNS } from "./_pairs.ts";
import { concludeSkipping, skips } from "./_skipping.ts";
import { claimLower, describeLower, describeOthers, describeTimes, sayable } from "./_words.ts";

const WHAT = "the time difference";

/** Says from which rate on each pattern skips, and whether their time differences differ below it. */
export function concludeRates(scenario: ScenarioResult): Conclusion[] {
  return sayable([concludeSkipping(scenario, formatRate), concludeTimes(scenario)]);
}

/** Compares the time differences at the rates that both patterns keep up with. */
export function compareTimes(scenario: ScenarioResult): Agreement | null {
  return agreementOf(pairsOf(scenario, PATTERNS, "timeDifferenceP50").filter(keepUp));
}

/** Where a pattern skips, it reads fewer values than the other, and not the same: their times say little. */
function keepUp({ point }: Pair): boolean {
  const pair = pairAt(point, PATTERNS, "handledShare");
  return pair !== null && !skips(pair.one) && !skips(pair.other);
}

function concludeTimes(scenario: ScenarioResult): Conclusion | null {
  const agreement = compareTimes(scenario);
  if (!agreement) return null;
  const { shown, lower } = agreement;
  return {
    claim: claimLower(WHAT, lower),
    text:
      `${describeLower(WHAT, agreement)} at the rates at which neither skips more than a tenth: ` +
      `at ${formatRate(shown.point.x)}, ${describeTimes(shown)}.` +
      describeOthers(agreement, PATTERNS),
  };
}

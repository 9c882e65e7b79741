/** What it costs to listen at another node than the writer's. */

import { formatDuration } from "../_phrases.ts";
import type { Conclusion, ScenarioResult } from "../../results.ts";
import { type Agreement, agreementOf } from "./_agreement.ts";
import { type Arms, pairsOf } from "./_pairs.ts";
import { claimLower, describeLower, describeOthers, describeTimes } from "./_words.ts";

const NODES: Arms = ["writer's node", "another node"];
const WHAT = "the time difference";

/** Says the price of the hop from node to node. */
export function concludeReplica(scenario: ScenarioResult): Conclusion[] {
  const agreement = compareNodes(scenario);
  if (!agreement) return [];
  const { lower, shown } = agreement;
  const hop = formatDuration(Math.abs(shown.other.median - shown.one.median));
  const price = lower === null ? "" : ` The hop makes ${hop} of difference.`;
  return [{
    claim: claimLower(WHAT, lower),
    text: `${describeLower(WHAT, agreement)}: ${describeTimes(shown)}.${price}` +
      describeOthers(agreement, NODES),
  }];
}

/** Compares the nodes. */
export function compareNodes(scenario: ScenarioResult): Agreement | null {
  return agreementOf(pairsOf(scenario, NODES, "timeDifferenceP50"));
}

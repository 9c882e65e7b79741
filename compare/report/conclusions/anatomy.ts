/** What the way from a write to its handshake is made of. */

import { capitalize, formatDuration, formatShare } from "../_phrases.ts";
import type { Conclusion, PointResult, ScenarioResult, Spread } from "../../results.ts";
import { lower } from "../../measure/statistics.ts";
import { middleOf } from "./_agreement.ts";
import { figureOf, PATTERNS, pointsOf } from "./_pairs.ts";
import { nounOf, sayable } from "./_words.ts";

/** The parts of the way. */
interface Path {
  readonly notification: Spread;
  readonly read: Spread;
  readonly handshake: Spread;
}

/** Says what the second round trip costs each pattern, and what no listener can save. */
export function concludeAnatomy(scenario: ScenarioResult): Conclusion[] {
  return sayable(PATTERNS.map((arm) => concludeArm(scenario, arm)));
}

function concludeArm(scenario: ScenarioResult, arm: string): Conclusion | null {
  const paths = pointsOf(scenario).map((point) => pathOf(point, arm))
    .filter((path) => path !== null);
  if (paths.length === 0) return null;
  const { notification, read, handshake } = middleOf(paths);
  const total = notification.median + read.median + handshake.median;
  if (total <= 0) return null;
  const part = ({ median }: Spread) => `${formatDuration(median)} (${formatShare(median / total)})`;
  const claim = claimRead(arm, lower(read, notification));
  return {
    claim,
    text: `${capitalize(claim)}: at the median, the read takes ${part(read)}, ` +
      `the notification ${part(notification)}, the handshake ${part(handshake)}. ` +
      "The read is the second round trip; the notification no listener can save.",
  };
}

function pathOf(point: PointResult, arm: string): Path | null {
  const notification = figureOf(point, arm, "notificationP50");
  const read = figureOf(point, arm, "readP50");
  const handshake = figureOf(point, arm, "handshakeP50");
  return notification && read && handshake ? { notification, read, handshake } : null;
}

function claimRead(arm: string, verdict: ReturnType<typeof lower>): string {
  if (verdict === "none") {
    return `no difference between the read and the notification of ${nounOf(arm)}`;
  }
  const comparison = verdict === "one" ? "less" : "more";
  return `the read of ${nounOf(arm)} takes ${comparison} time than the notification`;
}

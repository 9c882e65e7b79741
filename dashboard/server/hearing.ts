/** Decides whether what an observation has delivered is current, by the observation's own status alone. */

import type { ObservationStatus } from "../../lib/observe/observe.ts";
import { describeAbsence } from "../../lib/telemetry/readiness.ts";
import { excerpt } from "../../lib/text.ts";
import type { Hearing } from "../protocol.ts";

/** The status of an observation, or why there is none. */
export type HearingSign =
  | ObservationStatus
  | { readonly state: "interrupted"; readonly reason: string };

/** The result before the first status. */
export const NOTHING_HEARD: Hearing = { reason: "not received yet" };

/**
 * Decides whether what was delivered is current.
 *
 * @param sign The status of the observation.
 * @param before The result until then.
 * @param now Microseconds since the Unix epoch.
 * @returns The result from now on.
 */
export function hearingAfter(sign: HearingSign, before: Hearing, now: number): Hearing {
  switch (sign.state) {
    case "current":
      return isCurrent(before) ? before : { since: now };
    case "interrupted":
    case "unreadable":
      return { reason: excerpt(sign.reason, 200), since: lastingSince(before, now) };
    case "unannounced":
      return { reason: excerpt(describeAbsence(sign), 200), since: lastingSince(before, now) };
    case "stale":
      return {
        reason: "it is behind: its value is an older one",
        since: lastingSince(before, now),
      };
    default:
      return before;
  }
}

/** Whether what was delivered is current. */
export function isCurrent({ reason }: Hearing): boolean {
  return reason === undefined;
}

/** Returns the start of a loss: another reason does not restart it. */
function lastingSince(before: Hearing, now: number): number {
  return isCurrent(before) ? now : before.since ?? now;
}

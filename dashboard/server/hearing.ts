/** Whether what an observation brings is current: by what it says of itself, and by nothing else. */

import type { ObservationStatus } from "../../lib/observe/observe.ts";
import { describeAbsence } from "../../lib/telemetry/readiness.ts";
import { excerpt } from "../../lib/text.ts";
import type { Hearing } from "../protocol.ts";

/** What an observation says of itself, or why there is none. */
export type HearingSign =
  | ObservationStatus
  | { readonly state: "interrupted"; readonly reason: string };

/** What is said until an observation has said anything. */
export const NOTHING_HEARD: Hearing = { reason: "not received yet" };

/**
 * Judges whether what arrived can still be trusted.
 *
 * @param sign What the observation says.
 * @param before What was known until then.
 * @param now Microseconds since the Unix epoch.
 * @returns What is known from now on.
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
    default:
      return before;
  }
}

/** Whether what arrives can be trusted. */
export function isCurrent({ reason }: Hearing): boolean {
  return reason === undefined;
}

/** A loss with another reason began with the first one. */
function lastingSince(before: Hearing, now: number): number {
  return isCurrent(before) ? now : before.since ?? now;
}

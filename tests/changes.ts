/** Changes for tests, as an observation of stamps delivers them. */

import type { Change } from "../lib/observe/change.ts";
import { type StampVersion, versionOfStamp } from "../lib/protocol/stamp.ts";

/**
 * Makes a change.
 *
 * @param value What was read.
 * @param facts What else it is to say: a notification at second 6 of `shared_key`, with nothing in between, if absent.
 * @returns The change.
 */
export function changeTo(
  value: string | null,
  facts: Partial<Change<StampVersion>> = {},
): Change<StampVersion> {
  const version = versionOfStamp(value ?? "");
  return {
    key: "shared_key",
    value,
    ...(version && { version }),
    cause: "notification",
    readAt: 6_000_000,
    conflated: 0,
    missed: 0,
    ...facts,
  };
}

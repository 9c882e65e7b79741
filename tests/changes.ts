/** Changes for tests, as an observation of stamps delivers them. */

import type { Change } from "../lib/observe/change.ts";
import { type StampVersion, versionOfStamp } from "../lib/protocol/stamp.ts";

/**
 * Creates a change.
 *
 * @param value The value read.
 * @param facts Further facts; by default, a notification for `shared_key` at second 6, with nothing in between.
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

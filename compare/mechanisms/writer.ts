/** Writes what the mechanisms need: the key, the channel and the stream. */

import type { ChainableCommander } from "ioredis";
import { SHARED_KEY } from "../../lib/protocol/keys.ts";
import { type Announcement, STREAM_LENGTH, VALUE_CHANNEL, VALUE_STREAM } from "./mechanism.ts";

/**
 * Adds the commands of one write to a pipeline.
 *
 * @param pipeline The pipeline.
 * @param value The value.
 * @param announcements What to do besides the `SET`.
 */
export function addWrite(
  pipeline: ChainableCommander,
  value: string,
  announcements: readonly Announcement[],
): void {
  pipeline.set(SHARED_KEY, value);
  if (announcements.includes("publish")) pipeline.publish(VALUE_CHANNEL, value);
  if (announcements.includes("stream")) {
    pipeline.xadd(VALUE_STREAM, "MAXLEN", "~", STREAM_LENGTH, "*", "value", value);
  }
}

/** Time differences: read time minus write time. */

import type { Stamp } from "./stamp.ts";

/**
 * The age of a value when it was read.
 *
 * @example Usage
 * ```ts
 * import { createStamp, timeDifference, type TimeDifference } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * const difference: TimeDifference = timeDifference(createStamp("writer", 1, 1_000_000), 3_500_000);
 * assertEquals(difference, { seconds: 2.5, coarse: false });
 * ```
 */
export interface TimeDifference {
  /** Read time minus write time, in seconds; negative if the two clocks differ. */
  readonly seconds: number;
  /** Whether the difference is in whole seconds, as the stamp has no microseconds. */
  readonly coarse: boolean;
}

/**
 * Computes the time difference of a stamp.
 *
 * @param stamp The stamp that was read.
 * @param readAt When it was read, in microseconds since the Unix epoch.
 * @returns The difference, exact to the microsecond, or in whole seconds for the older form.
 *
 * @example Usage
 * ```ts
 * import { createStamp, timeDifference } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * const stamp = createStamp("writer", 1, 1725543675123456);
 * assertEquals(timeDifference(stamp, 1725543675123868).seconds, 0.000412);
 * ```
 */
export function timeDifference(stamp: Stamp, readAt: number): TimeDifference {
  return stamp.micros === undefined
    ? { seconds: Math.floor(readAt / 1e6) - stamp.timestamp, coarse: true }
    : { seconds: (readAt - stamp.micros) / 1e6, coarse: false };
}

/**
 * Formats a time difference for people. A negative one keeps its sign, and is marked.
 *
 * @param difference The difference.
 * @returns Such as `0.000412 seconds`, `3 seconds`, or `-0.002000 seconds (clocks apart)`.
 *
 * @example Usage
 * ```ts
 * import { formatDifference } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatDifference({ seconds: 0.000412, coarse: false }), "0.000412 seconds");
 * ```
 */
export function formatDifference({ seconds, coarse }: TimeDifference): string {
  const mark = seconds < 0 ? " (clocks apart)" : "";
  return `${coarse ? seconds : seconds.toFixed(6)} seconds${mark}`;
}

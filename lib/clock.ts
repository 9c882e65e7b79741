/** The wall clock of stamps and readings. */

/**
 * Reads the system's wall clock in microseconds.
 *
 * `Date.now()` counts milliseconds, too coarse for time differences of a few hundred microseconds.
 * `performance.timeOrigin + performance.now()` is finer, but does not follow when the system's clock
 * is stepped. `Temporal` reads the system's clock each time, to the microsecond.
 *
 * @returns Microseconds since the Unix epoch, a safe integer until the year 2255.
 *
 * @example Usage
 * ```ts
 * import { nowMicros } from "@observable/keydb";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(nowMicros() / 1000, Date.now(), 50);
 * ```
 */
export function nowMicros(): number {
  return Number(Temporal.Now.instant().epochNanoseconds / 1000n);
}

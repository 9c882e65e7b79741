/** The seconds between two writes, as text in a key or a variable. */

/** The shortest interval, in seconds. */
export const MIN_INTERVAL = 0.001;

/** The longest interval, in seconds: one day. */
export const MAX_INTERVAL = 86400;

/** What an interval must be, for error messages. */
export const INTERVAL_RULE = `a number of seconds from ${MIN_INTERVAL} to ${MAX_INTERVAL}`;

/**
 * Parses an interval. White space around the number is ignored, as values from a pipe end with a line break.
 *
 * @param text A plain decimal number of seconds.
 * @returns The seconds, or `undefined` if the text is not a number from 0.001 to 86400.
 *
 * @example Usage
 * ```ts
 * import { parseInterval } from "./interval.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseInterval("0.5"), 0.5);
 * assertEquals(parseInterval("soon"), undefined);
 * ```
 */
export function parseInterval(text: string): number | undefined {
  return parseDecimal(text, MIN_INTERVAL, MAX_INTERVAL);
}

/**
 * Parses a plain decimal number without sign or exponent.
 *
 * @param text Digits with at most one point, perhaps with white space around them.
 * @param min The least valid number.
 * @param max The greatest valid number.
 * @returns The number, or `undefined` if the text is not a number from `min` to `max`.
 *
 * @example Usage
 * ```ts
 * import { parseDecimal } from "./interval.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseDecimal("12.5", 0, 100), 12.5);
 * assertEquals(parseDecimal("12.5", 0, 10), undefined);
 * assertEquals(parseDecimal("1e3", 0, 1e6), undefined);
 * ```
 */
export function parseDecimal(text: string, min: number, max: number): number | undefined {
  // No two parts of the pattern can match the same characters, so that no text makes it slow.
  if (!/^\s*(\d+(\.\d*)?|\.\d+)\s*$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}

/** How measured values are written: with three significant digits and a unit that suits their size. */

import type { Spread } from "../results.ts";

/** What a value measures, and in which unit it is given. */
export type Quantity =
  /** Microseconds. */
  | "micros"
  /** Seconds. */
  | "seconds"
  /** A part of a whole, 0 to 1. */
  | "share"
  /** Seconds of CPU time in a second: 1 is one core, wholly busy. */
  | "load"
  /** Bytes. */
  | "bytes"
  /** How many. */
  | "count";

/** What stands where there is no value. */
export const NO_VALUE = "–";

/** A unit and how many of the given one make it. */
type Unit = readonly [size: number, name: string];

/** The units of a quantity, the smallest first. */
const UNITS: Readonly<Record<Quantity, readonly Unit[]>> = {
  micros: [[1, " µs"], [1e3, " ms"], [1e6, " s"]],
  seconds: [[1e-6, " µs"], [1e-3, " ms"], [1, " s"]],
  share: [[0.01, " %"]],
  load: [[0.01, " %"]],
  bytes: [[1, " B"], [2 ** 10, " KiB"], [2 ** 20, " MiB"], [2 ** 30, " GiB"]],
  count: [[1, ""]],
};

/**
 * Writes a value with at most three significant digits and its unit.
 *
 * @param value The value; `null` where there is none.
 * @param quantity What it measures.
 * @returns Such as `412 µs`, or {@linkcode NO_VALUE}. A share below the whole is never written as the whole.
 *
 * @example Usage
 * ```ts
 * import { formatValue } from "./units.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatValue(1234.5, "micros"), "1.23 ms");
 * assertEquals(formatValue(0.9999, "share"), "99.9 %");
 * ```
 */
export function formatValue(value: number | null, quantity: Quantity): string {
  if (value === null) return NO_VALUE;
  const unit = unitFor(value, quantity);
  return `${digits(value, quantity, unit)}${unit[1]}`;
}

/**
 * Writes the median of repetitions and between what they lie, in one unit.
 *
 * @param spread The figure; `null` where there is none.
 * @param quantity What it measures.
 * @returns Such as `412 (398–430) µs`; the median alone where all are written alike.
 *
 * @example Usage
 * ```ts
 * import { formatSpread } from "./units.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatSpread({ median: 412, least: 398, greatest: 1430 }, "micros"), "412 (398–1,430) µs");
 * ```
 */
export function formatSpread(spread: Spread | null, quantity: Quantity): string {
  if (spread === null) return NO_VALUE;
  const unit = unitFor(spread.median, quantity);
  const [median, least, greatest] = [spread.median, spread.least, spread.greatest]
    .map((value) => digits(value, quantity, unit));
  const range = least === greatest ? "" : ` (${least}–${greatest})`;
  return `${median}${range}${unit[1]}`;
}

/** The greatest unit of which there is at least one after rounding: 999.7 µs are 1 ms. */
function unitFor(value: number, quantity: Quantity): Unit {
  const units = UNITS[quantity];
  const size = Math.abs(Number(value.toPrecision(3)));
  return units.findLast(([unit]) => size >= unit) ?? units[0];
}

function digits(value: number, quantity: Quantity, [size]: Unit): string {
  const rounded = Number((value / size).toPrecision(3));
  const isAlmostAll = quantity === "share" && value < 1 && rounded >= 100;
  return (isAlmostAll ? 99.9 : rounded).toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

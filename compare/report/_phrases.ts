/** Figures and lists as words of a sentence. */

import { formatValue } from "./units.ts";

const NUMBER = new Intl.NumberFormat("en-GB", {
  maximumSignificantDigits: 3,
  signDisplay: "negative", // zero has no sign
});
const PLACE = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 3, signDisplay: "negative" });
const LIST = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** A duration, such as `412 µs`, `1.5 ms` or `12.3 s`. */
export function formatDuration(micros: number): string {
  return formatValue(micros, "micros");
}

/** A part of a whole, such as `31 %`. */
export function formatShare(share: number): string {
  return formatValue(share, "share");
}

/** A measured number, with three digits that count. */
export function formatNumber(value: number): string {
  return NUMBER.format(value);
}

/** A number that was set and not measured, such as a place on an axis: with all its digits. */
export function formatPlace(value: number): string {
  return PLACE.format(value);
}

/** Such as `1, 10 and 100`. */
export function formatList(items: readonly string[]): string {
  return LIST.format(items);
}

/** Begins a sentence. */
export function capitalize(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Writes of the load, or changes: `1,000 writes a second`. */
export function formatRate(rate: number, what = "writes"): string {
  return `${formatPlace(rate)} ${what} a second`;
}

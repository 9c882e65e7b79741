/** Formats values, with two digits and a suitable unit, and escapes texts. */

import type { Effect } from "../../statistics/effect.ts";
import { medianOf } from "../../statistics/percentiles.ts";

/** The text for a missing value. */
export const NO_VALUE = "–";

/**
 * Formats a number with two significant digits.
 *
 * @param value The number.
 * @returns A text such as `0.051`, `7`, `1,200`.
 *
 * @example Usage
 * ```ts
 * import { twoDigits } from "./format.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0.0512, 7, 1234].map(twoDigits), ["0.051", "7", "1,200"]);
 * ```
 */
export function twoDigits(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString("en-US", { maximumFractionDigits: 6 });
}

/**
 * Formats a duration.
 *
 * @param micros Microseconds; `null` if there is none.
 * @returns A text such as `410 µs`, `1.2 ms`, `3 s`.
 *
 * @example Usage
 * ```ts
 * import { formatMicros } from "./format.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([412, 999.7, 2.5e6, null].map(formatMicros), ["410 µs", "1 ms", "2.5 s", "–"]);
 * ```
 */
export function formatMicros(micros: number | null): string {
  if (micros === null) return NO_VALUE;
  const rounded = Math.abs(Number(micros.toPrecision(2)));
  if (rounded < 1e3) return `${twoDigits(micros)} µs`;
  return rounded < 1e6 ? `${twoDigits(micros / 1e3)} ms` : `${twoDigits(micros / 1e6)} s`;
}

/**
 * Formats a share. Less than the whole never appears as 100 %.
 *
 * @param share The share, 1 for the whole; `null` if there is none.
 * @returns A text such as `97 %`.
 *
 * @example Usage
 * ```ts
 * import { formatShare } from "./format.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0.974, 0.9999, 1, 0.00012].map(formatShare), ["97 %", "99.9 %", "100 %", "0.012 %"]);
 * ```
 */
export function formatShare(share: number | null): string {
  if (share === null) return NO_VALUE;
  return share < 1 && share >= 0.995
    ? `${Math.min(99.9, Number((share * 100).toPrecision(3)))} %`
    : `${twoDigits(share * 100)} %`;
}

/**
 * Returns the median of the values that are not `null`.
 *
 * @param values The values.
 * @returns The median; `null` if there is none.
 */
export function medianOrNull(values: readonly (number | null)[]): number | null {
  const present = values.filter((value) => value !== null);
  return present.length > 0 ? medianOf(present) : null;
}

/**
 * Formats a ratio: near 1, two digits would hide a difference.
 *
 * @param ratio The ratio.
 * @returns A text such as `0.051`, `1.04`, `42`.
 *
 * @example Usage
 * ```ts
 * import { formatRatio } from "./format.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0.0512, 0.5, 1.041, 42.4].map(formatRatio), ["0.051", "0.50", "1.04", "42"]);
 * ```
 */
export function formatRatio(ratio: number): string {
  return ratio >= 0.1 && ratio < 10 ? ratio.toFixed(2) : twoDigits(ratio);
}

/**
 * Formats an effect.
 *
 * @param effect The effect; `undefined` if there are too few repetitions.
 * @param words The words for less and for more.
 * @returns A text such as `faster: 0.50 (0.45–0.55)`.
 *
 * @example Usage
 * ```ts
 * import { formatEffect } from "./format.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const effect = { ratio: 0.5, low: 0.45, high: 0.55, verdict: "less", repetitions: 5 } as const;
 * assertEquals(formatEffect(effect, ["faster", "slower"]), "faster: 0.50 (0.45–0.55)");
 * ```
 */
export function formatEffect(
  effect: Effect | undefined,
  [less, more]: readonly [string, string],
): string {
  if (!effect) return NO_VALUE;
  const { ratio, low, high, verdict, repetitions } = effect;
  const range = `${formatRatio(ratio)} (${formatRatio(low)}–${formatRatio(high)})`;
  if (verdict === "less") return `${less}: ${range}`;
  if (verdict === "more") return `${more}: ${range}`;
  return `not distinguishable (n = ${repetitions}): ${range}`;
}

/**
 * Escapes a text for Markdown, so that GitHub and `marked` show it as it is.
 *
 * @param text The text.
 * @returns One line without any markup.
 *
 * @example Usage
 * ```ts
 * import { escapeMarkdown } from "./format.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(escapeMarkdown("<b>listener_sync</b>"), "\\<b\\>listener\\_sync\\</b\\>");
 * ```
 */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .replaceAll(/[\\`*_[\]<>|~&#$!@]/g, "\\$&")
    .replaceAll(/(https?|ftp)(:)/gi, "$1\\$2")
    .replaceAll(/(www)(\.)/gi, "$1\\$2")
    .replace(/^([-+=])/, "\\$1")
    .replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2");
}

/**
 * Escapes a text for HTML, in attributes too.
 *
 * @param text The text.
 * @returns The text without markup.
 */
export function escapeHtml(text: string): string {
  const names: Record<string, string> = {
    "&": "amp",
    "<": "lt",
    ">": "gt",
    '"': "quot",
    "'": "#39",
  };
  return text.replaceAll(/[&<>"']/g, (character) => `&${names[character]};`);
}

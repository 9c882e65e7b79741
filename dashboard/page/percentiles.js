// @ts-check
import { formatCount } from "./format.js";

/** @typedef {import("../protocol.ts").Figures} Figures */

/**
 * How many values a percentile needs: with fewer, it would be the greatest value, which is shown anyway. The reports
 * of the comparison use the same limits.
 */
const NEEDS = new Map([["p90", 10], ["p99", 100]]);

/**
 * Returns the percentiles, without those that have too few values.
 *
 * @param {Figures} figures
 * @returns {(number | undefined)[]} p50, p90, p99 and max.
 */
export function tellableOf({ count, p50, p90, p99, max }) {
  return Object.entries({ p50, p90, p99, max }).map(([name, micros]) =>
    count < (NEEDS.get(name) ?? 1) ? undefined : micros
  );
}

/**
 * Describes how many values the distributions have, and which percentiles need more.
 *
 * @param {readonly Figures[]} all
 * @returns {[values: string, lack: string]} Such as `3 values` and ` (p90 needs 10, p99 100)`.
 */
export function describeCounts(all) {
  const counts = Array.from(new Set(all.map(({ count }) => count))).filter((count) => count > 0);
  if (counts.length === 0) return ["no values", ""];
  const values = `${counts.map(formatCount).join(" and ")} ${
    counts.at(-1) === 1 ? "value" : "values"
  }`;
  const lacking = Array.from(NEEDS).filter(([, needed]) => Math.min(...counts) < needed);
  const needs = lacking.map(([name, needed], i) => `${name}${i === 0 ? " needs" : ""} ${needed}`);
  return [values, needs.length === 0 ? "" : ` (${needs.join(", ")})`];
}

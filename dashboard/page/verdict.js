// @ts-check
import { wordFor } from "./describe.js";
import { formatCount, formatDuration } from "./format.js";
import { titleOf } from "./names.js";

/** @typedef {import("../protocol.ts").State} State */

/**
 * Compares the first two listeners in a sentence, with the figures.
 *
 * @param {State} state
 * @returns {string} Such as `Last minute: not distinguishable. Loop p50 2.1 ms, Callback p50 2.1 ms (n = 60 and 60).`
 */
export function describeVerdict({ listeners, verdict }) {
  const [first, second] = listeners;
  if (!first || !second) return "Nothing to compare: there is only one listener.";
  const [one, other] = [first, second].map((listener) => titleOf(listener, listeners));
  if (!first.last && !second.last) return "Nothing to compare yet.";
  const absent = [first, second].filter(({ presence }) => presence.status !== "here");
  if (absent.length > 0) {
    const reasons = absent.map((listener) =>
      `${titleOf(listener, listeners)} is ${wordFor(listener.presence)}`
    );
    return `Nothing to compare: ${reasons.join(", ")}.`;
  }
  const figures = `${one} p50 ${formatDuration(first.minute.p50)}, ` +
    `${other} p50 ${formatDuration(second.minute.p50)} ` +
    `(n = ${formatCount(first.minute.count)} and ${formatCount(second.minute.count)})`;
  if (first.minute.count + second.minute.count === 0) {
    return "Nothing to compare in the last minute.";
  }
  if (!verdict) return `Last minute: too few values to compare. ${figures}.`;
  if (verdict.verdict === "not distinguishable") {
    return `Last minute: not distinguishable. ${figures}.`;
  }
  const ratio = verdict.verdict === "slower" ? verdict.ratio : 1 / verdict.ratio;
  const [ahead, behind] = verdict.verdict === "slower" ? [one, other] : [other, one];
  return `Last minute: ${ahead} is faster; ${behind} takes ${
    formatRatio(ratio)
  } as long. ${figures}.`;
}

/** @param {number} ratio Above 1. */
function formatRatio(ratio) {
  return `${Number(ratio.toPrecision(2))} ×`;
}

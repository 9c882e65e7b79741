// @ts-check
import { wordFor } from "./describe.js";
import { formatAlike, formatCount, formatSpan, skippedPercent } from "./format.js";
import { capitalized, joinNames, titleOf, unseenRoles } from "./names.js";

/**
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("../protocol.ts").ListenerState} ListenerState
 */

/**
 * @typedef {object} Words The verdict on two listeners.
 * @property {string} verdict One short sentence or two: which listener is faster, and which values they skip.
 * @property {string} evidence The figures behind it, or what to do if there are none.
 */

const LAST_KNOWN = "The figures below are the last known ones.";
const RETURN = "When a node is up again, the writer and the listeners return by themselves.";

/**
 * Compares the first two listeners.
 *
 * @param {State} state
 * @returns {Words}
 */
export function describeVerdict(state) {
  const { nodes, listeners } = state;
  const [first, second] = listeners;
  if (!first || !second) {
    return { verdict: "Nothing to compare: there is only one listener.", evidence: "" };
  }
  if (!first.last && !second.last) {
    return { verdict: "Nothing to compare yet.", evidence: describeStart(state) };
  }
  if (nodes.every(({ status }) => status === "down" || status === "loading")) {
    return { verdict: "Nothing to compare: no node is up.", evidence: `${RETURN} ${LAST_KNOWN}` };
  }
  const pair = [first, second].map((listener) => ({
    ...listener,
    title: titleOf(listener, listeners),
  }));
  const absent = pair.filter(({ presence }) => presence.status !== "here");
  if (absent.length > 0) {
    return {
      verdict: `Nothing to compare: ${describeAbsence(absent)}.`,
      evidence: describeStart(state) || (absent.length === pair.length ? LAST_KNOWN : ""),
    };
  }
  const unheard = pair.filter(({ hearing }) => hearing.reason !== undefined);
  if (unheard.length > 0) {
    const names = joinNames(unheard.map(({ title }) => title));
    return {
      verdict: `Nothing to compare: the answers of ${names} do not reach the dashboard.`,
      evidence: "",
    };
  }
  if (pair.every(({ minute }) => minute.count === 0)) {
    return { verdict: "Nothing to compare in the last minute.", evidence: "" };
  }
  return compare(pair, state.verdict);
}

/** @typedef {ListenerState & { readonly title: string }} Titled */

/**
 * @param {readonly Titled[]} pair
 * @param {State["verdict"]} verdict
 * @returns {Words}
 */
function compare(pair, verdict) {
  const [one, other] = pair.map(({ title }) => title);
  const minutes = pair.map(({ minute }) => minute);
  const [p50, otherP50] = formatAlike(minutes.map(({ p50 }) => p50));
  const counts = minutes.map(({ count }) => formatCount(count)).join(" and ");
  const span = formatSpan(Math.max(...minutes.map(({ seconds }) => seconds)));
  const figures = `${capitalized(span)}: p50 ${one} ${p50}, ${other} ${otherP50} (n = ${counts})`;
  const skips = describeSkips(pair);
  if (!verdict) {
    return { verdict: `Too few values to compare yet.${skips}`, evidence: `${figures}.` };
  }
  const isSlower = verdict.ratio >= 1;
  const [ahead, behind] = isSlower ? [one, other] : [other, one];
  const { ratio: quotient, low: least, high: most } = verdict;
  const ratios = isSlower ? [quotient, least, most] : [1 / quotient, 1 / most, 1 / least];
  const [ratio, low, high] = ratios.map(formatRatio);
  const evidence = `${figures}. Second by second, ` +
    `${behind} takes ${ratio} times as long (95 % interval ${low} to ${high}).`;
  const words = verdict.verdict === "not distinguishable"
    ? `Neither is ahead: ${one} and ${other} are not distinguishable.`
    : `${ahead} is faster: ${behind} takes ${ratio} times as long.`;
  return { verdict: `${words}${skips}`, evidence };
}

/**
 * Returns a sentence on the values that listeners skip; empty if they skip none.
 *
 * @param {readonly Titled[]} pair
 * @returns {string} Such as ` Loop skips 65 %, Callback 3 %.`
 */
function describeSkips(pair) {
  const skips = pair.map(({ title, minute }) => ({ title, percent: skippedPercent(minute) }))
    .filter(({ percent }) => percent > 0);
  const parts = skips.map(({ title, percent }, i) =>
    i === 0 ? `${title} skips ${percent} %` : `${title} ${percent} %`
  );
  return parts.length === 0 ? "" : ` ${parts.join(", ")}.`;
}

/** @param {readonly Titled[]} absent */
function describeAbsence(absent) {
  const [one, other] = absent.map(({ title, presence }) => ({ title, word: wordFor(presence) }));
  if (!other) return `${one.title} is ${one.word}`;
  return one.word === other.word
    ? `${one.title} and ${other.title} are ${one.word}`
    : `${one.title} is ${one.word}, ${other.title} is ${other.word}`;
}

/** The task that starts each role, by the role's usual name. */
const TASKS = new Map([
  ["writer", "deno task writer"],
  ["listener_sync", "deno task listener:sync"],
  ["listener_async", "deno task listener:async"],
]);

/**
 * Says what to start; empty if every role has been seen, or may have been.
 *
 * @param {State} state
 */
function describeStart(state) {
  const unseen = unseenRoles(state);
  if (unseen.length === 0) return "";
  const tasks = unseen.flatMap(({ name }) => TASKS.get(name) ?? []);
  const each = tasks.length === 1 ? "it" : "each";
  const how = tasks.length === 0 ? "" : ` Start ${each} in a terminal: ${tasks.join(", ")}.`;
  return `Waiting for ${joinNames(unseen.map(({ title }) => title))}.${how}`;
}

/** @param {number} ratio One more digit below 2, as 1.04 is not 1. */
function formatRatio(ratio) {
  return ratio < 2 ? ratio.toFixed(2) : `${Number(ratio.toPrecision(2))}`;
}

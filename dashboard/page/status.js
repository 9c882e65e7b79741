// @ts-check
import { find, setAttribute, setItems, setLine, setText } from "./dom.js";
import { formatAge, formatTime, skippedPercent } from "./format.js";
import { joinNames, titleOf } from "./names.js";
import { describeProblem, problemsOf } from "./problems.js";

/**
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("./problems.js").Problem} Problem
 */

/** @typedef {{ readonly kind: string, readonly text: string }} Liveness How much of what is shown is live. */

const TITLE = document.title;

/** A sign for each level of problems, so that colour is not the only difference. */
const SIGNS = { bad: "✕", warn: "◐", unknown: "○" };

/** @type {Liveness} Nothing is known yet. */
const CONNECTING = { kind: "connecting", text: "◐ Connecting" };

/** @type {Liveness} The connection to the dashboard is lost. */
const LOST = { kind: "lost", text: "✕ Lost" };

/** Shows the connection and the problems, and announces changes of both to screen readers. */
export class Status {
  #connection = find("connection");
  #health = find("health");
  #healthLine = find("health-line");
  #healthMore = find("health-more");
  #problems = find("problems");
  #toldConnection = find("told-connection");
  #toldProblems = find("told-problems");
  /** When something last arrived, by the page's own clocks, in milliseconds. */
  #heard = { date: Date.now(), count: performance.now() };
  #isLost = false;
  #hasHeard = false;
  /** @type {Liveness} What the dashboard itself receives. */
  #liveness = CONNECTING;
  /** @type {readonly Problem[]} The problems at the last check. */
  #known = [];

  /**
   * Notes that a state has arrived.
   *
   * @param {State} state The state.
   */
  hear(state) {
    if (this.#isLost && this.#hasHeard) setText(this.#toldConnection, "Reconnected.");
    this.#heard = { date: Date.now(), count: performance.now() };
    this.#hasHeard = true;
    this.#isLost = false;
    this.#liveness = livenessOf(state);
    this.showConnection(); // at once, as a page in the background draws nothing
  }

  /** Notes that the connection is lost. */
  lose() {
    this.#isLost = true;
    setText(this.#toldConnection, "Lost the connection to the dashboard; reconnecting.");
    this.showConnection();
  }

  /** Shows whether the page is live, in its title too: nothing else of a page in the background is visible. */
  showConnection() {
    const { kind, text } = this.#isLost ? LOST : this.#liveness;
    if (this.#isLost) this.#showHealth("bad", [this.#describeLoss()]);
    setAttribute(document.documentElement, "data-connection", kind);
    const title = kind === "lost"
      ? `✕ Lost – ${TITLE}`
      : kind === "blind"
      ? `✕ No node – ${TITLE}`
      : TITLE;
    if (document.title !== title) document.title = title;
    setText(this.#connection, text);
  }

  /**
   * Shows whether all is well: the first problem in one line, the others in the list behind it.
   *
   * @param {State} state
   * @param {number} now Microseconds since the Unix epoch.
   */
  showState(state, now) {
    if (this.#isLost) return; // the loss is shown already
    this.#liveness = livenessOf(state);
    this.showConnection();
    const problems = problemsOf(state);
    const lines = problems.map((problem) => {
      return `${SIGNS[problem.level]} ${describeProblem(problem, now)}`;
    });
    if (problems.length > 0) this.#showHealth(problems[0].level, lines);
    else this.#showHealth(...describeWellness(state), []);
    this.#compare(problems, state);
  }

  /**
   * @param {string} level
   * @param {readonly string[]} lines The line to show, then those that are counted.
   * @param {readonly string[]} [problems] The list behind the line; by default all lines.
   */
  #showHealth(level, lines, problems = lines) {
    setAttribute(this.#health, "data-level", level);
    setLine(this.#healthLine, lines[0]);
    setText(this.#healthMore, lines.length === 1 ? "" : `and ${lines.length - 1} more`);
    setItems(this.#problems, problems.map((text) => ({ text, className: "" })));
  }

  #describeLoss() {
    const age = formatAge((performance.now() - this.#heard.count) * 1e3);
    const time = formatTime(this.#heard.date * 1e3);
    return this.#hasHeard
      ? `✕ Connection lost at ${time} (${age} ago), reconnecting: all states are unknown`
      : `✕ No answer from the dashboard since ${time} (${age}), trying again`;
  }

  /**
   * Announces the problems that are new, and those that are over, to screen readers.
   *
   * @param {readonly Problem[]} problems
   * @param {State} state
   */
  #compare(problems, state) {
    const [known, present] = [this.#known, problems].map((all) => all.map(({ what }) => what));
    const fresh = present.filter((what) => !known.includes(what));
    const over = this.#known.filter(({ what, isOver }) => !present.includes(what) && isOver(state));
    this.#known = problems;
    const told = [...fresh, ...over.map(({ over }) => over)];
    if (told.length > 0) setText(this.#toldProblems, `${told.join(". ")}.`);
  }
}

/**
 * Describes what is there if nothing is wrong.
 *
 * @param {State} state
 * @returns {[level: string, lines: readonly string[]]}
 */
function describeWellness({ nodes, listeners, writer }) {
  const up = nodes.filter(({ status }) => status === "up").length;
  if (up === 0) return ["unknown", ["? No node has answered yet"]];
  if (!writer.last) return ["unknown", ["? No write is known yet"]];
  const here = listeners.filter(({ presence }) => presence.status === "here").length;
  const parts = [count(up, "node"), "writer", count(here, "listener")];
  return ["ok", [`● All is well: ${parts.join(", ")}${describeSkipping(listeners)}`]];
}

/**
 * Says that it is no fault if listeners skip values.
 *
 * @param {State["listeners"]} listeners
 * @returns {string} Such as `; Loop skips older values, as designed`.
 */
function describeSkipping(listeners) {
  const slow = listeners.filter(({ minute }) => skippedPercent(minute) > 0);
  if (slow.length === 0) return "";
  const names = joinNames(slow.map((listener) => titleOf(listener, listeners)));
  return `; ${names} ${slow.length === 1 ? "skips" : "skip"} older values, as designed`;
}

/**
 * @param {number} number
 * @param {string} what
 */
function count(number, what) {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

/**
 * Returns how much of the page is live: nothing while no node is up, and a part while the dashboard does not receive
 * everything.
 *
 * @param {State} state
 * @returns {Liveness}
 */
function livenessOf({ nodes, observation, writer }) {
  if (!nodes.some(({ status }) => status === "up")) {
    const isKnown = nodes.every(({ since }) => since !== undefined);
    return isKnown ? { kind: "blind", text: "✕ No node" } : CONNECTING;
  }
  const isAll = observation.state === "observing" && writer.hearing.reason === undefined;
  return isAll ? { kind: "live", text: "● Page live" } : { kind: "partial", text: "◐ Partly live" };
}

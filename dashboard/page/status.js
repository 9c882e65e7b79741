// @ts-check
import { describeProblem, problemsOf } from "./problems.js";
import { find, setAttribute, setItems, setText } from "./dom.js";
import { formatAge, formatSince, formatTime, showText } from "./format.js";

/**
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("./problems.js").Problem} Problem
 */

/** @typedef {{ readonly kind: string, readonly text: string }} Liveness How much of what is shown is live. */

const TITLE = document.title;

/** What is said of the connection, what is wrong, and what is read out when that changes. */
export class Status {
  #connection = find("connection");
  #observation = find("observation");
  #problems = find("problems");
  #toldConnection = find("told-connection");
  #toldProblems = find("told-problems");
  /** When the page heard something last, by the page's own clocks, in milliseconds. */
  #heard = { date: Date.now(), count: performance.now() };
  #isLost = false;
  #hasHeard = false;
  /** @type {Liveness} What the dashboard hears itself. */
  #liveness = { kind: "connecting", text: "◐ Connecting" };
  /** @type {readonly Problem[]} What was wrong. */
  #known = [];

  /**
   * Takes note that the server was heard.
   *
   * @param {State} state What it said.
   */
  hear(state) {
    if (this.#isLost && this.#hasHeard) setText(this.#toldConnection, "The dashboard is back.");
    this.#heard = { date: Date.now(), count: performance.now() };
    this.#hasHeard = true;
    this.#isLost = false;
    this.#liveness = livenessOf(state, state.at);
    this.showConnection(); // at once: a page that nobody sees draws nothing else
  }

  /** Takes note that the server is lost. */
  lose() {
    this.#isLost = true;
    setText(this.#toldConnection, "Lost the dashboard; trying again.");
    this.showConnection();
  }

  /** Shows whether the server is heard. Of a page in the background, its title is seen. */
  showConnection() {
    const { kind, text } = this.#isLost ? this.#describeLoss() : this.#liveness;
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
   * Shows what the dashboard hears, and what is wrong.
   *
   * @param {State} state
   * @param {number} now Microseconds since the Unix epoch.
   */
  showState(state, now) {
    if (this.#isLost) return this.#showLoss(state, now);
    this.#liveness = livenessOf(state, now);
    this.showConnection();
    const { observation } = state;
    const isObserving = observation.state === "observing";
    setText(
      this.#observation,
      isObserving
        ? `hears ${showText(observation.server, 60)} ${formatSince(observation.since, now)}`
        : `✕ does not hear all handshakes ${formatSince(observation.since, now)}`,
    );
    setAttribute(this.#observation, "data-level", isObserving ? "ok" : "bad");
    const problems = problemsOf(state);
    setItems(
      this.#problems,
      problems.map((problem) => {
        const sign = problem.level === "bad" ? "✕" : "◐";
        return { text: `${sign} ${describeProblem(problem, now)}`, className: problem.level };
      }),
    );
    this.#compare(problems, state);
  }

  /**
   * Shows that nothing is known any more. What was wrong is not over for that.
   *
   * @param {State} state
   * @param {number} now
   */
  #showLoss({ at }, now) {
    setText(this.#observation, "");
    const text = `✕ All states are unknown ${formatSince(at, now)}`;
    setItems(this.#problems, [{ text, className: "bad" }]);
  }

  /** @returns {Liveness} */
  #describeLoss() {
    const age = formatAge((performance.now() - this.#heard.count) * 1e3);
    const time = formatTime(this.#heard.date * 1e3);
    const text = this.#hasHeard
      ? `✕ Lost the dashboard at ${time} (${age} ago); trying again`
      : `✕ No answer from the dashboard since ${time} (${age}); trying again`;
    return { kind: "lost", text };
  }

  /**
   * Reads out what is wrong now and was not before, and the other way round.
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
 * Says how much of what is shown is live: nothing while no node is up, and not all while the dashboard does not hear
 * everything.
 *
 * @param {State} state
 * @param {number} now
 * @returns {Liveness}
 */
function livenessOf({ nodes, observation, writer }, now) {
  if (!nodes.some(({ status }) => status === "up")) {
    const since = nodes.map(({ since }) => since);
    const isKnown = since.every((since) => since !== undefined);
    if (!isKnown) return { kind: "connecting", text: "◐ No node has answered yet" };
    return { kind: "blind", text: `✕ No node is up ${formatSince(Math.max(...since), now)}` };
  }
  const isAll = observation.state === "observing" && writer.hearing.reason === undefined;
  return isAll ? { kind: "live", text: "● Live" } : { kind: "partial", text: "◐ Partly live" };
}

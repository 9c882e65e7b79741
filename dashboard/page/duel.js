// @ts-check
import { find, make, PictureWords, seriesOf, setAttribute, setLine, setText } from "./dom.js";
import { formatDuration, NO_VALUE } from "./format.js";
import { History } from "./history.js";
import { DuelChart } from "./duel_chart.js";
import { nodeTitle, titleOf } from "./names.js";
import { describeVerdict } from "./verdict.js";

/**
 * @typedef {import("../protocol.ts").Event} Event
 * @typedef {import("../protocol.ts").Second} Second
 * @typedef {import("../protocol.ts").State} State
 */

/** Compares the listeners' time differences: one line each on a common chart, and the verdict. */
export class Duel {
  #legend = find("duel-legend");
  #verdict = find("verdict");
  #evidence = find("evidence");
  #host = find("chart");
  #readout = find("readout");
  #words = new PictureWords(this.#host);
  #chart = new DuelChart(
    this.#host,
    (index) => getComputedStyle(this.#legend.children[index]).color,
    (text) => setText(this.#readout, text),
  );
  #shown = "";
  /** @type {Map<string, History>} */
  #histories = new Map();
  /** @type {Event[]} */
  #marks = [];

  constructor() {
    // What the mouse passes is not read aloud.
    this.#host.addEventListener("focus", () => setAttribute(this.#readout, "aria-live", "polite"));
    this.#host.addEventListener("blur", () => setAttribute(this.#readout, "aria-live", "off"));
  }

  /** Removes all lines and marks. */
  forget() {
    this.#histories.clear();
    this.#marks = [];
  }

  /**
   * Adds seconds to the lines, and marks the events that are warnings.
   *
   * @param {Readonly<Record<string, readonly Second[]>>} seconds
   * @param {readonly Event[]} events
   * @param {State} state
   */
  add(seconds, events, { at, listeners }) {
    const names = listeners.map(({ name }) => name);
    for (const name of this.#histories.keys()) {
      if (!names.includes(name)) this.#histories.delete(name);
    }
    for (const name of names) {
      const history = this.#histories.get(name) ?? new History();
      this.#histories.set(name, history);
      history.add(Object.hasOwn(seconds, name) ? seconds[name] : [], at);
    }
    this.#marks = [...this.#marks, ...events.filter(({ level }) => level === "warn")].slice(-50);
  }

  /**
   * @param {State} state
   * @param {number} now Microseconds since the Unix epoch.
   */
  show(state, now) {
    const { listeners, interval } = state;
    const titles = listeners.map((listener) => titleOf(listener, listeners));
    this.#showLegend(titles);
    const { verdict, evidence } = describeVerdict(state);
    setLine(this.#verdict, verdict);
    setLine(this.#evidence, evidence);
    const lines = listeners.map(({ name }) => this.#histories.get(name)?.seconds ?? []);
    this.#chart.show({
      titles,
      lines,
      marks: this.#marks,
      describe: ({ who, text }) => `${nameOf(who, state)} ${text}`,
      pace: interval.seconds ?? 1,
    }, now);
    this.#words.show(now, () => describeLines(titles, lines));
  }

  /** @param {readonly string[]} titles */
  #showLegend(titles) {
    const shown = JSON.stringify(titles);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#legend.replaceChildren(...titles.map((title, i) => make("li", seriesOf(i), title)));
  }
}

/**
 * Returns the title of a node, listener or other role.
 *
 * @param {string} name
 * @param {State} state
 */
function nameOf(name, { nodes, listeners }) {
  const listener = listeners.find((listener) => listener.name === name);
  return listener ? titleOf(listener, listeners) : nodeTitle(name, nodes);
}

/**
 * @param {readonly string[]} titles
 * @param {readonly (readonly Second[])[]} lines
 */
function describeLines(titles, lines) {
  const parts = titles.map((title, i) => {
    const values = lines[i].map(([, p50]) => p50);
    if (values.length === 0) return `${title}: no values`;
    const [least, greatest] = [Math.min(...values), Math.max(...values)].map(formatDuration);
    return `${title}: p50 from ${least} to ${greatest}, ${
      formatDuration(values.at(-1))
    } at the end`;
  });
  return `Time difference of each second, last five minutes. ${parts.join(". ") || NO_VALUE}.`;
}

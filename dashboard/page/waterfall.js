// @ts-check
import { wordFor } from "./describe.js";
import { draw, find, make, seriesOf, setAttribute, setText } from "./dom.js";
import { formatAgo, formatDuration, formatMoment, NO_VALUE } from "./format.js";
import { nodeTitle, titleOf } from "./names.js";
import { placeOn, ticksOf } from "./scale.js";

/**
 * @typedef {import("../protocol.ts").Hearing} Hearing
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("../protocol.ts").Trace} Trace
 * @typedef {import("./scale.js").Scale} Scale
 */

/**
 * @typedef {object} Arrival When a write reached one place.
 * @property {string} name The name of a node or listener.
 * @property {string} kind The CSS classes for its colour.
 * @property {readonly number[]} after The times since the write, in microseconds: of a node, until its notification
 * arrived at the dashboard; of a listener, until its read and until its answer. Empty if that is not known.
 * @property {string} otherwise The text if it is not known.
 */

/** How many of the last writes can be chosen. */
const LENGTH = 100;

/** A fixed scale, so that writes can be compared with each other. @type {Scale} */
const SCALE = { isLog: true, low: 100, high: 1e6 };

/** The times of one write: the last one, or the one that was chosen. */
export class Waterfall {
  #heard = new WaterfallList(find("heard"));
  #answered = new WaterfallList(find("answered"));
  #choice = /** @type {HTMLInputElement} */ (find("choice"));
  #follow = find("follow");
  /** @type {Map<string, Trace>} The oldest one first. */
  #traces = new Map();
  /** @type {string | undefined} The chosen write; the last one if `undefined`. */
  #chosen;

  /** @param {() => void} onChoice Called when another write was chosen. */
  constructor(onChoice) {
    const axis = find("waterfall-axis");
    axis.replaceChildren(...ticksOf(SCALE).map(makeTick));
    this.#choice.addEventListener("input", () => {
      const keys = [...this.#traces.keys()];
      const index = Number(this.#choice.value);
      this.#chosen = index === keys.length - 1 ? undefined : keys[index];
      onChoice();
    });
    this.#follow.addEventListener("click", () => {
      this.#chosen = undefined;
      onChoice();
    });
  }

  /** Removes all writes. A choice stays if its write is added again before the next {@linkcode show}. */
  forget() {
    this.#traces.clear();
  }

  /** @param {readonly Trace[]} traces New writes, or known ones with more details. */
  add(traces) {
    for (const trace of traces) this.#traces.set(`${trace.writer} ${trace.at}`, trace);
    for (const oldest of this.#traces.keys()) {
      if (this.#traces.size <= LENGTH) break;
      this.#traces.delete(oldest);
    }
  }

  /**
   * @param {State} state
   * @param {number} now Microseconds since the Unix epoch.
   */
  show({ nodes, listeners, writer: { hearing } }, now) {
    const keys = [...this.#traces.keys()];
    if (this.#chosen !== undefined && !this.#traces.has(this.#chosen)) this.#chosen = undefined;
    const key = this.#chosen ?? keys.at(-1);
    const trace = key === undefined ? undefined : this.#traces.get(key);
    const later = [...this.#traces.values()].slice(keys.indexOf(key ?? "") + 1);
    const waits = trace ? "not yet" : NO_VALUE;
    setAttribute(this.#choice, "max", `${Math.max(0, keys.length - 1)}`);
    const index = `${Math.max(0, key === undefined ? 0 : keys.indexOf(key))}`;
    if (this.#choice.value !== index) this.#choice.value = index;
    this.#choice.disabled = keys.length < 2;
    this.#follow.hidden = this.#chosen === undefined;
    this.#heard.show(nodes.map(({ name, status, hearing }) => ({
      name: nodeTitle(name, nodes),
      kind: "node",
      after: (trace?.path ?? []).filter(({ node }) => node === name).map(({ after }) => after),
      otherwise: later.some(({ path }) => path.some(({ node }) => node === name))
        ? "not seen"
        : status !== "up"
        ? status
        : whileHeard(hearing, waits),
    })));
    this.#answered.show(listeners.map((listener, i) => ({
      name: titleOf(listener, listeners),
      kind: `listener ${seriesOf(i)}`,
      after: (trace?.answers ?? []).filter(({ name }) => name === listener.name)
        .flatMap(({ read, answered }) => [read - (trace?.at ?? 0), answered - (trace?.at ?? 0)]),
      otherwise: later.some(({ answers }) => answers.some(({ name }) => name === listener.name))
        ? "no answer seen"
        : listener.presence.status !== "here"
        ? wordFor(listener.presence)
        : whileHeard(listener.hearing, waits),
    })));
    const isCurrent = hearing.reason === undefined;
    const nothing = isCurrent ? "no writes yet" : "no write is known";
    const isSure = isCurrent || this.#chosen !== undefined;
    setText(find("seq"), trace ? `#${trace.seq}` : "–");
    setAttribute(find("seq"), "data-current", `${isSure}`);
    setText(find("written"), trace ? formatMoment(trace.at) : nothing);
    setText(find("age"), trace ? formatAgo(now - trace.at, isSure) : "");
  }
}

/**
 * Returns a text that holds only while the dashboard hears of its subject.
 *
 * @param {Hearing} hearing
 * @param {string} text
 */
function whileHeard({ reason }, text) {
  return reason === undefined ? text : "unknown";
}

class WaterfallList {
  #list;
  /** @type {WaterfallRow[]} */
  #rows = [];

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  /** @param {readonly Arrival[]} arrivals */
  show(arrivals) {
    if (this.#rows.length !== arrivals.length) {
      this.#rows = arrivals.map(() => new WaterfallRow());
      this.#list.replaceChildren(...this.#rows.map(({ element }) => element));
    }
    this.#rows.forEach((row, i) => row.show(arrivals[i]));
  }
}

class WaterfallRow {
  #name = make("span", "name");
  #marks = [0, 1].map(() => draw("circle", { cy: "50%", r: 4 }));
  #wait = draw("line", { x1: 0, y1: "50%", y2: "50%", class: "wait" });
  #span = draw("line", { y1: "50%", y2: "50%", class: "span" });
  #after = make("span", "after");
  element;

  constructor() {
    const rail = draw("line", { x1: 0, x2: "100%", y1: "50%", y2: "50%", class: "rail" });
    const track = draw(
      "svg",
      { "aria-hidden": "true" },
      rail,
      this.#wait,
      this.#span,
      ...this.#marks,
    );
    this.element = make("li", "", this.#name, track, this.#after);
  }

  /** @param {Arrival} arrival */
  show({ name, kind, after, otherwise }) {
    setAttribute(this.element, "class", kind);
    setText(this.#name, name);
    const times = after.map(formatDuration).join(" → ");
    setText(this.#after, times || otherwise);
    const places = after.map((micros) => `${100 * placeOn(micros, SCALE)}%`);
    this.#marks.forEach((mark, i) => {
      setAttribute(mark, "visibility", i < places.length ? "visible" : "hidden");
      setAttribute(mark, "cx", places[i] ?? "0");
    });
    setAttribute(this.#wait, "x2", places[0] ?? "0");
    setAttribute(this.#span, "x1", places[0] ?? "0");
    setAttribute(this.#span, "x2", places.at(-1) ?? "0");
  }
}

/** @param {number} micros */
function makeTick(micros) {
  const place = placeOn(micros, SCALE);
  const anchor = place < 0.05 ? "start" : place > 0.95 ? "end" : "middle";
  const text = draw("text", { x: `${100 * place}%`, y: "1em", "text-anchor": anchor });
  setText(text, formatDuration(micros));
  return text;
}

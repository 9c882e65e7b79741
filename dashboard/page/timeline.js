// @ts-check
import { draw, find, make, seriesOf, setAttribute, setText } from "./dom.js";
import { formatDuration, NO_VALUE, showName } from "./format.js";
import { placeOn, scaleOf } from "./scale.js";

/**
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("./scale.js").Scale} Scale
 */

/**
 * @typedef {object} Arrival Where the last write was when.
 * @property {string} name Of a node or listener.
 * @property {string} kind A class for its colour.
 * @property {readonly number[]} after How long after the write, in microseconds: of a node when the dashboard heard
 * of it from there, of a listener when it read and answered it. None where that is not known.
 */

/** How many characters of a name fit. */
const NAME_LENGTH = 18;

/** The way of the last write in time: one line for each node and listener, all on the same scale. */
export class Timeline {
  #heard = new TimelineList(find("heard"));
  #answered = new TimelineList(find("answered"));
  #from = find("timeline-from");
  #to = find("timeline-to");

  /** @param {State} state */
  show(state) {
    const [heard, answered] = [hearingsOf(state), answersOf(state)];
    const scale = scaleOf([...heard, ...answered].flatMap(({ after }) => after));
    this.#heard.show(heard, scale);
    this.#answered.show(answered, scale);
    setText(this.#from, formatDuration(scale.low));
    setText(this.#to, formatDuration(scale.high));
  }
}

class TimelineList {
  #list;
  /** @type {TimelineRow[]} */
  #rows = [];

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  /**
   * @param {readonly Arrival[]} arrivals
   * @param {Scale} scale
   */
  show(arrivals, scale) {
    if (this.#rows.length !== arrivals.length) {
      this.#rows = arrivals.map(() => new TimelineRow());
      this.#list.replaceChildren(...this.#rows.map(({ element }) => element));
    }
    this.#rows.forEach((row, i) => row.show(arrivals[i], scale));
  }
}

class TimelineRow {
  #name = make("span", "name");
  #marks = [0, 1].map(() => draw("circle", { cy: "50%", r: 4 }));
  #span = draw("line", { y1: "50%", y2: "50%", class: "span" });
  #after = make("span", "after");
  element;

  constructor() {
    const rail = draw("line", { x1: 0, x2: "100%", y1: "50%", y2: "50%", class: "rail" });
    const track = draw("svg", { "aria-hidden": "true" }, rail, this.#span, ...this.#marks);
    this.element = make("li", "", this.#name, track, this.#after);
  }

  /**
   * @param {Arrival} arrival
   * @param {Scale} scale
   */
  show({ name, kind, after }, scale) {
    setAttribute(this.element, "class", kind);
    setText(this.#name, showName(name, NAME_LENGTH));
    setText(this.#after, after.length === 0 ? NO_VALUE : after.map(formatDuration).join(" → "));
    const places = after.map((micros) => `${100 * placeOn(micros, scale)}%`);
    this.#marks.forEach((mark, i) => {
      setAttribute(mark, "visibility", i < places.length ? "visible" : "hidden");
      setAttribute(mark, "cx", places[i] ?? "0");
    });
    setAttribute(this.#span, "x1", places[0] ?? "0");
    setAttribute(this.#span, "x2", places.at(-1) ?? "0");
  }
}

/**
 * When the dashboard heard of the last write, from each node: its own subscription there has nothing to do with those of
 * the listeners, and may hear of it later than they do.
 *
 * @param {State} state
 * @returns {Arrival[]}
 */
function hearingsOf({ writer: { last: write }, nodes }) {
  return nodes.map(({ name }) => {
    const arrival = write?.path.find(({ node }) => node === name);
    return { name, kind: "node", after: arrival ? [arrival.after] : [] };
  });
}

/**
 * When the listeners read and answered the last write, by their own word.
 *
 * @param {State} state
 * @returns {Arrival[]}
 */
function answersOf({ writer: { last: write }, listeners }) {
  return listeners.map(({ name, last }, i) => {
    const isAnswer = write && last?.seq === write.seq;
    const times = isAnswer ? [last.read, last.answered] : [];
    const after = times.flatMap((time) => time === undefined ? [] : [time - (write?.at ?? 0)]);
    return { name, kind: `listener ${seriesOf(i)}`, after };
  });
}

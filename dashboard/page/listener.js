// @ts-check
import { describeHearing, describePresence } from "./describe.js";
import { make, PictureWords, seriesOf, setAttribute, setText } from "./dom.js";
import { FiguresTable } from "./figures.js";
import {
  formatAgo,
  formatCount,
  formatDuration,
  formatTime,
  NO_VALUE,
  showText,
} from "./format.js";
import { LinePlot } from "./history_chart.js";

/**
 * @typedef {import("../protocol.ts").ListenerState} ListenerState
 * @typedef {import("../protocol.ts").Answer} Answer
 * @typedef {import("../protocol.ts").Point} Point
 * @typedef {import("./scale.js").Scale} Scale
 */

/** @typedef {{ readonly line: Scale, readonly ranges: Scale }} Scales The scales that all listeners share. */

/** How the two listeners of this project observe, by what they answer. */
const KINDS = new Map([
  ["Handshake triggered by key event", "blocking loop"],
  ["Handshake from listener_async", "callbacks"],
]);

/** Everything about one listener. */
export class ListenerCard {
  #name;
  #kind = make("span", "kind");
  #presence = make("p", "presence");
  #stats = new Facts("stats", ["time difference", "write → handshake", "last change"]);
  #host = make("div", "plot");
  #plot = new LinePlot(this.#host);
  #words = new PictureWords(this.#host);
  #figures = new FiguresTable();
  #counts = new Facts("counts", ["changes", "conflated", "missed", "unanswered"]);
  element;

  /**
   * @param {string} name The listener's.
   * @param {number} index Its number among the listeners.
   */
  constructor(name, index) {
    this.#name = showText(name, 60);
    const title = make("h2", "", this.#name);
    title.id = `listener-${index}`;
    this.element = make(
      "article",
      `card listener ${seriesOf(index)}`,
      make("header", "", title, this.#kind),
      this.#presence,
      this.#stats.element,
      make("figure", "", make("figcaption", "", "Time difference, last five minutes"), this.#host),
      this.#figures.element,
      this.#counts.element,
    );
    setAttribute(this.element, "aria-labelledby", title.id);
  }

  /**
   * @param {ListenerState} listener
   * @param {readonly Point[]} points Of its line.
   * @param {Scales} scales
   * @param {number} since When its distributions begin, in microseconds since the Unix epoch.
   * @param {number} now Likewise.
   */
  show(listener, points, scales, since, now) {
    const { presence, hearing, last, difference, roundTrip } = listener;
    setAttribute(this.element, "data-status", presence.status);
    setText(this.#kind, KINDS.get(last?.phrase ?? "") ?? "");
    const words = `${describePresence(presence, now)}${describeHearing(listener, now)}`;
    setText(this.#presence, showText(words));
    this.#stats.show(describeAnswer(last));
    const isCurrent = hearing.reason === undefined;
    this.#stats.rename(2, last ? formatAgo(now - last.answered, isCurrent) : "last change");
    this.#plot.show(points, scales.line, now);
    this.#words.show(now, () => describeLine(this.#name, points));
    this.#figures.show([difference, roundTrip], scales.ranges, since, now);
    const { changes, conflated, missed, unanswered } = listener;
    this.#counts.show([
      ...[changes, conflated, missed].map(formatCount),
      unanswered === undefined ? NO_VALUE : formatCount(unanswered),
    ]);
  }
}

/** Values with names. */
class Facts {
  #names;
  #values;
  element;

  /**
   * @param {string} className
   * @param {readonly string[]} names
   */
  constructor(className, names) {
    this.#names = names.map((name) => make("dt", "", name));
    this.#values = names.map(() => make("dd", ""));
    const pairs = this.#names.map((name, i) => make("div", "", name, this.#values[i]));
    this.element = make("dl", className, ...pairs);
  }

  /** @param {readonly string[]} values */
  show(values) {
    values.forEach((value, i) => setText(this.#values[i], value));
  }

  /**
   * @param {number} index
   * @param {string} name
   */
  rename(index, name) {
    setText(this.#names[index], name);
  }
}

/**
 * @param {Answer | undefined} answer
 * @returns {string[]} Its time difference, its round trip, and which change it is about.
 */
function describeAnswer(answer) {
  if (!answer) return [NO_VALUE, NO_VALUE, NO_VALUE];
  const { seq, written, read, answered } = answer;
  const difference = written === undefined || read === undefined ? undefined : read - written;
  const roundTrip = written === undefined ? undefined : answered - written;
  const which = seq === undefined ? formatTime(answered) : `#${seq}`;
  return [formatDuration(difference), formatDuration(roundTrip), which];
}

/**
 * @param {string} name
 * @param {readonly Point[]} points
 */
function describeLine(name, points) {
  const start = `Time difference of ${name} over the last five minutes`;
  if (points.length === 0) return `${start}: no changes.`;
  const values = points.map(([, difference]) => difference);
  const [least, greatest] = [Math.min(...values), Math.max(...values)].map(formatDuration);
  return `${start}: from ${least} to ${greatest}, ${formatDuration(values.at(-1))} in the end.`;
}

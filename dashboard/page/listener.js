// @ts-check
import { describeHearing, describePresence } from "./describe.js";
import { make, seriesOf, setAttribute, setLine, setText } from "./dom.js";
import {
  formatAge,
  formatAlike,
  formatCount,
  formatDuration,
  formatSpan,
  NO_VALUE,
  showText,
} from "./format.js";
import { Lanes } from "./lanes.js";
import { titleOf } from "./names.js";

/**
 * @typedef {import("../protocol.ts").Answer} Answer
 * @typedef {import("../protocol.ts").ListenerState} ListenerState
 * @typedef {import("../protocol.ts").State} State
 */

const COUNTS = ["handled", "skipped", "missed", "unanswered"];
const MISSED = COUNTS.indexOf("missed");

/** The card of one listener: its figures of the last minute, and its current load. */
export class ListenerCard {
  #title = make("h2", "");
  #name = make("span", "kind");
  #presence = make("p", "presence");
  #headline = new Facts("stats", ["p50", "p99", "last"]);
  #lanes = new Lanes();
  #counts = new Facts("counts", COUNTS);
  #index;
  element;

  /** @param {number} index The listener's number. */
  constructor(index) {
    this.#index = index;
    this.#title.id = `listener-${index}`;
    this.element = make(
      "article",
      `card listener ${seriesOf(index)}`,
      make("header", "", this.#title, this.#name),
      this.#presence,
      this.#headline.element,
      this.#lanes.element,
      this.#counts.element,
    );
    setAttribute(this.element, "aria-labelledby", this.#title.id);
  }

  /**
   * @param {ListenerState} listener
   * @param {State} state
   * @param {number} now Microseconds since the Unix epoch.
   */
  show(listener, { listeners, nodes }, now) {
    const { name, presence, hearing, last, minute } = listener;
    const isCurrent = hearing.reason === undefined;
    const isLive = presence.status === "here" && isCurrent;
    const title = titleOf(listener, listeners);
    setAttribute(this.element, "data-status", presence.status);
    setAttribute(this.element, "data-live", `${isLive}`);
    setText(this.#title, title);
    setText(this.#name, title === showText(name, 60) ? "" : showText(name, 60));
    const words = `${describePresence(presence, nodes, now)}${describeHearing(listener, now)}`;
    setLine(this.#presence, showText(words));
    this.#headline.show([
      formatAlike(listeners.map(({ minute }) => minute.p50))[this.#index],
      formatAlike(listeners.map(({ minute }) => minute.p99))[this.#index],
      formatDuration(differenceOf(last)),
    ]);
    const span = isLive ? formatSpan(minute.seconds) : "last known";
    this.#headline.rename(0, minute.p50 === undefined ? "p50" : `p50, ${span}`);
    this.#headline.rename(2, last ? `last, ${formatAge(now - last.answered)} ago` : "last");
    this.#lanes.show(listener, isLive);
    const { changes, conflated, missed, unanswered } = listener;
    this.#counts.show([
      ...[changes, conflated, missed].map(formatCount),
      unanswered === undefined ? NO_VALUE : formatCount(unanswered),
    ]);
    this.#counts.mark(MISSED, missed > 0 ? "warn" : "none");
  }
}

/** A list of values with their names. */
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

  /**
   * @param {number} index
   * @param {string} level
   */
  mark(index, level) {
    setAttribute(this.#values[index], "data-level", level);
  }
}

/** @param {Answer | undefined} answer */
function differenceOf(answer) {
  const { written, read } = answer ?? {};
  return written === undefined || read === undefined ? undefined : read - written;
}

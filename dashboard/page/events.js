// @ts-check
import { find, make, setAttribute } from "./dom.js";
import { formatTime, showText } from "./format.js";

/** @typedef {import("../protocol.ts").Event} Event */

/** How many events are kept. */
const LENGTH = 100;

/** The list of rare events, the newest on top. Frequent writes cannot push them out. */
export class Events {
  #list = find("events");
  #isEmpty = true;

  /**
   * Replaces all events.
   *
   * @param {readonly Event[]} events The oldest one first.
   */
  reset(events) {
    this.#list.replaceChildren(make("li", "none", "No events yet."));
    this.#isEmpty = true;
    this.add(events);
  }

  /** @param {readonly Event[]} events The oldest one first. */
  add(events) {
    if (events.length === 0) return;
    if (this.#isEmpty) this.#list.replaceChildren();
    this.#isEmpty = false;
    this.#list.prepend(...events.map(makeItem).reverse());
    while (this.#list.children.length > LENGTH) this.#list.lastElementChild?.remove();
  }
}

/**
 * @param {Event} event
 * @returns {HTMLLIElement}
 */
function makeItem({ at, who, level, text }) {
  const sign = level === "warn" ? "⚠ " : "";
  const words = make("p", "", make("b", "", showText(who, 60)), ` ${sign}${showText(text)}`);
  const item = make("li", "event", make("time", "", formatTime(at)), words);
  setAttribute(item, "data-level", level);
  return item;
}

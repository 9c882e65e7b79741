// @ts-check
import { draw, make, setAttribute, setText } from "./dom.js";
import { skippedPercent } from "./format.js";

/** @typedef {import("../protocol.ts").ListenerState} ListenerState */

/** The greatest number of changes that are drawn, and the size of each, in pixels. */
const LANES = 8;
const SIZE = 16;

/** A listener's load: how many changes are in progress at once, and which share of the last minute's values it skips. */
export class Lanes {
  #dots = Array.from(
    { length: LANES },
    (_, i) => draw("circle", { cx: SIZE * (i + 0.5), cy: SIZE / 2, r: 5.5 }),
  );
  #atOnce = make("span", "");
  #handled = draw("rect", { height: "100%", class: "handled" });
  #skipped = draw("rect", { height: "100%", class: "skipped" });
  #share = make("span", "");
  element = make(
    "div",
    "lanes",
    make("span", "what", "in progress now"),
    draw("svg", { class: "dots", "aria-hidden": "true" }, ...this.#dots),
    this.#atOnce,
    make("span", "what", "handled or skipped"),
    draw("svg", { class: "share", "aria-hidden": "true" }, this.#handled, this.#skipped),
    this.#share,
  );

  /**
   * @param {ListenerState} listener
   * @param {boolean} isKnown Whether the listener is there and its answers arrive.
   */
  show({ atOnce, minute }, isKnown) {
    const busy = isKnown ? Math.min(LANES, Math.ceil(atOnce - 0.05)) : 0;
    this.#dots.forEach((dot, i) => setAttribute(dot, "data-busy", `${i < busy}`));
    setText(this.#atOnce, isKnown ? describeAtOnce(atOnce) : "–");
    const hasValues = isKnown && minute.handled + minute.skipped > 0;
    const skipped = skippedPercent(minute);
    setAttribute(this.#handled, "width", hasValues ? `${100 - skipped}%` : "0");
    setAttribute(this.#skipped, "x", `${100 - skipped}%`);
    setAttribute(this.#skipped, "width", hasValues ? `${skipped}%` : "0");
    setText(this.#share, hasValues ? describeShare(minute.skipped, skipped) : "–");
  }
}

/** @param {number} atOnce */
function describeAtOnce(atOnce) {
  if (atOnce < 0.1) return "almost none";
  return atOnce < 9.95 ? atOnce.toFixed(1) : `${Math.round(atOnce)}`;
}

/**
 * @param {number} skipped
 * @param {number} percent
 */
function describeShare(skipped, percent) {
  if (skipped === 0) return "none skipped";
  return percent === 0 ? "< 1 % skipped" : `${percent} % skipped`;
}

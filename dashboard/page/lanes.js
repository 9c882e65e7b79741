// @ts-check
import { draw, make, setAttribute, setText } from "./dom.js";

/** @typedef {import("../protocol.ts").Work} Work */

/** The greatest number of changes that are drawn, and the size of each, in pixels. */
const LANES = 8;
const SIZE = 16;

/** A listener's current load: how many changes are in progress at once, and which share of the values it skips. */
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
    make("span", "what", "handled, skipped now"),
    draw("svg", { class: "share", "aria-hidden": "true" }, this.#handled, this.#skipped),
    this.#share,
  );

  /**
   * @param {Work} work
   * @param {boolean} isKnown Whether the listener is there and its answers arrive.
   */
  show({ atOnce, handled, skipped }, isKnown) {
    const busy = isKnown ? Math.min(LANES, Math.ceil(atOnce - 0.05)) : 0;
    this.#dots.forEach((dot, i) => setAttribute(dot, "data-busy", `${i < busy}`));
    setText(this.#atOnce, isKnown ? describeAtOnce(atOnce) : "–");
    const all = handled + skipped;
    const share = !isKnown || all === 0 ? 0 : handled / all;
    setAttribute(this.#handled, "width", `${100 * share}%`);
    setAttribute(this.#skipped, "x", `${100 * share}%`);
    setAttribute(this.#skipped, "width", isKnown && all > 0 ? `${100 * (1 - share)}%` : "0");
    setText(this.#share, isKnown && all > 0 ? describeShare(share) : "–");
  }
}

/** @param {number} atOnce */
function describeAtOnce(atOnce) {
  if (atOnce < 0.1) return "almost none";
  return atOnce < 9.95 ? atOnce.toFixed(1) : `${Math.round(atOnce)}`;
}

/** @param {number} share */
function describeShare(share) {
  return share === 1 ? "none skipped" : `${Math.round(100 * (1 - share))} % skipped`;
}

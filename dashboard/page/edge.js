// @ts-check
import { draw, setAttribute, setText } from "./dom.js";

/** @typedef {import("./layout.js").Place} Place */

/** Length of an arrow's head, in pixels, and half the angle at its tip. */
const HEAD = 7;
const HALF_ANGLE = 0.5;

/** The place of the text on a line: not in its middle, where that of the other direction would be. */
const TEXT_AT = 0.36;

/** What is said of a link that does not simply work. */
const TEXTS = new Map([["syncing", "◐ syncing"], ["down", "✕ down"], ["unknown", "?"]]);

/** A line of the drawing of the mesh: an arrow, with a text if something is wrong with it. */
export class EdgeView {
  /** Its two ends. */
  line;
  element;
  #text;

  /**
   * @param {[Place, Place]} line
   * @param {string} kind `link` or `work`.
   */
  constructor(line, kind) {
    const [from, to] = line;
    const angle = Math.atan2(to.y - from.y, to.x - from.x);
    const barbs = [angle - HALF_ANGLE, angle + HALF_ANGLE].map((angle) =>
      `L${to.x - HEAD * Math.cos(angle)} ${to.y - HEAD * Math.sin(angle)}`
    );
    const x = from.x + (to.x - from.x) * TEXT_AT;
    const y = from.y + (to.y - from.y) * TEXT_AT + 4;
    this.#text = draw("text", { x, y });
    this.element = draw(
      "g",
      { class: `edge ${kind}` },
      draw("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y }),
      draw("path", { d: `M${to.x} ${to.y}${barbs.join("")}Z` }),
      this.#text,
    );
    this.line = line;
  }

  /** @param {string} status Of the link. */
  show(status) {
    setAttribute(this.element, "data-status", status);
    setText(this.#text, TEXTS.get(status) ?? "");
  }

  /** @param {boolean} isOnWay Whether the last write came along here. */
  mark(isOnWay) {
    setAttribute(this.element, "data-marked", `${isOnWay}`);
  }
}

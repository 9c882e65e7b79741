// @ts-check
import { draw, setAttribute, setText } from "./dom.js";

/** @typedef {import("./layout.js").Place} Place */

/** The length of an arrow's head, in pixels, and half the angle at its tip, in radians. */
const HEAD = 7;
const HALF_ANGLE = 0.5;

/** Where the text is along a line. In the middle, it would cover the text of the opposite link. */
const TEXT_AT = 0.36;

/** The texts of links that are not up. */
const TEXTS = new Map([["syncing", "◐ syncing"], ["down", "✕ down"], ["unknown", "?"]]);

/** A line in the drawing of the mesh: an arrow, with a text if it is not up. */
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

  /** @param {string} status Status of the link. */
  show(status) {
    setAttribute(this.element, "data-status", status);
    setText(this.#text, TEXTS.get(status) ?? "");
  }

  /** @param {boolean} isOnWay Whether the last write passed here. */
  mark(isOnWay) {
    setAttribute(this.element, "data-marked", `${isOnWay}`);
  }
}

// @ts-check
import { draw, setAttribute, setText } from "./dom.js";

/** @typedef {import("./layout.js").Box} Box */

/**
 * @typedef {object} Shown The texts of a box.
 * @property {string} name
 * @property {string} status Status of the node or role; it sets the colour.
 * @property {string} second The line below the name.
 * @property {string} third The last line.
 */

/** The vertical offsets of the lines of text from the middle, in pixels. */
const LINES = [-13, 5, 22];

/** The box of a node or role in the drawing of the mesh. */
export class BoxView {
  /** Its position and size. */
  box;
  element;
  #texts;

  /**
   * @param {Box} box
   * @param {string} kind The CSS classes: `writer`, `node` or `listener`, and perhaps more.
   */
  constructor(box, kind) {
    const { x, y, width, height } = box;
    const [left, top] = [x - width / 2, y - height / 2];
    const rect = draw("rect", { x: left, y: top, width, height, rx: kind === "node" ? 8 : 30 });
    this.#texts = LINES.map((dy) => draw("text", { x, y: y + dy }));
    this.element = draw("g", { class: `box ${kind}` }, rect, ...this.#texts);
    this.box = box;
  }

  /** @param {Shown} shown */
  show({ name, status, second, third }) {
    setAttribute(this.element, "data-status", status);
    [name, second, third].forEach((text, i) => setText(this.#texts[i], text));
  }

  /** @param {boolean} isOnWay Whether the last write passed here. */
  mark(isOnWay) {
    setAttribute(this.element, "data-marked", `${isOnWay}`);
  }
}

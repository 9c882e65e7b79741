// @ts-check
import { make, setText } from "./dom.js";
import { formatDuration, formatStart } from "./format.js";
import { describeCounts, tellableOf } from "./percentiles.js";
import { drawPartTo, RangeAxis, RangePicture } from "./range.js";

/**
 * @typedef {import("../protocol.ts").Figures} Figures
 * @typedef {import("./scale.js").Scale} Scale
 */

/** The distributions of a listener, in figures and as pictures. */
export class FiguresTable {
  #caption = make("caption", "");
  #rows = [new FiguresRow("difference"), new FiguresRow("handshake")];
  #axis = new RangeAxis();
  element = make(
    "table",
    "",
    this.#caption,
    make("thead", "", makeHead()),
    ...this.#rows.map(({ element }) => element),
    make("tbody", "", spanRow(this.#axis.element)),
  );

  /**
   * @param {readonly Figures[]} all Time differences, and from write to handshake.
   * @param {Scale} scale Shared by all listeners.
   * @param {number} since When they begin, in microseconds since the Unix epoch.
   * @param {number} now Likewise.
   */
  show(all, scale, since, now) {
    const [values, lack] = describeCounts(all);
    setText(this.#caption, `${values} since ${formatStart(since, now)}${lack}`);
    all.forEach((figures, i) => this.#rows[i].show(tellableOf(figures), scale));
    this.#axis.show(scale);
  }
}

class FiguresRow {
  #picture = new RangePicture();
  #cells = [0, 1, 2, 3].map(() => make("td", ""));
  element;

  /** @param {string} name */
  constructor(name) {
    const head = make("th", "", name);
    head.scope = "row";
    const figures = make("tr", "", head, ...this.#cells);
    this.element = make("tbody", "", figures, spanRow(this.#picture.element));
  }

  /**
   * @param {readonly (number | undefined)[]} figures
   * @param {Scale} scale
   */
  show(figures, scale) {
    this.#picture.show(figures, scale);
    figures.forEach((micros, i) => setText(this.#cells[i], formatDuration(micros)));
  }
}

/** The heads of the columns: between them stand the parts of the pictures, as their legend. */
function makeHead() {
  const heads = [
    make("th", "", "p50"),
    make("th", "", drawPartTo("p90"), "p90"),
    make("th", "", drawPartTo("p99"), "p99"),
    make("th", "", drawPartTo("max"), "max"),
  ];
  for (const head of heads) head.scope = "col";
  return make("tr", "", make("td", ""), ...heads);
}

/**
 * A row for a picture of what the other rows say.
 *
 * @param {SVGElement} picture
 */
function spanRow(picture) {
  const cell = make("td", "", picture);
  cell.colSpan = 5;
  const row = make("tr", "", cell);
  row.ariaHidden = "true";
  return row;
}

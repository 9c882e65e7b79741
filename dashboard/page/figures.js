// @ts-check
import { make, seriesOf, setText } from "./dom.js";
import { formatDuration, formatStart } from "./format.js";
import { titleOf } from "./names.js";
import { describeCounts, tellableOf } from "./percentiles.js";
import { drawPartTo, RangeAxis, RangePicture } from "./range.js";
import { scaleOf } from "./scale.js";

/**
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("./scale.js").Scale} Scale
 */

/** The table of all listeners' distributions: their figures, and pictures on a common scale. */
export class FiguresTable {
  #caption = make("caption", "");
  /** @type {FiguresRow[]} */
  #rows = [];
  #axis = new RangeAxis();
  #foot = make("tbody", "", spanRow(this.#axis.element));
  #table = make("table", "", this.#caption, make("thead", "", makeHead()), this.#foot);

  /** @param {HTMLElement} host */
  constructor(host) {
    host.append(this.#table);
  }

  /**
   * @param {State} state
   * @param {number} now Microseconds since the Unix epoch.
   */
  show({ listeners, since }, now) {
    const rows = listeners.flatMap((listener, i) => {
      const title = titleOf(listener, listeners);
      return [
        { name: `${title}: read`, figures: listener.difference, index: i },
        { name: `${title}: answered`, figures: listener.roundTrip, index: i },
      ];
    });
    if (rows.length !== this.#rows.length) {
      for (const { element } of this.#rows) element.remove();
      this.#rows = rows.map(({ index }) => new FiguresRow(index));
      this.#foot.before(...this.#rows.map(({ element }) => element));
    }
    const known = rows.filter(({ figures }) => figures.count > 0);
    const scale = scaleOf(known.flatMap(({ figures: { p50, max } }) => [p50, max]));
    const [values, lack] = describeCounts(rows.map(({ figures }) => figures));
    setText(this.#caption, `Time after write; ${values} since ${formatStart(since, now)}${lack}`);
    rows.forEach(({ name, figures }, i) => this.#rows[i].show(name, tellableOf(figures), scale));
    this.#axis.show(scale);
  }
}

class FiguresRow {
  #picture = new RangePicture();
  #head = make("th", "");
  #cells = [0, 1, 2, 3].map(() => make("td", ""));
  element;

  /** @param {number} index The listener's number. */
  constructor(index) {
    this.#head.scope = "row";
    const figures = make("tr", "", this.#head, ...this.#cells);
    this.element = make("tbody", seriesOf(index), figures, spanRow(this.#picture.element));
  }

  /**
   * @param {string} name
   * @param {readonly (number | undefined)[]} figures
   * @param {Scale} scale
   */
  show(name, figures, scale) {
    setText(this.#head, name);
    this.#picture.show(figures, scale);
    figures.forEach((micros, i) => setText(this.#cells[i], formatDuration(micros)));
  }
}

/** The heads of the columns. Between them are the parts of the pictures, as a legend. */
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
 * Creates a row for a picture. It is hidden from screen readers, as other rows have the figures.
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

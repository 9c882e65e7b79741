// @ts-check
import { draw, setAttribute, setText } from "./dom.js";
import { formatDuration } from "./format.js";
import { placeOn, ticksOf } from "./scale.js";

/** @typedef {import("./scale.js").Scale} Scale */

/** A small picture of a distribution: a bar from p50 to p99 with a gap at p90, and a thin line to max. */
export class RangePicture {
  #max = draw("line", { y1: "50%", y2: "50%", class: "whisker" });
  #end = draw("circle", { cy: "50%", r: 2.5, class: "end" });
  #bar = draw("rect", { y: "20%", height: "60%", rx: 2, class: "bar" });
  #p90 = draw("line", { y1: "20%", y2: "80%", class: "mark" });
  element = draw(
    "svg",
    { class: "range", "aria-hidden": "true" },
    draw("line", { x1: 0, x2: "100%", y1: "50%", y2: "50%", class: "rail" }),
    this.#max,
    this.#end,
    this.#bar,
    this.#p90,
  );

  /**
   * @param {readonly (number | undefined)[]} figures p50, p90, p99 and max. Unknown ones are left out, and
   * the bar ends at the last known percentile.
   * @param {Scale} scale Shared by all pictures.
   */
  show([p50, p90, p99, max], scale) {
    setAttribute(this.element, "visibility", max === undefined ? "hidden" : "visible");
    setAttribute(this.#p90, "visibility", p90 === undefined ? "hidden" : "inherit");
    const [from, mark, to, end] = [p50, p90, p99 ?? p90 ?? p50, max].map((micros) =>
      100 * placeOn(micros ?? 0, scale)
    );
    setAttribute(this.#bar, "x", `${from}%`);
    setAttribute(this.#bar, "width", `${Math.max(0.5, to - from)}%`);
    setAttribute(this.#p90, "x1", `${mark}%`);
    setAttribute(this.#p90, "x2", `${mark}%`);
    setAttribute(this.#max, "x1", `${from}%`);
    setAttribute(this.#max, "x2", `${end}%`);
    setAttribute(this.#end, "cx", `${end}%`);
  }
}

/**
 * Draws the part of a picture that ends at a figure, for a legend.
 *
 * @param {"p90" | "p99" | "max"} figure
 */
export function drawPartTo(figure) {
  const parts = figure === "max"
    ? [
      draw("line", { x1: 0, x2: "92%", y1: "50%", y2: "50%", class: "whisker" }),
      draw("circle", { cx: "92%", cy: "50%", r: 2.5, class: "end" }),
    ]
    : [draw("rect", { width: "100%", y: "20%", height: "60%", rx: 2, class: "bar" })];
  return draw("svg", { class: "range", "aria-hidden": "true" }, ...parts);
}

/** The axis below the pictures. */
export class RangeAxis {
  element = draw("svg", { class: "axis", "aria-hidden": "true" });
  #shown = "";

  /** @param {Scale} scale */
  show(scale) {
    const shown = JSON.stringify(scale);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.replaceChildren(...ticksOf(scale).map((micros) => makeTick(micros, scale)));
  }
}

/**
 * @param {number} micros
 * @param {Scale} scale
 */
function makeTick(micros, scale) {
  const place = placeOn(micros, scale);
  const anchor = place < 0.05 ? "start" : place > 0.95 ? "end" : "middle";
  const text = draw("text", { x: `${100 * place}%`, y: "1em", "text-anchor": anchor });
  setText(text, formatDuration(micros));
  return text;
}

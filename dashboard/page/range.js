// @ts-check
import { draw, setAttribute, setText } from "./dom.js";
import { formatDuration } from "./format.js";
import { placeOn, ticksOf } from "./scale.js";

/**
 * @typedef {import("../protocol.ts").Figures} Figures
 * @typedef {import("./scale.js").Scale} Scale
 */

/** A small picture of a distribution: a bar from p50 to p99 with a mark at p90, and a thin line to max. */
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
   * @param {Figures} figures
   * @param {Scale} scale Shared by all pictures.
   */
  show({ count, p50, p90, p99, max }, scale) {
    setAttribute(this.element, "visibility", count === 0 ? "hidden" : "visible");
    const [from, mark, to, end] = [p50, p90, p99, max].map((micros) =>
      100 * placeOn(micros, scale)
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

/** The scale below such pictures. */
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

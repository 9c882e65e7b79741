// @ts-check
import { draw } from "./dom.js";
import { WRITER_ID } from "./route.js";

/**
 * @typedef {import("./mesh.js").Mesh} Mesh
 * @typedef {import("./route.js").Hop} Hop
 * @typedef {import("./route.js").Route} Route
 */

/** The duration of a pulse, and its delay for each hop that comes before it, in milliseconds. */
const HOP_MS = 280;
const STAGGER_MS = 80;

/** A pulse's size, in pixels. */
const RADIUS = 6;

/**
 * Animates the path of a write, once: one pulse for each hop. A millisecond takes about a second here, so when one
 * animation ends, the newest write is next. If people prefer reduced motion, the path is only marked.
 */
export class PathAnimation {
  #mesh;
  #calm = matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {Route} The route that is shown. */
  #route = { write: "", hops: [] };
  /** @type {Route | undefined} The newest route, to be shown next. */
  #next;
  /** @type {Hop[]} The hops that a pulse has passed. */
  #passed = [];
  /** The ends of the hops that have a pulse, or had one. */
  #begun = new Set();
  /** How many pulses are moving. */
  #pulses = 0;

  /** @param {Mesh} mesh */
  constructor(mesh) {
    this.#mesh = mesh;
  }

  /**
   * Shows the path of the last write, as far as it is known. Later calls may extend it.
   *
   * @param {Route | undefined} route
   */
  show(route) {
    if (route && this.#calm.matches) {
      this.#begin(route);
      this.#passed = [...route.hops];
    } else if (route?.write === this.#route.write) {
      this.#route = route;
      this.#advance();
    } else {
      this.#next = route;
      this.#goOn();
    }
    this.#mesh.mark(this.#passed);
  }

  /** Begins the next write, if there is one and nothing moves. */
  #goOn() {
    if (!this.#next || this.#pulses > 0) return;
    this.#begin(this.#next);
    this.#advance();
  }

  /** @param {Route} route */
  #begin(route) {
    this.#route = route;
    this.#next = undefined;
    this.#passed = [];
    this.#begun = new Set();
  }

  /** Sends a pulse along each hop whose start is reached. */
  #advance() {
    if (this.#calm.matches) return;
    const reached = [WRITER_ID, ...this.#passed.map(({ to }) => to)];
    const due = this.#route.hops.filter(({ from, to }) =>
      reached.includes(from) && !this.#begun.has(to)
    );
    for (const hop of due) this.#send(hop);
  }

  /** @param {Hop} hop */
  async #send(hop) {
    this.#begun.add(hop.to);
    const line = this.#mesh.lineOf(hop);
    if (!line) return;
    const pulse = draw("circle", { class: "pulse", r: RADIUS });
    this.#mesh.add(pulse);
    this.#pulses++;
    const steps = line.map(({ x, y }) => ({ transform: `translate(${x}px, ${y}px)`, opacity: 1 }));
    const options = { duration: HOP_MS, delay: hop.order * STAGGER_MS, easing: "ease-in-out" };
    await pulse.animate(steps, options).finished;
    pulse.remove();
    this.#pulses--;
    this.#passed.push(hop);
    this.#advance();
    this.#mesh.mark(this.#passed);
    this.#goOn();
  }
}

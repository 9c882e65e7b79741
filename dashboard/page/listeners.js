// @ts-check
import { find } from "./dom.js";
import { History } from "./history.js";
import { ListenerCard } from "./listener.js";
import { scaleOf } from "./scale.js";

/**
 * @typedef {import("../protocol.ts").Point} Point
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("../protocol.ts").ListenerState} ListenerState
 */

/** @typedef {Readonly<Record<string, readonly Point[]>>} Points The points of each listener. */

/** The listeners side by side, on the same scales. */
export class Listeners {
  #host = find("listeners");
  /** The names of those for which there are cards. */
  #shown = "";
  /** @type {Map<string, ListenerCard>} */
  #cards = new Map();
  /** @type {Map<string, History>} */
  #histories = new Map();

  /** Forgets all lines. */
  forget() {
    this.#histories.clear();
  }

  /**
   * Takes points into the lines of the listeners that there are.
   *
   * @param {Points} points
   * @param {State} state
   */
  add(points, { at, listeners }) {
    const names = listeners.map(({ name }) => name);
    for (const name of this.#histories.keys()) {
      if (!names.includes(name)) this.#histories.delete(name);
    }
    for (const name of names) {
      const history = this.#histories.get(name) ?? new History();
      this.#histories.set(name, history);
      history.add(Object.hasOwn(points, name) ? points[name] : [], at);
    }
  }

  /**
   * Shows the state, and the lines up to now.
   *
   * @param {State} state
   * @param {number} now Microseconds since the Unix epoch.
   */
  show({ since, listeners }, now) {
    this.#arrange(listeners.map(({ name }) => name));
    const lines = listeners.map(({ name }) => this.#histories.get(name)?.points() ?? []);
    const scales = {
      line: scaleOf(lines.flat().map(([, difference]) => difference)),
      ranges: scaleOf(listeners.flatMap(endsOf)),
    };
    listeners.forEach((listener, i) =>
      this.#cards.get(listener.name)?.show(listener, lines[i], scales, since, now)
    );
  }

  /**
   * Makes a card for each listener, in their order, where others are shown.
   *
   * @param {readonly string[]} names
   */
  #arrange(names) {
    const shown = JSON.stringify(names);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#cards = new Map(names.map((name, i) => [name, new ListenerCard(name, i)]));
    this.#host.replaceChildren(...Array.from(this.#cards.values(), ({ element }) => element));
  }
}

/**
 * Between what the distributions of a listener lie.
 *
 * @param {ListenerState} listener
 */
function endsOf({ difference, roundTrip }) {
  const known = [difference, roundTrip].filter(({ count }) => count > 0);
  return known.flatMap(({ p50, max }) => [p50, max]);
}

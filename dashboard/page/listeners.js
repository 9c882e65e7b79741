// @ts-check
import { find } from "./dom.js";
import { ListenerCard } from "./listener.js";

/** @typedef {import("../protocol.ts").State} State */

/** The cards of all listeners, side by side. */
export class Listeners {
  #host = find("listeners");
  /** The names of the listeners that have cards, as JSON. */
  #shown = "";
  /** @type {ListenerCard[]} */
  #cards = [];

  /**
   * @param {State} state
   * @param {number} now Microseconds since the Unix epoch.
   */
  show(state, now) {
    const { listeners } = state;
    const shown = JSON.stringify(listeners.map(({ name }) => name));
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#cards = listeners.map((_, i) => new ListenerCard(i));
      this.#host.replaceChildren(...this.#cards.map(({ element }) => element));
    }
    this.#cards.forEach((card, i) => card.show(listeners[i], state, now));
  }
}

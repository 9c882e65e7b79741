// @ts-check
import { describeTrouble, troublesOf } from "./troubles.js";
import { find, setAttribute, setItems, setText } from "./dom.js";
import { formatAge, formatSince, formatTime, showText } from "./format.js";

/** @typedef {import("../protocol.ts").State} State */

const TITLE = document.title;

/** What is said of the connection, what is wrong, and what is read out when that changes. */
export class Status {
  #connection = find("connection");
  #observation = find("observation");
  #troubles = find("troubles");
  #toldConnection = find("told-connection");
  #toldTroubles = find("told-troubles");
  /** When the page heard something last, by the page's own clocks, in milliseconds. */
  #heard = { date: Date.now(), count: performance.now() };
  #isLost = false;
  #hasHeard = false;
  /** @type {ReadonlyMap<string, string>} What was wrong, and what is said when it is over. */
  #known = new Map();

  /** Takes note that the server was heard. */
  hear() {
    if (this.#isLost && this.#hasHeard) setText(this.#toldConnection, "The dashboard is back.");
    this.#heard = { date: Date.now(), count: performance.now() };
    this.#hasHeard = true;
    this.#isLost = false;
    this.showConnection();
  }

  /** Takes note that the server is lost. */
  lose() {
    this.#isLost = true;
    setText(this.#toldConnection, "Lost the dashboard; trying again.");
    this.showConnection();
  }

  /** Shows whether the server is heard. Of a page in the background, its title is seen. */
  showConnection() {
    const kind = this.#isLost ? "lost" : this.#hasHeard ? "live" : "connecting";
    setAttribute(document.documentElement, "data-connection", kind);
    const title = this.#isLost ? `✕ Lost – ${TITLE}` : TITLE;
    if (document.title !== title) document.title = title;
    setText(this.#connection, this.#describe());
  }

  /**
   * Shows what the dashboard hears, and what is wrong.
   *
   * @param {State} state
   * @param {number} now Microseconds since the Unix epoch.
   */
  showState(state, now) {
    const { observation } = state;
    const isObserving = observation.state === "observing";
    setText(
      this.#observation,
      isObserving
        ? `hears ${showText(observation.server, 60)} ${formatSince(observation.since, now)}`
        : `✕ hears no server ${formatSince(observation.since, now)}`,
    );
    setAttribute(this.#observation, "data-level", isObserving ? "ok" : "bad");
    const troubles = troublesOf(state);
    setItems(
      this.#troubles,
      troubles.map((trouble) => {
        const sign = trouble.level === "bad" ? "✕" : "◐";
        return { text: `${sign} ${describeTrouble(trouble, now)}`, className: trouble.level };
      }),
    );
    this.#compare(new Map(troubles.map(({ what, over }) => [what, over])));
  }

  #describe() {
    if (!this.#isLost) return this.#hasHeard ? "● Live" : "◐ Connecting";
    const age = formatAge((performance.now() - this.#heard.count) * 1e3);
    const time = formatTime(this.#heard.date * 1e3);
    return this.#hasHeard
      ? `✕ Lost the dashboard at ${time} (${age} ago); trying again`
      : `✕ No answer from the dashboard since ${time} (${age}); trying again`;
  }

  /**
   * Reads out what is wrong now and was not before, and the other way round.
   *
   * @param {ReadonlyMap<string, string>} troubles
   */
  #compare(troubles) {
    const known = this.#known;
    const fresh = Array.from(troubles.keys()).filter((what) => !known.has(what));
    const over = Array.from(known).filter(([what]) => !troubles.has(what)).map(([, over]) => over);
    this.#known = troubles;
    const told = [...fresh, ...over];
    if (told.length > 0) setText(this.#toldTroubles, `${told.join(". ")}.`);
  }
}

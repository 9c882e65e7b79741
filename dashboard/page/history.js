// @ts-check
/** @typedef {import("../protocol.ts").Second} Second */

/** The length of a line, in microseconds. */
export const HISTORY_MICROS = 300e6;

/** The line of one listener: the seconds of the last five minutes in which it had values. */
export class History {
  /** @type {Second[]} */
  #seconds = [];

  /**
   * Adds seconds, and drops those that are too old.
   *
   * @param {readonly Second[]} seconds In the order of their times.
   * @param {number} now Microseconds since the Unix epoch.
   */
  add(seconds, now) {
    while ((this.#seconds.at(-1)?.[0] ?? 0) > now) this.#seconds.pop(); // the clock was set back
    for (const second of seconds) {
      if (second[0] > (this.#seconds.at(-1)?.[0] ?? -Infinity)) this.#seconds.push(second);
    }
    const fresh = this.#seconds.findIndex(([at]) => at >= now - HISTORY_MICROS);
    this.#seconds.splice(0, fresh === -1 ? this.#seconds.length : fresh);
  }

  /**
   * The seconds that are kept.
   *
   * @returns {readonly Second[]} In the order of their times.
   */
  get seconds() {
    return this.#seconds;
  }
}

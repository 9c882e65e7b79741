// @ts-check
/** The server's time, as far as the page knows it. */

/**
 * Continues from the server's last time, by the page's own clock, which counts and is never compared.
 * It goes on while the server is lost, too: what is shown then grows older.
 */
export class ServerClock {
  /** The server's time, in microseconds since the Unix epoch. */
  #told = 0;
  /** When it arrived, by `performance.now()`. */
  #heard = 0;

  /**
   * Takes the time from the server, and goes on from there.
   *
   * @param {number} micros Microseconds since the Unix epoch.
   */
  set(micros) {
    this.#told = micros;
    this.#heard = performance.now();
  }

  /**
   * Tells the time.
   *
   * @returns {number} Microseconds since the Unix epoch, by the server's clock.
   */
  now() {
    return this.#told + (performance.now() - this.#heard) * 1e3;
  }
}

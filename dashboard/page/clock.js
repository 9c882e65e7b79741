// @ts-check
/** The server's time, as the page estimates it. */

/**
 * Starts from the server's last time and counts on with the page's own clock, so that the two clocks need not agree.
 * It continues while the server is lost, so that the ages on the page grow.
 */
export class ServerClock {
  /** The server's last time, in microseconds since the Unix epoch. */
  #told = 0;
  /** When it arrived, by `performance.now()`. */
  #heard = 0;

  /**
   * Sets the clock to the server's time.
   *
   * @param {number} micros Microseconds since the Unix epoch.
   */
  set(micros) {
    this.#told = micros;
    this.#heard = performance.now();
  }

  /**
   * Returns the server's current time.
   *
   * @returns {number} Microseconds since the Unix epoch, by the server's clock.
   */
  now() {
    return this.#told + (performance.now() - this.#heard) * 1e3;
  }
}

// @ts-check
/** The server's time, as far as the page knows it. */

/**
 * Goes on from the time that the server told last, by the page's own clock, which counts and is never compared.
 * While the server is lost it stands still: what is shown is what was.
 */
export class ServerClock {
  /** What the server told, in microseconds since the Unix epoch. */
  #told = 0;
  /** When it was told, by `performance.now()`. */
  #heard = 0;
  /** Since when it stands still, likewise. */
  #stopped = /** @type {number | undefined} */ (undefined);

  /**
   * Takes the time from the server, and goes on from there.
   *
   * @param {number} micros Microseconds since the Unix epoch.
   */
  set(micros) {
    this.#told = micros;
    this.#heard = performance.now();
    this.#stopped = undefined;
  }

  /** Stands still until the next time is told. */
  stop() {
    this.#stopped ??= performance.now();
  }

  /**
   * Tells the time.
   *
   * @returns {number} Microseconds since the Unix epoch, by the server's clock.
   */
  now() {
    return this.#told + ((this.#stopped ?? performance.now()) - this.#heard) * 1e3;
  }
}

/** What fails, reported once. */

/**
 * Remembers what fails and why, so that a log reports it once, until the reason changes or it works again.
 *
 * @example Usage
 * ```ts
 * import { Outages } from "./outages.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const outages = new Outages();
 * assertEquals(outages.begin("write", "OOM"), true);
 * assertEquals(outages.begin("write", "OOM"), false); // already reported
 * assertEquals(outages.end("write"), true);
 * assertEquals(outages.end("write"), false);
 * ```
 */
export class Outages {
  #reasons = new Map<string, string>();

  /**
   * Notes that something fails.
   *
   * @param what What fails.
   * @param reason Why it fails.
   * @returns Whether the failure or its reason is new.
   */
  begin(what: string, reason: string): boolean {
    const isNews = this.#reasons.get(what) !== reason;
    this.#reasons.set(what, reason);
    return isNews;
  }

  /**
   * Notes that something works.
   *
   * @param what What works.
   * @returns Whether it failed before.
   */
  end(what: string): boolean {
    return this.#reasons.delete(what);
  }

  /** Forgets everything. */
  clear(): void {
    this.#reasons.clear();
  }
}

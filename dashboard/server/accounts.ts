/** Whose account an answer brings: a listener's that went on or began again, or another one's of its name. */

import type { ListenerAccount } from "../../lib/protocol/handshake.ts";

/** After how many accounts of one run alone all others of its name are gone. */
const ALONE_AFTER = 100;

/** What an account shows beside those before it. */
export type Finding =
  /** The listener goes on: it missed so many values since its last account. */
  | { readonly is: "more"; readonly missed: number }
  /** The listener has been started again, and missed so many values since. */
  | { readonly is: "anew"; readonly missed: number }
  /** It is the first one; or one of several known listeners, and it is unknown of which. */
  | { readonly is: "the first" }
  /** A later one was here before, as answers overtake each other: it says nothing any more. */
  | { readonly is: "overtaken" }
  /** Several listeners share the name: reported once, until one of them has been alone for long. */
  | { readonly is: "shared" };

/** Follows the accounts that come under one name, by the runs that they are of. */
export class Accounts {
  /** The last account of each run, that of the latest run last. */
  #runs = new Map<string, ListenerAccount>();
  #alone = 0;
  #isShared = false;

  /**
   * Takes in the next account.
   *
   * @param account The account.
   * @returns What it shows.
   */
  follow(account: ListenerAccount): Finding {
    const { run = "", changes, readAt, missed } = account;
    const latest = [...this.#runs].at(-1);
    const before = this.#runs.get(run);
    const isLatest = latest?.[0] === run;
    const isLater = latest === undefined || readAt >= latest[1].readAt;
    // A listener without runs has begun again if it has counted less, later.
    const beganAnew = run === "" && isLater && before !== undefined && changes < before.changes;
    if (before && !beganAnew && (changes <= before.changes || !(isLatest || isLater))) {
      return { is: "overtaken" };
    }
    this.#runs.delete(run); // so that it goes to the end of the order of insertion
    this.#runs.set(run, account);
    this.#countAlone(isLatest, run, account);
    if (before && !isLatest && !this.#isShared) {
      this.#isShared = true;
      return { is: "shared" };
    }
    if (before && !beganAnew) return { is: "more", missed: missed - before.missed };
    return latest === undefined || this.#isShared ? { is: "the first" } : { is: "anew", missed };
  }

  #countAlone(isLatest: boolean, run: string, account: ListenerAccount): void {
    this.#alone = isLatest ? this.#alone + 1 : 1;
    if (this.#alone < ALONE_AFTER) return;
    this.#isShared = false;
    this.#runs = new Map([[run, account]]);
  }
}

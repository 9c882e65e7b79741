/** Whose account an answer contains: the same listener's, perhaps after a restart, or another one's with its name. */

import type { ListenerAccount } from "../../lib/protocol/handshake.ts";

/** After this many accounts in a row from one run, the other runs of its name count as ended. */
const ALONE_AFTER = 100;

/** What an account shows, compared with those before it. */
export type Finding =
  /** The listener continues, and has missed so many values since its last account. */
  | { readonly is: "more"; readonly missed: number }
  /** The listener was restarted, and has missed so many values since. */
  | { readonly is: "anew"; readonly missed: number }
  /** It is the first account, or the first of a run while several listeners share the name. */
  | { readonly is: "the first" }
  /** A later account arrived before it, as answers can overtake each other: it is out of date. */
  | { readonly is: "overtaken" }
  /** Several listeners share the name: reported once, until one of them has been alone for long. */
  | { readonly is: "shared" };

/** Follows the accounts under one name, by their runs. */
export class Accounts {
  /** The last account of each run, that of the latest run last. */
  #runs = new Map<string, ListenerAccount>();
  #alone = 0;
  #isShared = false;

  /**
   * Adds the next account.
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
    // Without runs, a later account with a lower count shows a restart.
    const beganAnew = run === "" && isLater && before !== undefined && changes < before.changes;
    if (before && !beganAnew && (changes <= before.changes || !(isLatest || isLater))) {
      return { is: "overtaken" };
    }
    this.#runs.delete(run); // so that it moves to the end of the order of insertion
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

/** Whose account an answer brings: a listener's that went on or began anew, or another one's of its name. */

import type { ListenerAccount } from "../../lib/protocol/handshake.ts";

/** How many times an older count has to be taken up again, to be no coincidence. */
const ENOUGH_RETURNS = 3;

/** After how many accounts of other counts nobody takes up a count any more. */
const FORGOTTEN_AFTER = 100;

/** What an account shows beside those before it. */
export type Finding =
  /** The listener goes on: it missed so many values since its last account. */
  | { readonly is: "more"; readonly missed: number }
  /** The listener has been started again, and missed so many values since. */
  | { readonly is: "anew"; readonly missed: number }
  /** It is the first one; or one of several listeners that are known, and nobody knows of which. */
  | { readonly is: "the first" }
  /** It was here before, or a later one was, as answers overtake each other: it says nothing any more. */
  | { readonly is: "overtaken" }
  /** Several listeners go by the name: told once, until one of them has been alone for long. */
  | { readonly is: "shared" };

/** Accounts of which each goes on from the one before. */
interface Count {
  /** The last one. */
  readonly account: ListenerAccount;
  /** When the change that it came with was written. */
  readonly written: number;
  /** How many accounts had come by then. */
  readonly turn: number;
}

/**
 * Follows the accounts that come under one name. The count of one listener only grows, and begins anew where it is
 * started again. But nobody takes up an old count again: where that happens time and again, several are at work.
 */
export class Accounts {
  /** The count that goes on now stands first. */
  #counts: Count[] = [];
  #turn = 0;
  #returns = 0;
  #isShared = false;

  /**
   * Takes in the next account.
   *
   * @param account The account.
   * @param written When the change that it came with was written, in microseconds since the Unix epoch.
   * @returns What it shows.
   */
  follow(account: ListenerAccount, written: number): Finding {
    const present = this.#counts.at(0);
    const isLess = present !== undefined && account.changes <= present.account.changes;
    if (isLess && (written < present.written || isSame(account, present.account))) {
      return { is: "overtaken" };
    }
    const turn = ++this.#turn;
    const taken = this.#counts.filter((count) => count.account.changes < account.changes)
      .reduce<Count | undefined>(greater, undefined);
    const others = this.#counts.filter((count) =>
      count !== taken && turn - count.turn <= FORGOTTEN_AFTER
    );
    this.#counts = [{ account, written, turn }, ...others];
    if (others.length === 0) this.#isShared = false;
    if (!taken || others.length === 0) this.#returns = 0;
    else if (isLess) this.#returns++;
    if (!this.#isShared && this.#returns >= ENOUGH_RETURNS) {
      this.#isShared = true;
      return { is: "shared" };
    }
    if (taken) return { is: "more", missed: account.missed - taken.account.missed };
    if (!present || this.#isShared) return { is: "the first" };
    return { is: "anew", missed: account.missed };
  }
}

function isSame(one: ListenerAccount, other: ListenerAccount): boolean {
  return one.changes === other.changes && one.readAt === other.readAt;
}

/** An account goes on from the greatest count below it; where several are equal, from the present one. */
function greater(one: Count | undefined, other: Count): Count {
  return one && one.account.changes >= other.account.changes ? one : other;
}

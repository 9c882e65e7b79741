/** Whose account an answer brings: a listener's that went on or began anew, or another one's of its name. */

import type { ListenerAccount } from "../lib/handshake.ts";

/** What an account shows beside those before it. */
export type Finding =
  /** The listener goes on: it missed so many values since its last account. */
  | { readonly is: "more"; readonly missed: number }
  /** The listener has been started again, and missed so many values since. */
  | { readonly is: "anew"; readonly missed: number }
  /** It goes on from the account before the last one, as that of another listener would; so may this one alone. */
  | { readonly is: "perhaps another's" }
  /** It goes on from the account before the last one, and not from that. */
  | { readonly is: "another's" };

/** Follows the accounts that come under one name. Counts of one listener never go down. */
export class Accounts {
  #last?: ListenerAccount;
  /** The one from which another listener of the name would go on. */
  #other?: ListenerAccount;

  /**
   * Takes in the next account.
   *
   * @param account The account.
   * @returns What it shows; nothing where it is the first one.
   */
  follow(account: ListenerAccount): Finding | undefined {
    const last = this.#last;
    const other = this.#other;
    this.#last = account;
    if (!last) return undefined;
    const isMore = goesOn(account, last);
    const isOthers = other !== undefined && goesOn(account, other) &&
      (!isMore || !goesOn(last, other));
    if (isOthers || !isMore) this.#other = last;
    if (isOthers) return { is: isMore ? "perhaps another's" : "another's" };
    if (isMore) return { is: "more", missed: account.missed - last.missed };
    return { is: "anew", missed: account.missed };
  }
}

function goesOn(account: ListenerAccount, before: ListenerAccount): boolean {
  return account.changes >= before.changes && account.conflated >= before.conflated &&
    account.missed >= before.missed;
}

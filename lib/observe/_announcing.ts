/** Whether a server announces changes. */

import type { NotificationCheck } from "./notifications.ts";

/** What is missing on a server that does not announce changes. */
export interface Absence {
  /** The server's `notify-keyspace-events`, if it reports that; else reads found changes that were not announced. */
  readonly flags?: string;
  /** The missing flags; all needed ones if the server does not report its setting. */
  readonly missing: string;
}

/**
 * Decides whether a server announces changes, for one subscription: by its setting, or if it does not report that, by
 * what is observed. One unannounced change may come from a full resync of a KeyDB node, or from a command that
 * publishes another event. Two in a row, without a notification between them, mean that the server announces nothing.
 */
export class Announcing {
  #ask: () => Promise<NotificationCheck>;
  #tell: (absence: Absence | undefined) => void;
  #absence?: Absence;
  /** How many changes in a row were not announced. */
  #silentChanges = 0;
  #asking = false;
  #ended = false;

  /**
   * @param check What the server reported when the subscription began.
   * @param ask Asks it again.
   * @param tell Called when the server turns out to announce nothing, and when it announces changes again.
   */
  constructor(
    check: NotificationCheck,
    ask: () => Promise<NotificationCheck>,
    tell: (absence: Absence | undefined) => void,
  ) {
    this.#ask = ask;
    this.#tell = tell;
    this.#judge(check);
  }

  /** What the server lacks; `undefined` if it announces changes, as far as is known. */
  get absence(): Absence | undefined {
    return this.#absence;
  }

  /** Notes that a notification arrived, of any key. */
  heard(): void {
    this.#silentChanges = 0;
    if (this.#absence?.flags !== undefined) this.#askAgain(); // it may announce some events only
    else this.#set(undefined);
  }

  /** Notes that a read found an unannounced change. */
  foundSilentChange(): void {
    this.#silentChanges++;
    this.#askAgain();
  }

  /** Asks again if something is missing: an operator may have fixed it. */
  look(): void {
    if (this.#absence) this.#askAgain();
  }

  /** Notes that the subscription is over. */
  end(): void {
    this.#ended = true;
  }

  async #askAgain(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const check = await this.#ask();
    this.#asking = false;
    if (!this.#ended) this.#judge(check);
  }

  #judge(check: NotificationCheck): void {
    if (check.result === "ok") this.#set(undefined);
    if (check.result === "missing") this.#set({ flags: check.flags, missing: check.missing });
    if (check.result === "unknown" && this.#silentChanges > 1) this.#set({ missing: check.needed });
  }

  #set(absence: Absence | undefined): void {
    const isNews = (absence === undefined) !== (this.#absence === undefined);
    this.#absence = absence;
    if (isNews) this.#tell(absence);
  }
}

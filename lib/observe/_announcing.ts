/** Whether a server announces changes. */

import type { NotificationCheck } from "./notifications.ts";

/** What a server lacks that does not announce changes. */
export interface Absence {
  /** What `notify-keyspace-events` is, if the server says so; else changes were found that nothing announced. */
  readonly flags?: string;
  /** The flags that it lacks, or if it does not say, all that are needed. */
  readonly missing: string;
}

/**
 * Judges whether a server announces changes, for one subscription: by its own word, and if it gives none, by what
 * is seen. One change that nothing announced may come from a full resync of a KeyDB node, or from a command that
 * publishes another event; two in a row with no notification between them are taken for a server that announces
 * nothing.
 */
export class Announcing {
  #ask: () => Promise<NotificationCheck>;
  #tell: (absence: Absence | undefined) => void;
  #absence?: Absence;
  /** How many changes in a row nothing announced. */
  #silentChanges = 0;
  #asking = false;
  #ended = false;

  /**
   * @param check What the server said when the subscription began.
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

  /** What the server lacks, unless it announces changes as far as is known. */
  get absence(): Absence | undefined {
    return this.#absence;
  }

  /** A notification came, of whichever key. */
  heard(): void {
    this.#silentChanges = 0;
    if (this.#absence?.flags !== undefined) this.#askAgain(); // it may announce some events only
    else this.#set(undefined);
  }

  /** A change was read that nothing announced. */
  foundSilentChange(): void {
    this.#silentChanges++;
    this.#askAgain();
  }

  /** Time has passed: an operator may have mended what was absent. */
  look(): void {
    if (this.#absence) this.#askAgain();
  }

  /** The subscription is over. */
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

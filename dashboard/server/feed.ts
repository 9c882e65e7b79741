/** What happened since the last update, in bounded memory. */

import type { Entry } from "../protocol.ts";

/** How many entries an update has at most: nobody could read more. */
const MAX_ENTRIES = 20;

/** Says that something happened, apart from writes, reads and handshakes. */
export type Tell = (who: string, text: string, level?: "info" | "warn", at?: number) => void;

/** Collects entries. If there are too many, the oldest ones give way, events last. */
export class Feed {
  #entries: Entry[] = [];
  #skipped = 0;

  /** Takes an entry. */
  add(entry: Entry): void {
    this.#entries.push(entry);
    if (this.#entries.length <= MAX_ENTRIES) return;
    const index = this.#entries.findIndex(({ kind }) => kind !== "event");
    this.#entries.splice(Math.max(0, index), 1);
    this.#skipped++;
  }

  /** Hands over what came since the last time, in its order, and how many entries there was no room for. */
  take(): { feed: Entry[]; skipped: number } {
    const feed = this.#entries.sort((one, other) => one.at - other.at); // they come from several servers
    const taken = { feed, skipped: this.#skipped };
    this.#entries = [];
    this.#skipped = 0;
    return taken;
  }
}

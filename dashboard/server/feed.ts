/** What happened since the last update, in bounded memory. */

import type { Entry } from "../protocol.ts";

/** The greatest number of entries in an update: people cannot read more. */
const MAX_ENTRIES = 20;

/** Reports an event: anything but a write, a read or a handshake. */
export type Tell = (who: string, text: string, level?: "info" | "warn", at?: number) => void;

/** Collects entries. If there are too many, it drops the oldest ones, and events last. */
export class Feed {
  #entries: Entry[] = [];
  #skipped = 0;

  /** Adds an entry. */
  add(entry: Entry): void {
    this.#entries.push(entry);
    if (this.#entries.length <= MAX_ENTRIES) return;
    const index = this.#entries.findIndex(({ kind }) => kind !== "event");
    this.#entries.splice(Math.max(0, index), 1);
    this.#skipped++;
  }

  /** Returns the entries since the last call, in the order of their times, and how many were dropped. */
  take(): { feed: Entry[]; skipped: number } {
    const feed = this.#entries.sort((one, other) => one.at - other.at); // they come from several servers
    const taken = { feed, skipped: this.#skipped };
    this.#entries = [];
    this.#skipped = 0;
    return taken;
  }
}

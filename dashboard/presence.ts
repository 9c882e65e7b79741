/** Whether a role is there, by what the servers say of its connections and by what it does. */

import type { Tell } from "./feed.ts";
import type { ClientList } from "./nodes.ts";
import type { Presence } from "./protocol.ts";

/**
 * For how long no server may list a role before it counts as gone, in microseconds: one whose server went
 * needs a moment to connect to another.
 */
const UNLISTED_LIMIT = 2_000_000;

/** How late a sign of life may come from a role that has gone meanwhile, in microseconds. */
const LATE_SIGN = 1_000_000;

/** Names that a server can list: it takes no others for a connection. */
const LISTABLE = /^[!-~]+$/;

/** What speaks against a role although it may still be connected. */
export interface Complaint {
  /** Since when. */
  readonly since: number;
  /** What it is, in a few words. */
  readonly reason: string;
}

/** Judges whether one role is there, and tells when that changes. */
export class RolePresence {
  #name: string;
  #now: () => number;
  #tell: Tell;
  #presence: Presence;
  /** When it was last heard of, by whatever sign. */
  #heardAt?: number;
  /** Whether it did something while we were watching. */
  #isLive = false;
  #everListed = false;
  #isListed = false;
  #unlistedSince?: number;
  /** Whether there was a sign of life since it was last taken for gone. */
  #gaveSign = false;

  /** @param name The role. @param now The clock. @param tell Called with what happens. */
  constructor(name: string, now: () => number, tell: Tell) {
    this.#name = name;
    this.#now = now;
    this.#tell = tell;
    this.#presence = { status: "unknown", since: now(), nodes: [], observed: [] };
  }

  /** What is known. */
  get presence(): Presence {
    return this.#presence;
  }

  /**
   * Takes note of a sign of life.
   *
   * @param at When the role gave it.
   * @param isLive Whether that was while we were watching.
   */
  hear(at: number, isLive: boolean): void {
    this.#heardAt = Math.max(this.#heardAt ?? 0, Math.min(at, this.#now()));
    if (!isLive) return;
    this.#isLive = true;
    this.#gaveSign = true;
    // A role that is still at work although no server lists it is where we cannot look.
    if (this.#now() - (this.#unlistedSince ?? Infinity) > LATE_SIGN) this.#everListed = false;
    this.#unlistedSince = undefined; // whatever the lists say: they may be older
  }

  /** Takes note that nothing could have been known of it up to now: no server was up, or the clock was set. */
  excuse(): void {
    this.#unlistedSince = undefined;
    if (this.#heardAt !== undefined) this.#heardAt = Math.min(this.#heardAt, this.#now());
  }

  /** Judges anew: by who is connected to the servers, and by what speaks against it. */
  judge(lists: readonly ClientList[], complaint?: Complaint): void {
    const listing = lists.filter(({ clients }) => clients.has(this.#name));
    this.#followLists(lists, listing);
    const places = {
      nodes: listing.map(({ node }) => node),
      observed: listing.filter(({ clients }) => clients.get(this.#name)).map(({ node }) => node),
    };
    const trouble = this.#absence() ?? complaint;
    const isHere = this.#presence.status === "gone"
      ? this.#gaveSign // that nothing speaks against it any more is no sign
      : listing.length > 0 || this.#isLive;
    if (trouble) this.#become("gone", trouble.since, places, trouble.reason);
    else if (isHere) this.#become("here", this.#now(), places);
    else this.#presence = { ...this.#presence, ...places };
  }

  #followLists(lists: readonly ClientList[], listing: readonly ClientList[]): void {
    if (listing.length > 0) {
      if (!this.#isListed) this.#gaveSign = true;
      this.#everListed = true;
      this.#heardAt = Math.max(this.#heardAt ?? 0, ...listing.map(({ askedAt }) => askedAt));
    }
    if (lists.length > 0) this.#isListed = listing.length > 0;
    if (listing.length > 0 || lists.length === 0) this.#unlistedSince = undefined;
    else this.#unlistedSince ??= this.#now();
  }

  /** That no server lists it says something only where one would. */
  #absence(): Complaint | undefined {
    const isListable = LISTABLE.test(this.#name) && (this.#everListed || !this.#isLive);
    const unlistedSince = this.#unlistedSince ?? Infinity;
    if (!isListable || this.#now() - unlistedSince < UNLISTED_LIMIT) return undefined;
    return { since: this.#heardAt ?? unlistedSince, reason: "not connected to any node" };
  }

  #become(
    status: "here" | "gone",
    since: number,
    places: Pick<Presence, "nodes" | "observed">,
    reason?: string,
  ): void {
    const before = this.#presence;
    const isNews = before.status !== status;
    this.#presence = {
      status,
      since: isNews ? since : before.since,
      ...(reason !== undefined && { reason }),
      ...places,
    };
    if (!isNews) return;
    if (status === "gone") this.#gaveSign = false;
    if (before.status === "unknown") return;
    if (status === "here") return this.#tell(this.#name, "is back");
    const word = places.nodes.length > 0 ? "silent" : "gone"; // it is connected all the same
    this.#tell(this.#name, `is ${word}: ${reason}`, "warn");
  }
}

/** Whether a role is there, by what the servers say of its connections and by what it does. */

import type { Tell } from "./feed.ts";
import { isCurrent } from "./hearing.ts";
import type { ClientList } from "./nodes.ts";
import type { Hearing, Presence } from "../protocol.ts";

/**
 * For how long no server may list a role before it counts as gone, in microseconds: one whose server went
 * needs a moment to connect to another.
 */
const UNLISTED_LIMIT = 2_000_000;

/** How late a sign of life may come from a role that has gone meanwhile, in microseconds. */
const LATE_SIGN = 1_000_000;

/** Names that a server can list: it takes no others for a connection. */
const LISTABLE = /^[!-~]+$/;

/** Why nothing is known of a role although the dashboard would notice what it does. */
const NOT_LISTED = "no node says who is connected to it";

/** What speaks against a role although it may still be connected. */
export interface Complaint {
  /** Since when. */
  readonly since: number;
  /** What it is, in a few words. */
  readonly reason: string;
}

/** What speaks against a role, and who says so. */
interface Problem extends Complaint {
  /** `nodes` list no connection of it, or the dashboard receives too little of its `deeds`. */
  readonly by: "nodes" | "deeds";
}

/** Judges whether one role is there, and reports when that changes. */
export class RolePresence {
  #name: string;
  #now: () => number;
  #tell: Tell;
  #presence: Presence = { status: "unknown", nodes: [], observed: [] };
  /** What was known of it last. */
  #known?: "here" | "gone" | "unseen";
  /** What speaks against it, until it gives a sign of life. */
  #problem?: Problem;
  /** When it last gave a sign of life. */
  #heardAt?: number;
  /** Whether it did something while we were watching. */
  #isLive = false;
  /** Whether it did something since we notice what it does. */
  #isAtWork = false;
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
    this.#isAtWork = true;
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

  /**
   * Judges again.
   *
   * @param lists Who is connected to the servers, as far as these say so.
   * @param hearing Whether we notice what the role does.
   * @param complaint What speaks against it.
   */
  judge(lists: readonly ClientList[], hearing: Hearing, complaint?: Complaint): void {
    const isHeard = isCurrent(hearing);
    if (!isHeard) this.#isAtWork = false;
    const listing = lists.filter(({ clients }) => clients.has(this.#name));
    this.#followLists(lists, listing);
    this.#followProblem(isHeard ? complaint : undefined);
    const places = {
      nodes: listing.map(({ node }) => node),
      observed: listing.filter(({ clients }) => clients.get(this.#name)).map(({ node }) => node),
    };
    const problem = this.#problem;
    if (problem && (problem.by === "nodes" ? lists.length > 0 : isHeard)) {
      this.#accuse(problem, places);
    } else if (!problem && (listing.length > 0 || this.#isAtWork)) {
      this.#become({ status: "here", ...places });
    } else if (!problem && this.#presence.status === "here" && this.#isMissed) {
      this.#become({ status: "here", ...places }); // it may be on its way to another server
    } else if (this.#known !== undefined) {
      this.#become({ status: "unknown", reason: hearing.reason ?? NOT_LISTED, ...places });
    }
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

  /** That nothing speaks against it any more is no sign of life. */
  #followProblem(complaint: Complaint | undefined): void {
    const problem = this.#absence() ?? (complaint && { ...complaint, by: "deeds" as const });
    if (!problem && this.#gaveSign) this.#problem = undefined;
    if (!problem) return;
    const before = this.#problem;
    if (!before) this.#gaveSign = false;
    this.#problem = before && this.#known === "gone"
      ? { ...problem, since: before.since }
      : problem;
  }

  /** Whether no server lists it although one should. */
  get #isMissed(): boolean {
    const isListable = LISTABLE.test(this.#name) && (this.#everListed || !this.#isLive);
    return isListable && this.#unlistedSince !== undefined;
  }

  #absence(): Problem | undefined {
    const unlistedSince = this.#unlistedSince ?? Infinity;
    if (!this.#isMissed || this.#now() - unlistedSince < UNLISTED_LIMIT) return undefined;
    const since = this.#heardAt ?? unlistedSince;
    return { since, reason: "not connected to any node", by: "nodes" };
  }

  #accuse({ since, reason }: Problem, places: Pick<Presence, "nodes" | "observed">): void {
    if (this.#heardAt === undefined) this.#become({ status: "unseen", ...places });
    else this.#become({ status: "gone", since, reason, ...places });
  }

  /** It is so since now, unless that is known better, or it was so before. */
  #become(presence: Presence): void {
    const before = this.#presence;
    const { status, reason } = presence;
    const hasMoved = presence.nodes.length > 0 && placesIn(before) !== placesIn(presence);
    const isNews = before.status !== status || (status === "here" && hasMoved);
    const since = status === "unseen" ? undefined : isNews ? this.#now() : before.since;
    this.#presence = { ...(since !== undefined && { since }), ...presence };
    if (before.status === "here" && before.nodes.length > 0 && isNews && status === "here") {
      this.#tell(this.#name, `works with ${presence.nodes.join(", ")} now`);
    }
    if (status === "unknown" || status === this.#known) return;
    const known = this.#known;
    this.#known = status;
    if (known === undefined || status === "unseen") return;
    if (status === "here") return this.#tell(this.#name, known === "gone" ? "is back" : "is here");
    const word = presence.nodes.length > 0 ? "silent" : "gone"; // it is connected all the same
    this.#tell(this.#name, `is ${word}: ${reason}`, "warn");
  }
}

function placesIn({ nodes, observed }: Presence): string {
  return JSON.stringify([nodes, observed]);
}

/** Decides whether a role is there, by the servers' lists of clients and by its activity. */

import type { Tell } from "./feed.ts";
import { isCurrent } from "./hearing.ts";
import type { ClientList } from "./nodes.ts";
import type { Hearing, Presence } from "../protocol.ts";

/**
 * How long a role may be on no server's list before it counts as gone, in microseconds: if its server fails, it needs
 * a moment to connect to another one.
 */
const UNLISTED_LIMIT = 2_000_000;

/** How late the last sign of life of a role that is gone may arrive, in microseconds. */
const LATE_SIGN = 1_000_000;

/** Names that a server can list: it accepts no others for a connection. */
const LISTABLE = /^[!-~]+$/;

/** Why a role is unknown although the dashboard would receive its activity. */
const NOT_LISTED = "no node lists it as a client";

/** A sign that a role is gone, although it may still be connected. */
export interface Complaint {
  /** Since when. */
  readonly since: number;
  /** What it is, in a few words. */
  readonly reason: string;
}

/** A sign that a role is gone, and its source. */
interface Problem extends Complaint {
  /** The `nodes`, if they list no connection of it, or its `deeds`, if the dashboard receives too little activity. */
  readonly by: "nodes" | "deeds";
}

/** Decides whether one role is there, and reports when that changes. */
export class RolePresence {
  #name: string;
  #now: () => number;
  #tell: Tell;
  #presence: Presence = { status: "unknown", nodes: [], observed: [] };
  /** The last known status. */
  #known?: "here" | "gone" | "unseen";
  /** The sign that it is gone, until there is a sign of life. */
  #problem?: Problem;
  /** When the last sign of life was. */
  #heardAt?: number;
  /** Whether there was activity while the dashboard was watching. */
  #isLive = false;
  /** Whether there was activity since the dashboard last began to receive it. */
  #isAtWork = false;
  #everListed = false;
  #isListed = false;
  #unlistedSince?: number;
  /** Whether there was a sign of life since the last problem began. */
  #gaveSign = false;

  /** @param name The role. @param now The clock. @param tell Called with events. */
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
   * Records a sign of life.
   *
   * @param at When it was.
   * @param isLive Whether that was while the dashboard was watching.
   */
  hear(at: number, isLive: boolean): void {
    this.#heardAt = Math.max(this.#heardAt ?? 0, Math.min(at, this.#now()));
    if (!isLive) return;
    this.#isLive = true;
    this.#isAtWork = true;
    this.#gaveSign = true;
    // A role that is active although no server lists it is on a server that does not list its clients.
    if (this.#now() - (this.#unlistedSince ?? Infinity) > LATE_SIGN) this.#everListed = false;
    this.#unlistedSince = undefined; // the lists may be older
  }

  /** Restarts its absence, as nothing could have been known until now: no server was up, or the clock was set. */
  excuse(): void {
    this.#unlistedSince = undefined;
    if (this.#heardAt !== undefined) this.#heardAt = Math.min(this.#heardAt, this.#now());
  }

  /**
   * Judges again.
   *
   * @param lists The clients of the servers that list them.
   * @param hearing Whether the dashboard receives the role's activity.
   * @param complaint A sign in its activity that it is gone, if any.
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
      this.#become({ status: "here", ...places }); // it may be connecting to another server
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

  /** Keeps a problem until there is a sign of life, also if its cause has passed. */
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

  /** Sets the presence: since the given time, else since before if it is the same, else since now. */
  #become(presence: Presence): void {
    const before = this.#presence;
    const { status, reason } = presence;
    const hasMoved = presence.nodes.length > 0 && placesIn(before) !== placesIn(presence);
    const isNews = before.status !== status || (status === "here" && hasMoved);
    const since = status === "unseen" ? undefined : isNews ? this.#now() : before.since;
    this.#presence = { ...(since !== undefined && { since }), ...presence };
    if (before.status === "here" && before.nodes.length > 0 && isNews && status === "here") {
      this.#tell(this.#name, `is now connected to ${presence.nodes.join(", ")}`);
    }
    if (status === "unknown" || status === this.#known) return;
    const known = this.#known;
    this.#known = status;
    if (known === undefined || status === "unseen") return;
    if (status === "here") return this.#tell(this.#name, known === "gone" ? "is back" : "is here");
    const word = presence.nodes.length > 0 ? "silent" : "gone"; // it is still connected
    this.#tell(this.#name, `is ${word}: ${reason}`, "warn");
  }
}

function placesIn({ nodes, observed }: Presence): string {
  return JSON.stringify([nodes, observed]);
}

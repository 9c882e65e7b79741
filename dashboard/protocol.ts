/**
 * What the dashboard sends to its pages, as server-sent events: a `snapshot` at the start, then an `update`
 * whenever something happened, at most ten a second. All times are microseconds since the Unix epoch, and all
 * durations microseconds; texts that come from a server are foreign, and may hold anything.
 *
 * The id of an event is `<boot>-<number>`. A page that comes back names the last one it has seen, and gets what
 * came since in one update, or a snapshot if that is no longer kept, or was of another process.
 */

/** The event `snapshot`: everything that a new page needs. */
export interface Snapshot {
  readonly state: State;
  /** The line of each listener, of the last five minutes at most. */
  readonly lines: Readonly<Record<string, readonly Second[]>>;
  /** The paths of the last hundred writes, the oldest one first. */
  readonly traces: readonly Trace[];
  /** The newest entries of the feed, the oldest one first. */
  readonly feed: readonly Entry[];
  /** The newest events, likewise: what happens often can't push them away. */
  readonly events: readonly Event[];
}

/** The event `update`: what came since the last event. */
export interface Update {
  /** The whole state, as it is now. */
  readonly state: State;
  /** What the listeners' lines grow by; listeners without any are left out. */
  readonly seconds: Readonly<Record<string, readonly Second[]>>;
  /** The paths that are new or better known now. */
  readonly traces: readonly Trace[];
  /** The entries that the feed grows by, the oldest one first. */
  readonly feed: readonly Entry[];
  /** How many entries there were no room for: things happen faster than anybody can read. */
  readonly skipped: number;
}

/** A second of a line: when it began, and the median, the least and the greatest of its time differences. */
export type Second = readonly [at: number, p50: number, least: number, greatest: number];

/** All that the page shows, apart from lines and feed. */
export interface State {
  /** When this was true, by the dashboard's clock. */
  readonly at: number;
  /** When the dashboard began. */
  readonly since: number;
  /** Whether all handshakes and the interval arrive at the dashboard. */
  readonly observation: Observation;
  /** The servers in `KEYDB_URL`, in their order. */
  readonly nodes: readonly NodeState[];
  /** Who replicates from whom. */
  readonly links: readonly Link[];
  readonly writer: WriterState;
  /** In the order of `DASHBOARD_LISTENERS`. */
  readonly listeners: readonly ListenerState[];
  /** How the second listener's time difference compares with the first one's; absent if there is too little to compare. */
  readonly verdict?: Verdict;
  readonly interval: IntervalState;
  /** Whether a change of the interval has to bring `DASHBOARD_TOKEN`. */
  readonly needsToken: boolean;
}

/**
 * Whether what the dashboard receives of something is current. If not, it says why; what came before may be out of
 * date.
 */
export interface Hearing {
  /** Why it is not current; absent if it is. */
  readonly reason?: string;
  /** Since when it is so; absent if it was never current, and nothing has failed yet. */
  readonly since?: number;
}

/** The dashboard's own observation of handshakes and interval. */
export type Observation =
  | { readonly state: "observing"; readonly server: string; readonly since: number }
  | { readonly state: "interrupted"; readonly reason: string; readonly since: number };

/** One server. */
export interface NodeState {
  /** Its host and port. */
  readonly name: string;
  /** What `INFO` calls its role, such as `active-replica`, `master` or `slave`; absent while unknown. */
  readonly role?: string;
  /** `unknown` until the dashboard has asked it, and if it has not been able to ask for some seconds. */
  readonly status: "up" | "down" | "loading" | "unknown";
  /** Since when the status is what it is; absent until it was asked. */
  readonly since?: number;
  /** Why it is down or unknown. */
  readonly reason?: string;
  /** Whether the writes there arrive at the dashboard. */
  readonly hearing: Hearing;
}

/** One server replicates from another one. */
export interface Link {
  /** The source's host and port, as the replica knows it: that of a node, or of another server. */
  readonly from: string;
  /** The replica, a node. */
  readonly to: string;
  /** `unknown` while the replica cannot be asked. */
  readonly status: "up" | "down" | "syncing" | "unknown";
  readonly since: number;
}

/** Whether a role is there. */
export interface Presence {
  /**
   * `here` if a node lists a connection of that name, or if the dashboard sees what it does; `gone` if no node
   * does, or if it is silent for too long; `unseen` if it was never there; `unknown` if no node
   * answers, and the dashboard does not see what it does.
   */
  readonly status: "here" | "gone" | "unseen" | "unknown";
  /**
   * Since when status and nodes are what they are; of a role that is gone, when it last gave a sign of life. Absent if it
   * never did.
   */
  readonly since?: number;
  /** Why it is taken for gone, or why it is unknown, in a few words. */
  readonly reason?: string;
  /** The nodes that have a connection of that name. */
  readonly nodes: readonly string[];
  /** Those of them that it is subscribed to. */
  readonly observed: readonly string[];
}

/** What is known of the writer. */
export interface WriterState {
  /** Its name; absent until there was a stamp. */
  readonly name?: string;
  readonly presence: Presence;
  /** Whether writes arrive at the dashboard, from one node at least. */
  readonly hearing: Hearing;
  /** Its last write; absent until there was one. */
  readonly last?: Write;
}

/** The last minute's time differences of the second listener, divided by those of the first one. */
export interface Verdict {
  /** The ratio of the medians over the seconds, and its 95 % bootstrap interval. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** Whether the second one is faster, slower, or not distinguishable. */
  readonly verdict: "faster" | "slower" | "not distinguishable";
}

/** The path of a write. */
export interface Trace extends Write {
  readonly writer: string;
  /** When each listener read and answered it. */
  readonly answers: readonly {
    readonly name: string;
    readonly read: number;
    readonly answered: number;
  }[];
}

/** One write, and its path through the nodes. */
export interface Write {
  readonly seq: number;
  /** When it was written. */
  readonly at: number;
  /** The nodes that have announced it, in the order in which that arrived at the dashboard. */
  readonly path: readonly {
    readonly node: string;
    /** From the write until the node's notification arrived at the dashboard, by the dashboard's clock. */
    readonly after: number;
  }[];
}

/** What is known of a listener. */
export interface ListenerState {
  readonly name: string;
  readonly presence: Presence;
  /** Whether its answers arrive at the dashboard. */
  readonly hearing: Hearing;
  /** Its last answer; absent until there was one. */
  readonly last?: Answer;
  /** What it counted since it began: changes delivered, values conflated, values missed. */
  readonly changes: number;
  readonly conflated: number;
  readonly missed: number;
  /**
   * How many writes of the last writer came after the one that it answered last; absent while the dashboard receives no
   * writes, or not of its answers.
   */
  readonly unanswered?: number;
  /** How it observes, as its answers say. */
  readonly pattern?: "loop" | "callback";
  /** Its time differences of the last minute. */
  readonly minute: MinuteFigures;
  /** What it is doing now. */
  readonly work: Work;
  /** Time differences that the dashboard has seen since it began. */
  readonly difference: Figures;
  /** From write to handshake, likewise. */
  readonly roundTrip: Figures;
}

/** A listener's answer to a change. */
export interface Answer {
  readonly phrase: string;
  /** Absent for a change of the older form. */
  readonly seq?: number;
  /** When the change was written, read and answered; all but the last are absent if the answer does not say. */
  readonly written?: number;
  readonly read?: number;
  readonly answered: number;
}

/** A distribution: how many durations it holds, and some of its percentiles; all 0 if there are none. */
export interface Figures {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** The values of a minute: a percentile is absent if there are too few values for it. */
export interface MinuteFigures {
  readonly count: number;
  readonly p50?: number;
  readonly p99?: number;
}

/** What a listener did in the last seconds. */
export interface Work {
  /** How many changes were in work at once, at the mean. */
  readonly atOnce: number;
  /** Changes handled a second, and values skipped a second. */
  readonly handled: number;
  readonly skipped: number;
}

/** The interval between two writes. */
export interface IntervalState {
  /** Seconds; absent while unknown, for example while it does not arrive at the dashboard, and if the key holds no interval. */
  readonly seconds?: number;
  /** What is wrong with the key's value. */
  readonly problem?: string;
}

/** Something that happened. */
export type Entry =
  /** A stamp was written. `at` is the time of the write. */
  | {
    readonly kind: "write";
    readonly at: number;
    readonly who: string;
    readonly seq?: number;
    readonly value: string;
  }
  /** A listener read it. */
  | {
    readonly kind: "read";
    readonly at: number;
    readonly who: string;
    readonly seq?: number;
    readonly difference: number;
  }
  /** A listener answered it. */
  | {
    readonly kind: "handshake";
    readonly at: number;
    readonly who: string;
    readonly seq?: number;
    readonly phrase: string;
    /** From the write to the handshake; absent for a change of the older form. */
    readonly roundTrip?: number;
  }
  | Event;

/** Something else: a node or a role is gone or back, a key holds no stamp. `level` says how bad that is. */
export interface Event {
  readonly kind: "event";
  readonly at: number;
  readonly who: string;
  readonly level: "info" | "warn";
  readonly text: string;
}

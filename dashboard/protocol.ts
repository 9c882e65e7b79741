/**
 * The server-sent events from the dashboard to its pages: a `snapshot` at the start, then an `update` whenever
 * something happens, at most ten a second. All times are microseconds since the Unix epoch, all durations are
 * microseconds. Texts from a server are foreign, and may contain anything.
 *
 * The id of an event is `<boot>-<number>`. A page that reconnects sends the last id it has seen. It gets everything
 * since then in one update, or a snapshot if that is no longer kept or if the id is from another process.
 */

/** The event `snapshot`: everything that a new page needs. */
export interface Snapshot {
  readonly state: State;
  /** The line of each listener in the chart: at most the last five minutes. */
  readonly lines: Readonly<Record<string, readonly Second[]>>;
  /** The paths of the last hundred writes, the oldest one first. */
  readonly traces: readonly Trace[];
  /** The newest entries of the feed, the oldest one first. */
  readonly feed: readonly Entry[];
  /** The newest events, likewise: frequent entries cannot push them out. */
  readonly events: readonly Event[];
}

/** The event `update`: everything since the last event. */
export interface Update {
  /** The whole current state. */
  readonly state: State;
  /** The new seconds of the listeners' lines; listeners without any are left out. */
  readonly seconds: Readonly<Record<string, readonly Second[]>>;
  /** The paths that are new, or have more details. */
  readonly traces: readonly Trace[];
  /** The new entries of the feed, the oldest one first. */
  readonly feed: readonly Entry[];
  /** How many more entries are left out: they come faster than people can read. */
  readonly skipped: number;
}

/** A second of a line: when it began, and the median, the least and the greatest of its time differences. */
export type Second = readonly [at: number, p50: number, least: number, greatest: number];

/** Everything that the page shows, apart from lines, paths and feed. */
export interface State {
  /** When this was true, by the dashboard's clock. */
  readonly at: number;
  /** When the dashboard started. */
  readonly since: number;
  /** Whether all handshakes and the interval arrive at the dashboard. */
  readonly observation: Observation;
  /** The servers in `KEYDB_URL`, in their order. */
  readonly nodes: readonly NodeState[];
  /** The replication links. */
  readonly links: readonly Link[];
  readonly writer: WriterState;
  /** In the order of `DASHBOARD_LISTENERS`. */
  readonly listeners: readonly ListenerState[];
  /** How the second listener's time difference compares with the first one's; absent if there are too few values. */
  readonly verdict?: Verdict;
  readonly interval: IntervalState;
  /** Whether a change of the interval needs `DASHBOARD_TOKEN`. */
  readonly needsToken: boolean;
}

/**
 * Whether what the dashboard has received about something is current, or may be out of date.
 */
export interface Hearing {
  /** Why it is not current; absent if it is. */
  readonly reason?: string;
  /** Since when it is current or not; absent if it was never current, and nothing has failed yet. */
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
  /** `unknown` before the first query, and if the dashboard could not query it for some seconds. */
  readonly status: "up" | "down" | "loading" | "unknown";
  /** Since when it has this status; absent before the first query. */
  readonly since?: number;
  /** Why it is down or unknown. */
  readonly reason?: string;
  /** Whether the writes there reach the dashboard. */
  readonly hearing: Hearing;
}

/** A replication link: one server replicates from another one. */
export interface Link {
  /** The source's host and port, as the replica knows it: a node, or another server. */
  readonly from: string;
  /** The replica, a node. */
  readonly to: string;
  /** `unknown` while the replica cannot be queried. */
  readonly status: "up" | "down" | "syncing" | "unknown";
  readonly since: number;
}

/** Whether a role is there. */
export interface Presence {
  /**
   * `here` if a node lists a connection of that name, or if the dashboard receives its activity; `gone` if no node
   * lists one, or if the role is silent for too long; `unseen` if it was never there; `unknown` if the dashboard gets
   * neither a list nor its activity.
   */
  readonly status: "here" | "gone" | "unseen" | "unknown";
  /**
   * Since when it has this status and these nodes; of a role that is gone, the last sign of life. Absent if there was
   * none.
   */
  readonly since?: number;
  /** Why it counts as gone or unknown, in a few words. */
  readonly reason?: string;
  /** The nodes that have a connection of that name. */
  readonly nodes: readonly string[];
  /** The nodes among them that it is subscribed to. */
  readonly observed: readonly string[];
}

/** What is known of the writer. */
export interface WriterState {
  /** Its name; absent before the first stamp. */
  readonly name?: string;
  readonly presence: Presence;
  /** Whether writes reach the dashboard, from at least one node. */
  readonly hearing: Hearing;
  /** Its last write; absent before the first one. */
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
  /** When each listener has read and answered it. */
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
  /** The nodes that have announced it, in the order in which their notifications reached the dashboard. */
  readonly path: readonly {
    readonly node: string;
    /** From the write until the node's notification reached the dashboard, by the dashboard's clock. */
    readonly after: number;
  }[];
}

/** What is known of a listener. */
export interface ListenerState {
  readonly name: string;
  readonly presence: Presence;
  /** Whether its answers reach the dashboard. */
  readonly hearing: Hearing;
  /** Its last answer; absent before the first one. */
  readonly last?: Answer;
  /** What it has counted since it started: changes delivered, values conflated, values missed. */
  readonly changes: number;
  readonly conflated: number;
  readonly missed: number;
  /**
   * How many writes of the last writer came after the one that it answered last; absent while the dashboard does not
   * receive writes, or its answers.
   */
  readonly unanswered?: number;
  /** How it observes, as its answers say; before the first one, by its name. */
  readonly pattern?: "loop" | "callback";
  /** Its time differences of the last minute. */
  readonly minute: MinuteFigures;
  /** How many changes were in progress at once in the last seconds, on average. */
  readonly atOnce: number;
  /** The time differences that the dashboard has received since it started. */
  readonly difference: Figures;
  /** From write to handshake, likewise. */
  readonly roundTrip: Figures;
}

/** A listener's answer to a change. */
export interface Answer {
  readonly phrase: string;
  /** Absent if the stamp has the older form, without a number. */
  readonly seq?: number;
  /** When the change was written, read and answered; the first two are absent if the answer does not contain them. */
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

/** The values of the last minute: a percentile is absent if there are too few values for it. */
export interface MinuteFigures {
  /** How many seconds these figures span: 60, or fewer if the first value came later. */
  readonly seconds: number;
  readonly count: number;
  /** How many changes were handled, and how many values were skipped. */
  readonly handled: number;
  readonly skipped: number;
  readonly p50?: number;
  readonly p99?: number;
}

/** The interval between two writes. */
export interface IntervalState {
  /** Seconds; absent if the key holds no interval, and while the dashboard does not receive it. */
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
    /** From the write to the handshake; absent if the answer does not contain the time of the write. */
    readonly roundTrip?: number;
  }
  | Event;

/** Anything else: for example, a node or a role is gone or back, or a key holds no stamp. `level` is its severity. */
export interface Event {
  readonly kind: "event";
  readonly at: number;
  readonly who: string;
  readonly level: "info" | "warn";
  readonly text: string;
}

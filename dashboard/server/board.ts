/** Builds what the page shows from what the dashboard receives. It has no connections, pages or timers. */

import type { Change } from "../../lib/observe/change.ts";
import type { StampVersion } from "../../lib/protocol/stamp.ts";
import { INTERVAL_RULE, parseInterval } from "../../lib/protocol/interval.ts";
import { handshakeKeyOf } from "../../lib/protocol/keys.ts";
import { excerpt } from "../../lib/text.ts";
import { effectOf } from "../../statistics/effect.ts";
import { Feed, type Tell } from "./feed.ts";
import { hearingAfter, type HearingSign, isCurrent, NOTHING_HEARD } from "./hearing.ts";
import { Listener } from "./listener.ts";
import { NO_NODE, type NodeReport, Nodes } from "./nodes.ts";
import { type Complaint, RolePresence } from "./presence.ts";
import type {
  Hearing,
  IntervalState,
  Observation,
  Second,
  State,
  Trace,
  Verdict,
  WriterState,
} from "../protocol.ts";
import { Traces } from "./traces.ts";
import { Writes } from "./writes.ts";

/** How long a writer may be late, in microseconds. */
const WRITE_LIMIT = 3_000_000;

/**
 * The longest time between two judgements, in microseconds; normally there are ten a second. If the time is longer or
 * negative, the clock was set, the machine slept, or this process was held up: it does not count as a role's silence.
 */
const JUMP_LIMIT = 2_000_000;

/** How many writers are remembered. */
const MAX_WRITERS = 10;

/** The options of a board. */
export interface BoardOptions {
  /** The hosts and ports of the servers. */
  readonly nodes: readonly string[];
  /** The names of the listeners. */
  readonly listeners: readonly string[];
  /** Whether a change of the interval needs the token. */
  readonly needsToken: boolean;
  /** The clock, in microseconds since the Unix epoch. */
  now(): number;
}

/** What is new since the last {@linkcode Board.take}. */
export interface News {
  readonly seconds: Readonly<Record<string, readonly Second[]>>;
  readonly traces: readonly Trace[];
  readonly feed: ReturnType<Feed["take"]>["feed"];
  readonly skipped: number;
}

/** The medians of two listeners, and the verdict on them. */
interface Comparison {
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly verdict?: Verdict;
}

/** Keeps the state of everything that the page shows. */
export class Board {
  #options: BoardOptions;
  #since: number;
  #feed = new Feed();
  #nodes: Nodes;
  #writes = new Writes(this.#feed);
  #traces = new Traces();
  /** The writers by name; the writer of the last write is at the end. */
  #writers = new Map<string, RolePresence>();
  #wroteAt = 0;
  /** Since when the next write is awaited. */
  #awaitingSince: number;
  #judgedAt: number;
  #listeners: Map<string, Listener>;
  #intervalHearing = NOTHING_HEARD;
  #server = "";
  #wasObserving = false;
  #interval: IntervalState = {};
  /** The last comparison; its medians change once a second. */
  #compared?: Comparison;
  /** The last valid interval, in microseconds. */
  #pace?: number;

  /** @param options The options. */
  constructor(options: BoardOptions) {
    const { now } = options;
    this.#options = options;
    this.#since = this.#awaitingSince = this.#judgedAt = now();
    this.#nodes = new Nodes(options.nodes, now, this.#tell);
    this.#listeners = new Map(
      options.listeners.map((name) => [name, this.#makeListener(name)]),
    );
  }

  /** How many writes happened while the dashboard was watching. */
  get writes(): number {
    return this.#writes.count;
  }

  /** How many answers came while the dashboard was watching. */
  get answers(): number {
    return Array.from(this.#listeners.values()).reduce((sum, { answers }) => sum + answers, 0);
  }

  /** Records a server's answer, or that it did not answer. */
  seeNode(node: string, report: NodeReport): void {
    this.#nodes.see(node, report);
  }

  /** Records a change of `shared_key` on one node. */
  seeWrite(node: string, change: Change<StampVersion>): void {
    const before = this.#writes.last;
    const isNew = this.#writes.see(node, change);
    if (this.#writes.last && this.#writes.last !== before) this.#traces.seeWrite(this.#writes.last);
    const { version, cause } = change;
    if (!isNew || !version) return;
    const { source, number, time } = version;
    this.#presenceOf(source).hear(time, cause !== "initial");
    this.#wroteAt = this.#awaitingSince = this.#options.now();
    const { last } = this.#writes;
    if (!last || last.seq !== number || last.at !== time) return;
    for (const listener of this.#listeners.values()) listener.seeWrite(last);
  }

  /** Records a change of a listener's key. */
  seeHandshake(listener: string, change: Change): void {
    this.#listeners.get(listener)!.seeHandshake(change, this.#writes.last);
  }

  /** Records a change of `update_interval`. */
  seeInterval({ key, value, problem, cause }: Change): void {
    const seconds = parseInterval(value ?? "");
    const found = problem ?? (value === null ? undefined : `got "${excerpt(value)}"`);
    if (seconds !== undefined) {
      this.#interval = { seconds };
      if (this.#pace === seconds * 1e6) return;
      this.#pace = seconds * 1e6;
      this.#awaitingSince = this.#options.now();
      if (cause !== "initial") this.#tell(key, `is ${seconds} s from now on`);
    } else if (found === undefined) {
      this.#interval = {};
    } else {
      const rule = `must be ${INTERVAL_RULE}: ${excerpt(found, 200)}`;
      this.#interval = { problem: `${key} ${rule}` };
      this.#tell(key, rule, "warn");
    }
  }

  /** Records the status of the observation of writes at a node. */
  hearWrites(node: string, sign: HearingSign): void {
    this.#nodes.hear(node, sign);
  }

  /** Records the status of the observation of a listener's key or of `update_interval`, and its server. */
  hearKey(key: string, sign: HearingSign, server: string): void {
    const before = this.#observation;
    this.#server = server;
    const listener = this.#listenerOf(key);
    if (listener) listener.hear(sign);
    else this.#intervalHearing = hearingAfter(sign, this.#intervalHearing, this.#options.now());
    const observation = this.#observation;
    if (observation.state === before.state) return;
    if (observation.state === "interrupted") {
      this.#tell("dashboard", `does not get all handshakes: ${observation.reason}`, "warn");
    } else if (this.#wasObserving) {
      this.#tell("dashboard", `gets all handshakes again, from ${observation.server}`);
    }
    this.#wasObserving = true;
  }

  /** Judges again, as time has passed. */
  judge(): void {
    const hasJumped = this.#followTime();
    if (hasJumped) this.#nodes.excuse();
    this.#nodes.expire();
    const { isAnyUp, hearing } = this.#nodes;
    const clients = isAnyUp ? this.#nodes.clients : [];
    if (hasJumped || !isAnyUp) this.#excuseAll();
    // Only the interval shows whether a silent writer is late.
    if (!isCurrent(hearing) || !isCurrent(this.#intervalHearing)) {
      this.#awaitingSince = this.#judgedAt;
    }
    this.#writer?.presence.judge(clients, hearing, this.#complaint());
    for (const listener of this.#listeners.values()) {
      listener.judge(clients, isAnyUp ? undefined : NO_NODE);
    }
  }

  /** Returns what is new since the last call. */
  take(): News {
    const seconds = Array.from(
      this.#listeners,
      ([name, listener]) => [name, listener.takeSeconds()] as const,
    ).filter(([, seconds]) => seconds.length > 0);
    return {
      seconds: Object.fromEntries(seconds),
      traces: this.#traces.take(),
      ...this.#feed.take(),
    };
  }

  /** The paths of the last writes. */
  get traces(): readonly Trace[] {
    return this.#traces.all;
  }

  /** The current state. */
  get state(): State {
    const verdict = this.#verdict;
    const hearsWrites = isCurrent(this.#nodes.hearing);
    return {
      at: this.#options.now(),
      since: this.#since,
      observation: this.#observation,
      nodes: this.#nodes.states,
      links: this.#nodes.links,
      writer: this.#writerState,
      listeners: Array.from(
        this.#listeners.values(),
        (listener) => listener.stateWhile(hearsWrites),
      ),
      ...verdict && { verdict },
      interval: isCurrent(this.#intervalHearing) ? this.#interval : {},
      needsToken: this.#options.needsToken,
    };
  }

  /** Whether all handshakes and the interval arrive; if not, since the first loss. */
  get #observation(): Observation {
    const listeners = Array.from(this.#listeners.values(), ({ hearing }) => hearing);
    const hearings = [...listeners, this.#intervalHearing];
    const sinceOf = (found: readonly Hearing[]) =>
      found.map(({ since = this.#since }) => since).sort((a, b) => a - b);
    const lost = hearings.filter((hearing) => !isCurrent(hearing));
    const { reason } = lost.at(0) ?? {};
    return reason === undefined
      ? { state: "observing", server: this.#server, since: sinceOf(hearings).at(-1)! }
      : { state: "interrupted", reason, since: sinceOf(lost)[0] };
  }

  #makeListener(name: string): Listener {
    return new Listener(name, this.#options.now, this.#feed, this.#traces, this.#tell);
  }

  /** How the second listener's last minute compares with the first one's. */
  get #verdict(): Verdict | undefined {
    const [first, second] = Array.from(this.#listeners.values(), ({ medians }) => medians);
    if (!first || !second) return undefined;
    const known = this.#compared;
    if (known && first === known.first && second === known.second) return known.verdict;
    const isComparable = [...first, ...second].every((micros) => micros > 0); // a ratio needs it
    const effect = isComparable ? effectOf(second, first) : undefined;
    const words = { less: "faster", more: "slower" } as const;
    const verdict = effect && {
      ratio: effect.ratio,
      low: effect.low,
      high: effect.high,
      verdict: effect.verdict === "not distinguishable" ? effect.verdict : words[effect.verdict],
    };
    this.#compared = { first, second, verdict };
    return verdict;
  }

  #listenerOf(key: string): Listener | undefined {
    return Array.from(this.#listeners).find(([name]) => handshakeKeyOf(name) === key)?.[1];
  }

  /** The writer of the last write. */
  get #writer(): { readonly name: string; readonly presence: RolePresence } | undefined {
    const last = Array.from(this.#writers).at(-1);
    return last && { name: last[0], presence: last[1] };
  }

  #presenceOf(writer: string): RolePresence {
    const presence = this.#writers.get(writer) ??
      new RolePresence(writer, this.#options.now, this.#tell);
    this.#writers.delete(writer); // so that it moves to the end
    this.#writers.set(writer, presence);
    if (this.#writers.size > MAX_WRITERS) this.#writers.delete(this.#writers.keys().next().value!);
    return presence;
  }

  get #writerState(): WriterState {
    const { last } = this.#writes;
    const { hearing } = this.#nodes;
    if (!this.#writer) {
      const status = this.#nodes.areAllHeard ? "unseen" : "unknown"; // no node has a stamp
      return { presence: { status, nodes: [], observed: [] }, hearing };
    }
    const { name, presence: { presence } } = this.#writer;
    if (last?.writer !== name) return { name, presence, hearing };
    const { seq, at, path } = last;
    return { name, presence, hearing, last: { seq, at, path } };
  }

  /** Records the time of a judgement; returns whether the time has jumped since the last one. */
  #followTime(): boolean {
    const now = this.#options.now();
    const pause = now - this.#judgedAt;
    this.#judgedAt = now;
    return pause < 0 || pause > JUMP_LIMIT;
  }

  /** Restarts all silences and absences, as nothing could have arrived until now. */
  #excuseAll(): void {
    this.#awaitingSince = this.#judgedAt;
    this.#wroteAt = Math.min(this.#wroteAt, this.#judgedAt);
    this.#writer?.presence.excuse();
    for (const listener of this.#listeners.values()) listener.excuse();
  }

  /** Returns a complaint if the writer is late, by its interval. */
  #complaint(): Complaint | undefined {
    const interval = this.#pace;
    if (interval === undefined) return undefined;
    if (this.#judgedAt < this.#awaitingSince + interval + WRITE_LIMIT) return undefined;
    const reason = `no write for more than its interval of ${interval / 1e6} s`;
    return { since: this.#wroteAt, reason };
  }

  #tell: Tell = (who, text, level = "info", at = this.#options.now()) => {
    this.#feed.add({ kind: "event", at, who, level, text });
  };
}

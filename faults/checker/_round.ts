/** A round, with the values that the rules need. */

import type { Held, History, HistoryRecord, Observation } from "./history.ts";
import { BEFORE_ALL, type Write, Writes } from "./writes.ts";

/** How long a role may take to recover after healing, in seconds. */
export const RECOVERY_LIMIT = 5;

const OUR_RULES = [
  /** A value appeared that no writer attempted. */
  "invented",
  /** The writer reused a number whose value had reached a server. */
  "number-reused",
  /** The writer skipped a number, or continued after a write that it did not log as set. */
  "number-skipped",
  /** A listener delivered an older value after a newer one. */
  "backwards",
  /** A listener delivered an unchanged value again. */
  "repeated",
  /** A listener counted a wrong gap. */
  "gap",
  /** An acknowledged value was neither observed nor counted, or a listener ended before the final one. */
  "missing",
  /** A role recovered too late. */
  "late",
  /** A role ended unexpectedly, or with an error. */
  "died",
  /** A role did nothing. */
  "idle",
  /** The round lacks records that could show a violation. */
  "unproven",
] as const;

const SERVER_RULES = [
  /** The nodes end with an older value than an acknowledged one. */
  "lost",
  /** The nodes end with different values. */
  "disagreement",
  /** A number was reused because the nodes had lost its value. */
  "number-lost",
  /** A listener found no stamp in the key after it had found one; no role deletes the key. */
  "vanished",
  /** A node was still behind when the time to recover was over. */
  "node-late",
] as const;

/** What a check may find. */
export type Rule = typeof OUR_RULES[number] | typeof SERVER_RULES[number];

/** A violation of a rule. */
export interface Finding {
  /** The rule's name. */
  readonly rule: Rule;
  /** What happened, for people. */
  readonly what: string;
}

/** Checks whether a finding is the server's fault. Without any fault in the round, the server has no excuse. */
export function isOfServer({ rule }: Finding, { hasFault }: Round): boolean {
  return hasFault && (SERVER_RULES as readonly Rule[]).includes(rule);
}

/** A listener, and the observations of each of its processes. */
export interface Listener {
  readonly name: string;
  readonly processes: readonly (readonly Observation[])[];
}

/** A history, with values that several rules need. */
export class Round {
  /** All records. */
  readonly records: readonly HistoryRecord[];
  /** How long a role may take to recover, in microseconds. */
  readonly limit: number;
  /** The writes, in the order of their attempts: the reference for everything else. */
  readonly writes: Writes;
  /** The newest acknowledged write. */
  readonly newest?: Write;
  /** The listeners. */
  readonly listeners: readonly Listener[];
  /** All readings of the nodes. */
  readonly held: readonly Held[];
  /** The last reading of each node after the last write. */
  readonly finallyHeld: readonly Held[];
  /** When all faults were healed. */
  readonly healedAt?: number;
  /** The first write acknowledged after healing. */
  readonly firstAfterHealing?: Write;
  /** Whether there was a fault at all. */
  readonly hasFault: boolean;
  #nodes: Readonly<Record<string, number>>;
  #rankBeforeHealing: number;

  /** @param history What happened. @param recoveryLimit The time to recover, in seconds. */
  constructor({ records, nodes = {} }: History, recoveryLimit: number) {
    this.records = records;
    this.limit = recoveryLimit * 1e6;
    this.writes = new Writes(records);
    this.listeners = listenersOf(records);
    this.held = records.filter((record) => record.kind === "held");
    this.finallyHeld = lastOfEachNode(this.held, this.writes.all);
    this.hasFault = records.some(({ kind }) => kind === "fault");
    this.healedAt = records.findLast(({ kind }) => kind === "healed")?.at;
    this.#nodes = nodes;
    const { acknowledged } = this.writes;
    const healedAt = this.healedAt ?? Infinity;
    const [before, after] = partition(acknowledged, (write) => write.acknowledgedAt! < healedAt);
    this.newest = acknowledged.at(-1);
    this.firstAfterHealing = after[0];
    this.#rankBeforeHealing = before.at(-1)?.rank ?? BEFORE_ALL;
  }

  /** Returns the lowest rank that a role may end with: that of its node's value; of several nodes, the oldest one. */
  finalRankOf(role: string): number {
    const ranks = this.#ofItsNode(role, this.finallyHeld).map((held) => this.writes.rankOf(held));
    return ranks.length > 0 ? Math.min(...ranks) : this.newest?.rank ?? BEFORE_ALL;
  }

  /** Returns the lowest rank that proves that a role has recovered. */
  recoveredRankOf(role: string): number {
    return Math.min(this.#rankBeforeHealing, this.finalRankOf(role));
  }

  /** Returns the last reading after healing in which a role's node was behind the rank that proves recovery. */
  lastBehind(role: string): Held | undefined {
    const rank = this.recoveredRankOf(role);
    return this.#ofItsNode(role, this.held).findLast((held) =>
      held.at >= (this.healedAt ?? Infinity) && this.writes.rankOf(held) < rank
    );
  }

  #ofItsNode(role: string, held: readonly Held[]): readonly Held[] {
    const own = held.filter(({ node }) => node === this.#nodes[role]);
    return own.length > 0 ? own : held;
  }
}

function listenersOf(records: readonly HistoryRecord[]): Listener[] {
  const observed = records.filter((record) => record.kind === "observed");
  const names = new Set(observed.map(({ listener }) => listener));
  return [...names].map((name) => ({ name, processes: processesOf(name, records) }));
}

function processesOf(name: string, records: readonly HistoryRecord[]): Observation[][] {
  const processes: Observation[][] = [[]];
  for (const record of records) {
    if (record.kind === "started" && record.role === name) processes.push([]);
    if (record.kind === "observed" && record.listener === name) processes.at(-1)!.push(record);
  }
  return processes;
}

function lastOfEachNode(held: readonly Held[], writes: readonly Write[]): Held[] {
  const lastWrite = writes.at(-1);
  const since = lastWrite?.acknowledgedAt ?? lastWrite?.attemptedAt ?? Infinity;
  const last = new Map<number, Held>();
  for (const record of held) if (record.at >= since) last.set(record.node, record);
  return [...last.values()];
}

function partition<T>(values: readonly T[], isFirst: (value: T) => boolean): [T[], T[]] {
  return [values.filter(isFirst), values.filter((value) => !isFirst(value))];
}

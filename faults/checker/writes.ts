/** The writes of a round, in the order of their attempts: the reference for everything else. */

import type { HistoryRecord, Stamped } from "./history.ts";

/** A write, and its outcome. */
export interface Write extends Stamped {
  /** Its place in the order of attempts, from 0. */
  readonly rank: number;
  /** The number of the writer's process that attempted it. */
  readonly process: number;
  /** When it was first attempted, in microseconds since the Unix epoch. */
  readonly attemptedAt: number;
  /** When it was logged as set, if it was. */
  acknowledgedAt?: number;
  /** Whether it was acknowledged, observed or held: it reached a server. */
  existed: boolean;
}

/** The rank of no value, and of values from before the round. */
export const BEFORE_ALL = -1;

/** Checks whether a record has a stamp. */
export function isStamped<R extends HistoryRecord>(record: R): record is R & Stamped {
  return "micros" in record && record.seq !== undefined && record.micros !== undefined;
}

/** Describes a value for people. */
export function describe({ writer, seq, micros }: Partial<Stamped>): string {
  return seq === undefined ? "no stamp" : `${writer} seq ${seq} micros ${micros}`;
}

/** The writes of a round. A stamp that is attempted again is the same write. */
export class Writes {
  /** All writes, in the order of their attempts. */
  readonly all: Write[] = [];
  #byStamp = new Map<string, Write>();
  #used = new Set<number>();
  #acknowledged = new Set<number>();
  #beganAt: number;
  #lowest = Infinity;
  #highest = -Infinity;

  /** @param records The round's records. */
  constructor(records: readonly HistoryRecord[]) {
    this.#beganAt = records[0]?.at ?? 0;
    this.#readAttempts(records);
    for (const record of records) this.#readOutcome(record);
  }

  /** The acknowledged writes, in the order of their attempts. */
  get acknowledged(): Write[] {
    return this.all.filter(({ acknowledgedAt }) => acknowledgedAt !== undefined);
  }

  /** Checks whether a value was attempted, or is older than the round. */
  isKnown(stamp: Stamped): boolean {
    const first = this.all[0]?.seq ?? Infinity;
    const isFromBefore = stamp.micros < this.#beganAt && stamp.seq < first;
    return isFromBefore || this.#byStamp.has(describe(stamp));
  }

  /** Returns a value's place in the order of attempts. */
  rankOf(stamp: Partial<Stamped> | undefined): number {
    return (stamp && this.#byStamp.get(describe(stamp))?.rank) ?? BEFORE_ALL;
  }

  /**
   * Counts the numbers between two others, exclusive, that the writer used. Of the numbers before this round, all count
   * as used.
   */
  usedBetween(low: number, high: number): number {
    const before = Math.max(0, Math.min(high, this.#lowest) - low - 1);
    return before + this.#between(low, high).filter((seq) => this.#used.has(seq)).length;
  }

  /** Lists the acknowledged numbers between two others, exclusive. */
  acknowledgedBetween(low: number, high: number): number[] {
    return this.#between(low, high).filter((seq) => this.#acknowledged.has(seq));
  }

  /** Lists the numbers between two others, within those of the round: a wrong number must not exhaust the memory. */
  #between(low: number, high: number): number[] {
    const first = Math.max(low + 1, this.#lowest);
    const last = Math.min(high - 1, this.#highest);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  }

  #readAttempts(records: readonly HistoryRecord[]): void {
    const starts = new Map<string, number>();
    for (const record of records) {
      if (record.kind === "started") starts.set(record.role, (starts.get(record.role) ?? 0) + 1);
      if (record.kind !== "attempt" || this.#byStamp.has(describe(record))) continue;
      const { writer, seq, micros, at } = record;
      const write: Write = {
        writer,
        seq,
        micros,
        rank: this.all.length,
        process: starts.get(writer) ?? 0,
        attemptedAt: at,
        existed: false,
      };
      this.all.push(write);
      this.#byStamp.set(describe(write), write);
      this.#used.add(seq);
      this.#lowest = Math.min(this.#lowest, seq);
      this.#highest = Math.max(this.#highest, seq);
    }
  }

  #readOutcome(record: HistoryRecord): void {
    const write = isStamped(record) ? this.#byStamp.get(describe(record)) : undefined;
    if (!write || record.kind === "attempt") return;
    write.existed = true;
    if (record.kind !== "acknowledged") return;
    write.acknowledgedAt ??= record.at;
    this.#acknowledged.add(write.seq);
  }
}

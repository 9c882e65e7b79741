/** Changes of a key: what an observer hands to its listener. */

import { Lines } from "./lines.ts";
import type { Reading } from "./reading.ts";
import { isFull, parseStamp, type Stamp } from "../protocol/stamp.ts";

/**
 * Why a value was read.
 *
 * @example Usage
 * ```ts
 * import type { Cause } from "@observable/keydb";
 * import { assertFalse } from "@std/assert";
 *
 * function wasAnnounced(cause: Cause): boolean {
 *   return cause === "notification";
 * }
 * assertFalse(wasAnnounced("reconcile"));
 * ```
 */
export type Cause =
  /** It is the value at the start. */
  | "initial"
  /** The server published that the key changed. */
  | "notification"
  /** The subscription was interrupted and is back. */
  | "resync"
  /** Nobody said that the key changed; it was time to look. */
  | "reconcile";

/**
 * A change of a key.
 *
 * @example Usage
 * ```ts
 * import { type Change, nowMicros } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * function describe({ key, value, problem, missed }: Change): string {
 *   return `${key}: ${problem ?? value ?? "deleted"}, ${missed} missed`;
 * }
 * const change: Change = {
 *   key: "greeting",
 *   value: "hello",
 *   cause: "notification",
 *   readAt: nowMicros(),
 *   conflated: 0,
 *   missed: 0,
 * };
 * assertEquals(describe(change), "greeting: hello, 0 missed");
 * ```
 */
export interface Change {
  /** The key's name. */
  readonly key: string;
  /** The text under the key; `null` where it was deleted, or where there is a `problem`. */
  readonly value: string | null;
  /** Why there is no text although the key exists: another type than string, bytes that are no text, or too many. */
  readonly problem?: string;
  /** The value taken apart, where it is a stamp. */
  readonly stamp?: Stamp;
  /** Why the value was read. */
  readonly cause: Cause;
  /** When the value was read, in microseconds since the Unix epoch. */
  readonly readAt: number;
  /**
   * When the notification arrived that led to the read, in microseconds since the Unix epoch: the last one
   * before the read began. Absent where there was another cause.
   */
  readonly notifiedAt?: number;
  /**
   * Values of the same writer between the last change and this one that a newer one replaced before
   * they were read.
   */
  readonly conflated: number;
  /**
   * Values of the same writer between the last change and this one that were never announced: the
   * subscription was interrupted, or the server published nothing.
   */
  readonly missed: number;
}

/** How many writers are known at a time, so that a flood of names cannot fill the memory. */
const MAX_WRITERS = 1000;

/** How far ahead of ours a writer's clock can be and still be believed, in microseconds: a day. */
export const MAX_AHEAD = 86_400_000_000;

/**
 * Turns readings into changes: drops what is not new and what would go backwards, and counts gaps.
 *
 * A value is older than one handed over before if its writer is the same, and neither its sequence
 * number nor its time is greater. (A lower sequence number with a later time is a writer that began
 * anew, and is handed over; from then on, nothing from before that is.)
 *
 * After a writer began anew, its clock must not be set back beyond the last value before: what it writes
 * until then cannot be told from what was before, and is taken for it.
 *
 * A stamp from more than a day ahead is handed over like any other, but nothing is measured by it: neither
 * what is older nor what was skipped. Else a single wrong one would make all that its writer really
 * writes look older, for as long as the stamp is ahead.
 *
 * A gap is counted between two changes of the same writer that follow each other; numbers of different
 * writers say nothing about each other.
 *
 * @example Usage
 * ```ts
 * import { Ledger } from "./change.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const ledger = new Ledger("shared_key");
 * const value = "w seq 1 micros 5000000 timestamp 5";
 * assertEquals(ledger.accept({ value, readAt: 6000000 }, "initial", true)?.value, value);
 * assertEquals(ledger.accept({ value, readAt: 7000000 }, "reconcile", true), undefined);
 * ```
 */
export class Ledger {
  #key: string;
  #last?: Reading;
  #lastStamp?: Stamp;
  #writers = new Map<string, WriterRecord>();
  #contested?: string;

  /** @param key The key whose readings will come. */
  constructor(key: string) {
    this.#key = key;
  }

  /**
   * Judges a reading. Readings have to come in the order of their replies.
   *
   * @param reading What was found.
   * @param cause Why it was read.
   * @param announced Whether every write since the last change must have been announced to us, so that
   * those in between were conflated and not missed.
   * @param notifiedAt When the notification arrived that led to the read, if one did.
   * @returns The change, or `undefined` where there is nothing to hand over.
   */
  accept(
    reading: Reading,
    cause: Cause,
    announced: boolean,
    notifiedAt?: number,
  ): Change | undefined {
    this.#contested = undefined;
    if (this.#isUnchanged(reading)) return undefined;
    const { value, problem, readAt } = reading;
    const stamp = stampOf(reading);
    const believed = stamp && isBelieved(stamp, readAt) ? stamp : undefined;
    if (believed) this.#followLines(believed);
    if (this.#isOlder(stamp)) return undefined;
    const gap = gapBetween(this.#lastStamp, believed);
    this.#last = reading;
    if (believed) this.#remember(believed);
    return {
      key: this.#key,
      value,
      ...(problem !== undefined && { problem }),
      ...(stamp && { stamp }),
      cause,
      readAt,
      ...(notifiedAt !== undefined && { notifiedAt }),
      conflated: announced ? gap : 0,
      missed: announced ? 0 : gap,
    };
  }

  /**
   * The name that, as the last reading has shown, more than one writer goes by. It is told once, until
   * one of them has been writing alone for a while.
   */
  get contested(): string | undefined {
    return this.#contested;
  }

  /**
   * Tells whether a reading would be handed over.
   *
   * @param reading What was found.
   * @returns Whether it differs from the last change and is not older.
   */
  isNews(reading: Reading): boolean {
    return !this.#isUnchanged(reading) && !this.isOutdated(reading);
  }

  /**
   * Tells whether a reading is older than a value handed over before, by the same writer.
   *
   * @param reading What was found.
   * @returns Whether it would go backwards.
   */
  isOutdated(reading: Reading): boolean {
    return this.#isOlder(stampOf(reading));
  }

  #isUnchanged({ value, problem }: Reading): boolean {
    return this.#last !== undefined && value === this.#last.value &&
      problem === this.#last.problem;
  }

  #isOlder(stamp: Stamp | undefined): boolean {
    return stamp !== undefined && isOlder(stamp, this.#writers.get(stamp.writer));
  }

  /** What is dropped counts as well: of two writers, one may look older than the other. */
  #followLines(stamp: Stamp): void {
    if (isFull(stamp) && this.#recordOf(stamp.writer).lines.follow(stamp)) {
      this.#contested = stamp.writer;
    }
  }

  /** The last stamp outlives deletions and values that are none, so that gaps across them are counted. */
  #remember(stamp: Stamp): void {
    this.#lastStamp = stamp;
    const record = this.#recordOf(stamp.writer);
    if (record.newest && beganAnew(stamp, record.newest)) record.floor = record.newest.micros;
    record.newest = stamp;
  }

  #recordOf(writer: string): WriterRecord {
    const record = this.#writers.get(writer) ?? { lines: new Lines() };
    this.#writers.delete(writer); // so that it goes to the end of the order of insertion
    this.#writers.set(writer, record);
    if (this.#writers.size > MAX_WRITERS) this.#writers.delete(this.#writers.keys().next().value!);
    return record;
  }
}

/** What is known of a writer. */
interface WriterRecord {
  /** The lines in which its stamps come. */
  readonly lines: Lines;
  /** Its newest stamp. */
  newest?: Stamp;
  /** Where it began its sequence anew: the time of the last value before, in microseconds. */
  floor?: number;
}

function stampOf({ value }: Reading): Stamp | undefined {
  return value === null ? undefined : parseStamp(value);
}

/**
 * Tells whether anything can be measured by a stamp.
 *
 * @param stamp The stamp.
 * @param readAt When it was read, in microseconds since the Unix epoch.
 * @returns Whether it is from no more than a day ahead.
 *
 * @example Usage
 * ```ts
 * import { isBelieved } from "./change.ts";
 * import { createStamp } from "../protocol/stamp.ts";
 * import { assert, assertFalse } from "@std/assert";
 *
 * const day = 86_400_000_000;
 * assert(isBelieved(createStamp("writer", 1, day), 0));
 * assertFalse(isBelieved(createStamp("writer", 1, day + 1_000_000), 0));
 * ```
 */
export function isBelieved(stamp: Stamp, readAt: number): boolean {
  return stamp.timestamp * 1e6 <= readAt + MAX_AHEAD;
}

function isOlder(stamp: Stamp, { newest: last, floor }: Partial<WriterRecord> = {}): boolean {
  if (!last) return false;
  if (stamp.seq === undefined || last.seq === undefined) return stamp.timestamp < last.timestamp;
  if (floor !== undefined && stamp.micros! <= floor) return true;
  const isSame = stamp.seq === last.seq && stamp.micros === last.micros;
  return !isSame && stamp.seq <= last.seq && stamp.micros! <= last.micros!;
}

function beganAnew(stamp: Stamp, last: Stamp): boolean {
  return stamp.seq !== undefined && last.seq !== undefined && stamp.seq < last.seq;
}

function gapBetween(last: Stamp | undefined, stamp: Stamp | undefined): number {
  if (last?.seq === undefined || stamp?.seq === undefined || last.writer !== stamp.writer) return 0;
  return Math.max(0, stamp.seq - last.seq - 1);
}

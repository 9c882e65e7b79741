/** Changes of a key: what an observer hands to its listener. */

import type { Reading } from "./reading.ts";
import { parseStamp, type Stamp } from "./stamp.ts";

/** Why a value was read. */
export type Cause =
  /** It is the value at the start. */
  | "initial"
  /** The server published that the key changed. */
  | "notification"
  /** The subscription was interrupted and is back. */
  | "resync"
  /** Nobody said that the key changed; it was time to look. */
  | "reconcile";

/** A change of a key. */
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

/** How many writers' last stamps are kept, so that a flood of names cannot fill the memory. */
const MAX_WRITERS = 1000;

/**
 * Turns readings into changes: drops what is not new and what would go backwards, and counts gaps.
 *
 * A value is older than one handed over before if its writer is the same, and neither its sequence
 * number nor its time is greater. (A lower sequence number with a later time is a writer that began
 * anew, and is handed over; from then on, nothing from before that is.)
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
  #newestOf = new Map<string, Newest>();

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
   * @returns The change, or `undefined` where there is nothing to hand over.
   */
  accept(reading: Reading, cause: Cause, announced: boolean): Change | undefined {
    const stamp = stampOf(reading);
    if (this.#isUnchanged(reading) || this.#isOlder(stamp)) return undefined;
    const { value, problem, readAt } = reading;
    const gap = gapBetween(this.#lastStamp, stamp);
    this.#last = reading;
    if (stamp) this.#remember(stamp);
    return {
      key: this.#key,
      value,
      ...(problem !== undefined && { problem }),
      ...(stamp && { stamp }),
      cause,
      readAt,
      conflated: announced ? gap : 0,
      missed: announced ? 0 : gap,
    };
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
    return stamp !== undefined && isOlder(stamp, this.#newestOf.get(stamp.writer));
  }

  /** The last stamp outlives deletions and values that are none, so that gaps across them are counted. */
  #remember(stamp: Stamp): void {
    this.#lastStamp = stamp;
    const newest = this.#newestOf.get(stamp.writer);
    const floor = newest && beganAnew(stamp, newest.stamp) ? newest.stamp.micros : newest?.floor;
    this.#newestOf.delete(stamp.writer); // so that it goes to the end of the order of insertion
    this.#newestOf.set(stamp.writer, { stamp, floor });
    if (this.#newestOf.size > MAX_WRITERS) {
      this.#newestOf.delete(this.#newestOf.keys().next().value!);
    }
  }
}

/** The newest stamp of a writer. */
interface Newest {
  readonly stamp: Stamp;
  /** Where the writer began its sequence anew: the time of the last value before, in microseconds. */
  readonly floor?: number;
}

function stampOf({ value }: Reading): Stamp | undefined {
  return value === null ? undefined : parseStamp(value);
}

function isOlder(stamp: Stamp, newest: Newest | undefined): boolean {
  if (!newest) return false;
  const { stamp: last, floor } = newest;
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

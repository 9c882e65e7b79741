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
  /** Why there is no text although the key exists: another type than string, or bytes that are no text. */
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
 * anew, and is handed over.)
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
  #lastIdentity?: string;
  #lastStamp?: Stamp;
  #lastOf = new Map<string, Stamp>();

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
    if (!this.isNews(reading)) return undefined;
    const { value, problem, readAt } = reading;
    const stamp = stampOf(reading);
    const gap = gapBetween(this.#lastStamp, stamp);
    this.#lastIdentity = identityOf(reading);
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
    if (identityOf(reading) === this.#lastIdentity) return false;
    const stamp = stampOf(reading);
    return !stamp || !isOlder(stamp, this.#lastOf.get(stamp.writer));
  }

  /** The last stamp outlives deletions and values that are none, so that gaps across them are counted. */
  #remember(stamp: Stamp): void {
    this.#lastStamp = stamp;
    this.#lastOf.delete(stamp.writer); // so that it goes to the end of the order of insertion
    this.#lastOf.set(stamp.writer, stamp);
    if (this.#lastOf.size > MAX_WRITERS) this.#lastOf.delete(this.#lastOf.keys().next().value!);
  }
}

function stampOf({ value }: Reading): Stamp | undefined {
  return value === null ? undefined : parseStamp(value);
}

function identityOf({ value, problem = "" }: Reading): string {
  return value === null ? `no text ${problem}` : `text ${value}`;
}

function isOlder(stamp: Stamp, last: Stamp | undefined): boolean {
  if (!last) return false;
  if (stamp.seq === undefined || last.seq === undefined) return stamp.timestamp < last.timestamp;
  const isSame = stamp.seq === last.seq && stamp.micros === last.micros;
  return !isSame && stamp.seq <= last.seq && stamp.micros! <= last.micros!;
}

function gapBetween(last: Stamp | undefined, stamp: Stamp | undefined): number {
  if (last?.seq === undefined || stamp?.seq === undefined || last.writer !== stamp.writer) return 0;
  return Math.max(0, stamp.seq - last.seq - 1);
}

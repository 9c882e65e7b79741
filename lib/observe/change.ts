/** Changes of a key: what an observer hands to its listener. */

import type { Reading } from "./reading.ts";
import { isBelieved, type Version, VersionOrder } from "./version.ts";

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
export interface Change<V extends Version = Version> {
  /** The key's name. */
  readonly key: string;
  /** The text under the key; `null` if it was deleted, or if there is a `problem`. */
  readonly value: string | null;
  /** Why there is no text although the key exists: another type than string, bytes that are no text, or too many. */
  readonly problem?: string;
  /** The value's version, if `versionOf` finds one. */
  readonly version?: V;
  /** Why the value was read. */
  readonly cause: Cause;
  /** When the value was read, in microseconds since the Unix epoch. */
  readonly readAt: number;
  /**
   * When the notification arrived that led to the read, in microseconds since the Unix epoch: the last one
   * before the read began. Absent if there was another cause.
   */
  readonly notifiedAt?: number;
  /**
   * Values of the same source between the last change and this one that a newer one replaced before
   * they were read.
   */
  readonly conflated: number;
  /**
   * Values of the same source between the last change and this one that were never announced: the
   * subscription was interrupted, or the server published nothing.
   */
  readonly missed: number;
}

/**
 * Turns readings into changes: drops what is not new and what would go backwards, and counts gaps.
 *
 * Without `versionOf`, whatever differs from the last value is a change. A version from more than a day ahead is
 * delivered like any other, but nothing is measured by it: neither what is older nor what was skipped. Else a
 * single wrong one would make all that its source really makes look older.
 *
 * @example Usage
 * ```ts
 * import { ChangeDetector } from "./change.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const detector = new ChangeDetector("greeting");
 * assertEquals(detector.accept({ value: "hello", readAt: 6000000 }, "initial", true)?.value, "hello");
 * assertEquals(detector.accept({ value: "hello", readAt: 7000000 }, "reconcile", true), undefined);
 * ```
 */
export class ChangeDetector<V extends Version = Version> {
  #key: string;
  #versionOf?: (value: string) => V | undefined;
  #last?: Reading;
  #order = new VersionOrder();
  #shared?: string;

  /** @param key The key whose readings will come. @param versionOf Finds a value's version, if it has one. */
  constructor(key: string, versionOf?: (value: string) => V | undefined) {
    this.#key = key;
    this.#versionOf = versionOf;
  }

  /**
   * Judges a reading. Readings have to come in the order of their replies.
   *
   * @param reading What was found.
   * @param cause Why it was read.
   * @param announced Whether every write since the last change must have been announced to us, so that
   * those in between were conflated and not missed.
   * @param notifiedAt When the notification arrived that led to the read, if one did.
   * @returns The change, or `undefined` if there is nothing to deliver.
   */
  accept(
    reading: Reading,
    cause: Cause,
    announced: boolean,
    notifiedAt?: number,
  ): Change<V> | undefined {
    this.#shared = undefined;
    if (this.#isUnchanged(reading)) return undefined;
    const { value, problem, readAt } = reading;
    const version = this.#versionIn(reading);
    const believed = version && isBelieved(version, readAt) ? version : undefined;
    if (believed && this.#order.revealsShare(believed)) this.#shared = believed.source;
    if (version && this.#order.isOlder(version)) return undefined;
    const gap = believed ? this.#order.accept(believed) : 0;
    this.#last = reading;
    return {
      key: this.#key,
      value,
      ...(problem !== undefined && { problem }),
      ...(version && { version }),
      cause,
      readAt,
      ...(notifiedAt !== undefined && { notifiedAt }),
      conflated: announced ? gap : 0,
      missed: announced ? 0 : gap,
    };
  }

  /** The name that several sources share, as the last reading has shown. */
  get shared(): string | undefined {
    return this.#shared;
  }

  /**
   * Tells whether a reading would be delivered.
   *
   * @param reading What was found.
   * @returns Whether it differs from the last change and is not older.
   */
  isNews(reading: Reading): boolean {
    return !this.#isUnchanged(reading) && !this.isStale(reading);
  }

  /**
   * Tells whether a reading is older than a value delivered before, of the same source.
   *
   * @param reading What was found.
   * @returns Whether it would go backwards.
   */
  isStale(reading: Reading): boolean {
    const version = this.#versionIn(reading);
    return version !== undefined && this.#order.isOlder(version);
  }

  #versionIn({ value }: Reading): V | undefined {
    return value === null ? undefined : this.#versionOf?.(value);
  }

  #isUnchanged({ value, problem }: Reading): boolean {
    return this.#last !== undefined && value === this.#last.value && problem === this.#last.problem;
  }
}

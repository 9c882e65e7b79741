/** Changes of a key, as an observation delivers them. */

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
  /** It was time for a regular read, or the server announces changes again; no notification arrived. */
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
  /** Why there is no text although the key exists: it is not a string, its bytes are not text, or it is too long. */
  readonly problem?: string;
  /** The value's version, if `versionOf` returns one. */
  readonly version?: V;
  /** Why the value was read. */
  readonly cause: Cause;
  /** When the value was read, in microseconds since the Unix epoch. */
  readonly readAt: number;
  /**
   * When the notification that led to the read arrived, in microseconds since the Unix epoch: the last one
   * before the read began. Absent if the read had another cause.
   */
  readonly notifiedAt?: number;
  /**
   * How many values of the same source between the last change and this one were replaced by a newer one
   * before they were read.
   */
  readonly conflated: number;
  /**
   * How many values of the same source between the last change and this one were not announced, or perhaps not, because
   * the subscription was interrupted or the server published nothing for a while. If that was between two regular reads
   * only, they may count as conflated.
   */
  readonly missed: number;
}

/**
 * Turns readings into changes: drops repeated and older values, and counts gaps.
 *
 * Without `versionOf`, every value that differs from the last one is a change. A value with a version more than a day
 * ahead is delivered like any other, but its version is not used to find older values or to count gaps. Otherwise, one
 * wrong version would make all real values of its source look older.
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

  /** @param key The key's name. @param versionOf Returns a value's version, if it has one. */
  constructor(key: string, versionOf?: (value: string) => V | undefined) {
    this.#key = key;
    this.#versionOf = versionOf;
  }

  /**
   * Decides whether a reading is a change. Readings must come in the order of their replies.
   *
   * @param reading What the read found.
   * @param cause Why it was read.
   * @param announced Whether every write since the last change must have been announced: then skipped
   * values count as conflated, not as missed.
   * @param notifiedAt When the notification that led to the read arrived, if there was one.
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

  /** The name that several sources share, if the last reading revealed it. */
  get shared(): string | undefined {
    return this.#shared;
  }

  /**
   * Checks whether a reading would be delivered.
   *
   * @param reading What the read found.
   * @returns Whether it differs from the last change and is not older.
   */
  isNews(reading: Reading): boolean {
    return !this.#isUnchanged(reading) && !this.isStale(reading);
  }

  /**
   * Checks whether a reading is older than a value of the same source that was delivered before.
   *
   * @param reading What the read found.
   * @returns Whether it is older.
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

/** What a role counts and times over its whole life. */

import type { Cause, Change } from "../observe/change.ts";
import { isBelieved } from "../observe/version.ts";
import { nowMicros } from "../clock.ts";
import { Distribution } from "./distribution.ts";
import { Outages } from "./outages.ts";
import type { Recent } from "./recent.ts";
import type { FullStamp, Stamp, StampVersion } from "../protocol/stamp.ts";

/** A role's counts and durations, over its life or since its last report. */
export interface Totals {
  /** Changes handled completely (a listener), or writes acknowledged (the writer). */
  readonly handled: number;
  /** Values skipped because a newer one came before they were handled. */
  readonly conflated: number;
  /** Values that no notification announced, or that came while the subscription was interrupted. */
  readonly missed: number;
  /** Changes whose handling, or writes whose acknowledgement, failed. */
  readonly failed: number;
  /** Durations below zero: the clocks of writer and reader are apart. */
  readonly negative: number;
  /** Median and 99th percentile of the time differences, or of the writer's round trips, for people. */
  percentiles(): string;
}

/**
 * Counts of changes and the distribution of durations, in bounded memory however long a role lives.
 *
 * Durations have four significant digits. A negative time difference is recorded as zero, and counted.
 *
 * @example Usage
 * ```ts
 * import { Metrics } from "./metrics.ts";
 * import { createStamp } from "../protocol/stamp.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const metrics = new Metrics();
 * metrics.recordWrite(createStamp("writer", 1, 5000000), 5000412);
 * assertEquals(metrics.handled, 1);
 * assertEquals(metrics.percentiles(), "p50 0.000412 s");
 * ```
 */
export class Metrics implements Totals {
  handled = 0;
  conflated = 0;
  missed = 0;
  failed = 0;
  negative = 0;

  /** Changes delivered, by the cause of their read. */
  readonly changes: Record<Cause, number> = {
    initial: 0,
    notification: 0,
    resync: 0,
    reconcile: 0,
  };
  /** The sum of these. */
  handedOver = 0;
  /** What fails now. */
  readonly outages = new Outages();
  /** When the first change was delivered, in microseconds since the Unix epoch. */
  observingSince?: number;
  /** When the last change was read, in microseconds since the Unix epoch. */
  changedAt?: number;
  /** Also records for the next report, if reports are on. */
  recent?: Recent;
  /** Called with every duration that is not negative, in seconds. */
  onDuration?: (seconds: number) => void;

  #durations = new Distribution(4);
  /** The newest value handled, or acknowledged. */
  #newest?: Stamp;

  /** When the newest value was written, by its writer's clock, in microseconds since the Unix epoch. */
  get newestMicros(): number | undefined {
    return this.#newest && microsOf(this.#newest);
  }

  /**
   * Records a change that was delivered, with the values conflated and missed before it.
   *
   * @param change The change.
   */
  recordChange({ cause, conflated, missed, readAt }: Change): void {
    this.changedAt = readAt;
    this.changes[cause]++;
    this.handedOver++;
    this.conflated += conflated;
    this.missed += missed;
    if (cause === "initial") this.observingSince ??= nowMicros();
  }

  /**
   * Records a time difference.
   *
   * @param micros Read time minus write time, in microseconds.
   */
  recordTimeDifference(micros: number): void {
    this.#record(micros);
    this.recent?.record("timeDifference", micros);
  }

  /**
   * Records a change whose handling is complete.
   *
   * @param change The change.
   * @param at When its handshake was acknowledged, in microseconds since the Unix epoch.
   */
  recordAnswer(change: Change<StampVersion>, at: number): void {
    this.handled++;
    const { version, readAt } = change;
    if (version && isBelieved(version, readAt) && isNewer(version.stamp, this.#newest)) {
      this.#newest = version.stamp;
    }
    this.recent?.recordAnswer(change, at);
  }

  /**
   * Records a write that was acknowledged.
   *
   * @param stamp What was written.
   * @param at When it was acknowledged, in microseconds since the Unix epoch.
   */
  recordWrite(stamp: FullStamp, at: number): void {
    this.handled++;
    this.#newest = stamp;
    this.#record(at - stamp.micros);
    this.recent?.record("acknowledgement", at - stamp.micros);
    this.recent?.recordNewest(stamp, at);
  }

  percentiles(): string {
    return describe(this.#durations, this.negative);
  }

  #record(micros: number): void {
    if (micros < 0) this.negative++;
    else this.onDuration?.(micros / 1e6);
    this.#durations.record(micros);
  }
}

/**
 * Formats median and 99th percentile for people, and marks that some durations were negative.
 *
 * @param durations The durations.
 * @param negative How many of them were negative.
 * @returns Such as `p50 0.000412 s, p99 0.000803 s (1 negative, clocks apart)`.
 *
 * @example Usage
 * ```ts
 * import { Distribution } from "./distribution.ts";
 * import { describe } from "./metrics.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(describe(new Distribution(3), 2), "p50 - (2 negative, clocks apart)");
 * ```
 */
export function describe(durations: Distribution, negative: number): string {
  return durations.percentiles() + (negative > 0 ? ` (${negative} negative, clocks apart)` : "");
}

/** If a writer's clock was set back, its numbers decide. Overlapping callbacks may end in any order. */
function isNewer(stamp: Stamp, other?: Stamp): boolean {
  if (!other || microsOf(stamp) > microsOf(other)) return true;
  return stamp.writer === other.writer && (stamp.seq ?? 0) > (other.seq ?? 0);
}

function microsOf({ micros, timestamp }: Stamp): number {
  return micros ?? timestamp * 1e6;
}

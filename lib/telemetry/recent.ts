/** What a role has timed since its last report. */

import type { Change } from "../observe/change.ts";
import { isBelieved } from "../observe/version.ts";
import { Distribution } from "./distribution.ts";
import type { LogFacts } from "./log.ts";
import { type FullStamp, isFull, type StampVersion } from "../protocol/stamp.ts";

/** The durations in reports, in microseconds. */
export type ReportedDuration =
  /** From the write to the end of the read. */
  | "timeDifference"
  /** From the write to the acknowledgement of the handshake. */
  | "answered"
  /** From the write to the arrival of its notification. */
  | "notification"
  /** From the notification to the end of the read. */
  | "read"
  /** From the read to the acknowledgement of the handshake. */
  | "handshake"
  /** From the write to its own acknowledgement, as the writer sees it. */
  | "acknowledgement";

/** The newest value whose handling is complete. */
interface Newest {
  /** Its stamp. */
  readonly stamp: FullStamp;
  /** When it was handled, in microseconds since the Unix epoch. */
  readonly at: number;
}

/**
 * The distributions of durations since the last report, with three significant digits, and the greatest age of the
 * newest value handled.
 *
 * Negative durations are left out. The steps `notification`, `read` and `handshake` cover only changes that were read
 * after a notification, with nothing conflated or missed: otherwise the notification may belong to another write.
 *
 * @example Usage
 * ```ts
 * import { Recent } from "./recent.ts";
 * import { createStamp } from "../protocol/stamp.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const recent = new Recent();
 * recent.recordNewest(createStamp("writer", 1, 5000000), 5000412);
 * assertEquals(recent.facts(5000500).newestSeq, 1);
 * assertEquals(recent.facts(5000500).staleness, 500);
 * ```
 */
export class Recent {
  #durations = new Map<ReportedDuration, Distribution>();
  #newest?: Newest;
  /** The greatest age of the newest value since the last report, in microseconds. */
  #staleness = 0;

  /**
   * Records one duration.
   *
   * @param name The duration's name.
   * @param micros The duration, in microseconds; a negative one is left out.
   */
  record(name: ReportedDuration, micros: number): void {
    if (micros >= 0) this.#distributionOf(name).record(micros);
  }

  /**
   * Records a change whose handling is complete. The initial value is not timed, as it may be of any age; the role's
   * summary does not time it either.
   *
   * @param change The change.
   * @param at When its handshake was acknowledged, in microseconds since the Unix epoch.
   */
  recordAnswer(change: Change<StampVersion>, at: number): void {
    const { version, cause, readAt, notifiedAt, conflated, missed } = change;
    const stamp = version?.stamp;
    if (!stamp || !isFull(stamp)) return;
    if (cause !== "initial") this.record("answered", at - stamp.micros);
    if (notifiedAt !== undefined && conflated === 0 && missed === 0) {
      this.record("notification", notifiedAt - stamp.micros);
      this.record("read", readAt - notifiedAt);
      this.record("handshake", at - readAt);
    }
    if (isBelieved(version, readAt)) this.recordNewest(stamp, at);
  }

  /**
   * Records that a value was handled, if it is newer than all before.
   *
   * @param stamp The value.
   * @param at When it was handled, in microseconds since the Unix epoch.
   */
  recordNewest(stamp: FullStamp, at: number): void {
    if (this.#newest && !isNewer(stamp, this.#newest.stamp)) return;
    this.#grow(at);
    this.#newest = { stamp, at };
  }

  /** The time differences, or the writer's round trips. */
  get main(): Distribution {
    return this.#durations.get("acknowledgement") ?? this.#distributionOf("timeDifference");
  }

  /**
   * Returns what was timed, for machines.
   *
   * @param now The time, in microseconds since the Unix epoch.
   * @returns The newest value, its greatest age, and each distribution that is not empty.
   */
  facts(now: number): Omit<LogFacts, "event"> {
    this.#grow(now);
    const { stamp, at } = this.#newest ?? {};
    const filled = [...this.#durations].filter(([, { count }]) => count > 0);
    return {
      staleness: stamp && this.#staleness,
      newestSeq: stamp?.seq,
      newestMicros: stamp?.micros,
      newestAt: at,
      ...Object.fromEntries(filled.map(([name, durations]) => [name, durations.encode()])),
    };
  }

  /** Starts the next report. The newest value stays. */
  clear(): void {
    for (const durations of this.#durations.values()) durations.clear();
    this.#staleness = 0;
  }

  #grow(now: number): void {
    if (!this.#newest) return;
    this.#staleness = Math.max(this.#staleness, now - this.#newest.stamp.micros);
  }

  #distributionOf(name: ReportedDuration): Distribution {
    let durations = this.#durations.get(name);
    if (!durations) this.#durations.set(name, durations = new Distribution(3));
    return durations;
  }
}

/** Compares by time, and by sequence number within the same microsecond. */
function isNewer(stamp: FullStamp, other: FullStamp): boolean {
  return stamp.micros === other.micros ? stamp.seq > other.seq : stamp.micros > other.micros;
}

/** Versions order the values of one source, if the caller's `versionOf` returns them. */

/**
 * The place of a value among all values of its source.
 *
 * @example Usage
 * ```ts
 * import type { Version } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * function versionOf(value: string): Version | undefined {
 *   const [, source, number] = /^(\w+)#(\d+) /.exec(value) ?? [];
 *   return source === undefined ? undefined : { source, number: Number(number) };
 * }
 * assertEquals(versionOf("prices#7 1.25"), { source: "prices", number: 7 });
 * ```
 */
export interface Version {
  /** The source of the value. Values of different sources are neither older nor newer than each other. */
  readonly source: string;
  /**
   * The run of the source: any text that differs from start to start. Without it, two sources that share a name go
   * unnoticed.
   */
  readonly run?: string;
  /** Grows by one with every value, also from run to run if the source remembers its last number. */
  readonly number?: number;
  /** When the value was made, in microseconds since the Unix epoch, by the source's clock. */
  readonly time?: number;
}

/** How far a source's clock may be ahead of ours and is still believed, in microseconds: a day. */
export const MAX_AHEAD = 86_400_000_000;

/** How many sources are remembered; a flood of names must not fill the memory. */
const MAX_SOURCES = 1000;

/** After this many values of one run in a row, the other runs of its source count as over. */
const ALONE_AFTER = 16;

/** A second, in microseconds: versions without a number are compared by whole seconds. */
const COARSE = 1_000_000;

/**
 * Checks whether a version's time is plausible.
 *
 * @param version The version.
 * @param readAt When its value was read, in microseconds since the Unix epoch.
 * @returns Whether it is at most a day ahead.
 *
 * @example Usage
 * ```ts
 * import { isBelieved } from "./version.ts";
 * import { assert, assertFalse } from "@std/assert";
 *
 * const day = 86_400_000_000;
 * assert(isBelieved({ source: "writer", time: day }, 0));
 * assertFalse(isBelieved({ source: "writer", time: day + 1 }, 0));
 * ```
 */
export function isBelieved({ time = 0 }: Version, readAt: number): boolean {
  return time <= readAt + MAX_AHEAD;
}

/** What is known of a source. */
interface SourceRecord {
  /** The newest version that was delivered. */
  newest?: Version;
  /** If the source restarted its numbers: values with an earlier time are from before. */
  floor?: number;
  /** The last version of each run, the latest run last. */
  readonly runs: Map<string, Version>;
  /** How many values in a row came from the latest run. */
  alone: number;
  /** Whether the shared name was reported. */
  isShared: boolean;
}

/**
 * Orders versions: finds values that are older than one of the same source that was delivered before, and counts those
 * in between.
 *
 * Within a run, a lower number is older. Between runs, and without runs, a version is older if neither its number nor
 * its time is greater. A lower number with a later time means that the source restarted its numbers; from then on,
 * nothing from before is delivered; without runs, nothing up to the last value that was delivered before. A source
 * without runs that restarts its numbers must not set its clock back before its last value: until the clock has passed
 * that value, its new values cannot be distinguished from the old ones.
 *
 * @example Usage
 * ```ts
 * import { VersionOrder } from "./version.ts";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const order = new VersionOrder();
 * order.accept({ source: "w", number: 5 });
 * assert(order.isOlder({ source: "w", number: 4 }));
 * assertEquals(order.accept({ source: "w", number: 8 }), 2);
 * ```
 */
export class VersionOrder {
  #sources = new Map<string, SourceRecord>();
  #last?: Version;

  /** Checks whether a version is older than an accepted one of the same source. */
  isOlder(version: Version): boolean {
    return isOlder(version, this.#sources.get(version.source));
  }

  /**
   * Records a version that is delivered.
   *
   * @returns How many versions lie between the last one and this one; 0 if the last one was from another source.
   */
  accept(version: Version): number {
    const last = this.#last;
    this.#last = version;
    const record = this.#recordOf(version.source);
    if (record.newest && beganAnew(version, record.newest)) {
      // Without runs, its clock may be set back later, but not before its last value.
      record.floor = version.run === undefined ? timeOf(record.newest) + 1 : timeOf(version);
    }
    record.newest = version;
    if (last?.number === undefined || version.number === undefined) return 0;
    return last.source === version.source ? Math.max(0, version.number - last.number - 1) : 0;
  }

  /**
   * Records a version that was read, delivered or not.
   *
   * @returns Whether it reveals that several sources share a name: a run goes on although a later one has begun.
   * It returns `true` once, and again only after one of them has been alone for a while.
   */
  revealsShare(version: Version): boolean {
    if (version.run === undefined) return false;
    const record = this.#recordOf(version.source);
    const latest = [...record.runs.values()].at(-1);
    const before = record.runs.get(version.run);
    if (before?.number === version.number && before?.time === version.time) return false;
    const isLatest = latest === undefined || latest.run === version.run;
    if (!isLatest && before && !isLater(version, latest)) return false; // an old copy
    record.runs.delete(version.run); // so that it moves to the end of the insertion order
    record.runs.set(version.run, version);
    record.alone = isLatest ? record.alone + 1 : 1;
    if (record.alone >= ALONE_AFTER) {
      record.isShared = false;
      record.runs.clear();
      record.runs.set(version.run, version);
    }
    if (isLatest || !before || record.isShared) return false;
    return record.isShared = true;
  }

  #recordOf(source: string): SourceRecord {
    const record = this.#sources.get(source) ?? { runs: new Map(), alone: 0, isShared: false };
    this.#sources.delete(source);
    this.#sources.set(source, record);
    if (this.#sources.size > MAX_SOURCES) this.#sources.delete(this.#sources.keys().next().value!);
    return record;
  }
}

function isOlder(version: Version, record: SourceRecord | undefined): boolean {
  const last = record?.newest;
  if (!last) return false;
  if (version.number === undefined || last.number === undefined) {
    return Math.floor(timeOf(version) / COARSE) < Math.floor(timeOf(last) / COARSE);
  }
  if (version.run !== undefined && version.run === last.run) return version.number < last.number;
  if (record.floor !== undefined && timeOf(version) < record.floor) return true;
  const isSame = version.number === last.number && version.time === last.time;
  return !isSame && version.number <= last.number && !isLater(version, last);
}

function beganAnew(version: Version, last: Version): boolean {
  return version.number !== undefined && last.number !== undefined && version.number < last.number;
}

function isLater(version: Version, other: Version): boolean {
  return timeOf(version) > timeOf(other);
}

function timeOf({ time = 0 }: Version): number {
  return time;
}

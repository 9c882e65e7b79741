/** The last minute of a listener, second by second, for its headline, its line and its load. */

import { medianOf } from "../../statistics/percentiles.ts";
import type { MinuteFigures, Second } from "../protocol.ts";

/** How long values count, in seconds. */
const LENGTH = 60;

/** The time over which the current load is averaged, in seconds. */
const NOW = 3;

/** How many values p99 needs: with fewer, it would be the greatest value. */
const P99_NEEDS = 100;

/** The times of an answer, in microseconds. */
export interface TimedAnswer {
  /** From the write to the read. */
  readonly difference: number;
  /** From the read to the answer. */
  readonly work: number;
}

/** What was counted in one second. */
interface Bucket {
  readonly second: number;
  readonly differences: number[];
  readonly works: number[];
  handled: number;
  skipped: number;
}

/** What the values of the last minute come to, from a second on. */
interface Summary {
  readonly second: number;
  readonly figures: MinuteFigures;
  readonly medians: readonly number[];
  readonly atOnce: number;
}

/**
 * Keeps the values of the last minute. Its figures change once a second, after the second has passed: people could not
 * read figures that change with each value.
 */
export class Minute {
  #buckets: Bucket[] = [];
  /** The second of the first value. */
  #first?: number;
  /** The second up to which {@linkcode takeSeconds} has delivered. */
  #taken = 0;
  #cached: Summary = {
    second: -1,
    figures: { seconds: 0, count: 0, handled: 0, skipped: 0 },
    medians: [],
    atOnce: 0,
  };

  /** Adds an answer. @param now Microseconds since the Unix epoch. */
  record(now: number, { difference, work }: TimedAnswer): void {
    const bucket = this.#bucketAt(now);
    bucket.differences.push(difference);
    bucket.works.push(work);
  }

  /** Adds how many changes were handled and how many values were skipped since the last call. */
  count(now: number, handled: number, skipped: number): void {
    const bucket = this.#bucketAt(now);
    bucket.handled += handled;
    bucket.skipped += skipped;
  }

  /** How many values there were, and their percentiles. */
  figures(now: number): MinuteFigures {
    return this.#at(now).figures;
  }

  /** The medians of the seconds that had values. */
  medians(now: number): readonly number[] {
    return this.#at(now).medians;
  }

  /** How many changes were in progress at once in the last seconds, on average. */
  atOnce(now: number): number {
    return this.#at(now).atOnce;
  }

  /** Returns the seconds that have passed since the last call and had values. */
  takeSeconds(now: number): Second[] {
    const second = secondOf(now);
    const passed = this.#buckets.filter((bucket) =>
      bucket.second >= this.#taken && bucket.second < second && bucket.differences.length > 0
    );
    this.#taken = second;
    return passed.map(({ second, differences }) => [
      second * 1e6,
      medianOf(differences),
      Math.min(...differences),
      Math.max(...differences),
    ]);
  }

  /** The figures stay the same from the first call in a second until its end. */
  #at(now: number): Summary {
    const second = secondOf(now);
    if (second === this.#cached.second) return this.#cached;
    const passed = this.#buckets.filter((bucket) =>
      bucket.second >= second - LENGTH && bucket.second < second
    );
    const filled = passed.filter(({ differences }) => differences.length > 0);
    const all = filled.flatMap(({ differences }) => differences).toSorted((a, b) => a - b);
    this.#cached = {
      second,
      figures: {
        seconds: Math.min(LENGTH, second - (this.#first ?? second)),
        count: all.length,
        handled: sumOf(passed, ({ handled }) => handled),
        skipped: sumOf(passed, ({ skipped }) => skipped),
        ...all.length > 0 && { p50: medianOf(all) },
        ...all.length >= P99_NEEDS && { p99: all[Math.ceil(0.99 * all.length) - 1] },
      },
      medians: filled.map(({ differences }) => medianOf(differences)),
      atOnce: atOnceIn(passed.filter((bucket) => bucket.second >= second - NOW)),
    };
    return this.#cached;
  }

  #bucketAt(now: number): Bucket {
    const second = secondOf(now);
    const last = this.#buckets.at(-1);
    if (last?.second === second) return last;
    if (last && last.second > second) { // the clock was set back
      this.#buckets = [];
      this.#first = undefined;
    }
    this.#first ??= second;
    const bucket = { second, differences: [], works: [], handled: 0, skipped: 0 };
    this.#buckets.push(bucket);
    while (this.#buckets[0].second < second - LENGTH) this.#buckets.shift();
    return bucket;
  }
}

function secondOf(micros: number): number {
  return Math.floor(micros / 1e6);
}

/** The number of changes in progress at once is their rate times the mean time of one (Little's law). */
function atOnceIn(buckets: readonly Bucket[]): number {
  const works = buckets.flatMap(({ works }) => works);
  if (works.length === 0) return 0;
  const mean = works.reduce((sum, micros) => sum + micros, 0) / works.length;
  return sumOf(buckets, ({ handled }) => handled) / NOW * mean / 1e6;
}

function sumOf(buckets: readonly Bucket[], of: (bucket: Bucket) => number): number {
  return buckets.reduce((sum, bucket) => sum + of(bucket), 0);
}

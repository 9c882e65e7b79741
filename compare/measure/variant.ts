/** What a comparison compares: a mechanism or a listener, as a process that learns values. */

import type { Histogram } from "hdr-histogram-js";
import type { Announcement, Mechanism } from "../mechanisms/mechanism.ts";
import { startMechanism } from "../mechanisms/process.ts";
import { Listener, type ListenerRole } from "./listener.ts";
import { dueAt, type Schedule } from "./schedule.ts";
import type { Place } from "./servers.ts";
import { newHistogram } from "../../statistics/percentiles.ts";

/** Something that is compared. */
export interface Variant {
  /** What it is called. */
  readonly name: string;
  /** What a writer must do for it. */
  readonly announcement: Announcement;
  /** Starts it. Resolves when it observes; the caller disposes of it. */
  start(place: Place, signal: AbortSignal): Promise<Subject>;
}

/** A running variant. */
export interface Subject extends AsyncDisposable {
  /** The process's id. */
  readonly pid: number;
  /** Says what it learned since the last time. @param written What was written. */
  take(written: Written): Promise<Learned>;
}

/** Values that were written at a fixed rate. */
export interface Written {
  readonly firstSeq: number;
  readonly schedule: Schedule;
}

/** What was learned; all times in microseconds. */
export interface Learned {
  /** How many of the values were learned. */
  readonly values: number;
  /**
   * From the intended time of each write until its value was learned: of a mechanism, until it or a newer one was, so
   * that one that skips values doesn't look fast; of a listener, which reports no others, only of those it handled.
   */
  readonly durations: Histogram;
  /** How old the newest value handled got: the median over intervals. `null` if not reported. */
  readonly staleness: number | null;
  /** From the write to its notification: the 99th percentile. `null` if not reported. */
  readonly notified: number | null;
  /** The medians of the read and of the answer. `null` if not reported. */
  readonly read: number | null;
  readonly answer: number | null;
}

/**
 * Makes a variant of a mechanism.
 *
 * @param mechanism The mechanism.
 * @returns The variant.
 */
export function mechanismVariant({ name, announcement }: Mechanism): Variant {
  return {
    name,
    announcement,
    async start({ url, env }) {
      const process = await startMechanism(name, url, env);
      return {
        pid: process.pid,
        async take({ firstSeq, schedule }) {
          const durations = newHistogram();
          const indexed = (await process.ask()).values.map(([seq, micros]) =>
            [seq - firstSeq, micros] as const
          ).filter(([index]) => index >= 0 && index < schedule.writes);
          let next = 0;
          for (const [index, micros] of indexed) {
            const learnedAt = dueAt(schedule, index) + micros;
            for (; next <= index; next++) {
              durations.recordValue(Math.max(0, learnedAt - dueAt(schedule, next)));
            }
          }
          return {
            values: indexed.length,
            durations,
            staleness: null,
            notified: null,
            read: null,
            answer: null,
          };
        },
        [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
      };
    },
  };
}

/**
 * Makes a variant of a listener.
 *
 * @param name What it is called.
 * @param role Its role.
 * @param settings Its settings besides those that all have.
 * @returns The variant.
 */
export function listenerVariant(
  name: string,
  role: ListenerRole,
  settings: Readonly<Record<string, string>>,
): Variant {
  return {
    name,
    announcement: "none",
    start({ env, permissions }, signal) {
      return Listener.start(
        { role, name: role, env: { ...settings, ...env }, permissions },
        signal,
      );
    },
  };
}

/** The subject of a comparison: a mechanism or a listener, as a process that learns values. */

import type { Histogram } from "hdr-histogram-js";
import { nowMicros } from "../../lib/clock.ts";
import type { Announcement, Mechanism } from "../mechanisms/mechanism.ts";
import { startMechanism } from "../mechanisms/process.ts";
import { Listener, type ListenerRole } from "./listener.ts";
import { dueAt, type Schedule } from "./schedule.ts";
import type { Place } from "./servers.ts";
import { newHistogram } from "../../statistics/percentiles.ts";

/** Something to compare. */
export interface Variant {
  /** Its name. */
  readonly name: string;
  /** What the writer must do for it. */
  readonly announcement: Announcement;
  /** Starts it. Resolves when it observes. The caller disposes of it. */
  start(place: Place, signal: AbortSignal): Promise<Subject>;
}

/** A running variant. */
export interface Subject extends AsyncDisposable {
  /** The process's id. */
  readonly pid: number;
  /** Returns what it has learned since the last call. @param written The values written. */
  take(written: Written): Promise<Learned>;
}

/** Values written at a fixed rate. */
export interface Written {
  readonly firstSeq: number;
  readonly schedule: Schedule;
}

/** What a variant has learned; all times in microseconds. */
export interface Learned {
  /** How many of the values were learned. */
  readonly values: number;
  /**
   * The time from the due time of each write until its value was learned. For a mechanism, a newer value counts too, so
   * that skipping values does not make it look fast; a value after which nothing was learned counts as learned at the
   * end. A listener reports only the values it handled.
   */
  readonly durations: Histogram;
  /** How old the newest handled value became: the median over intervals. `null` if not reported. */
  readonly staleness: number | null;
  /** The 99th percentile of the time from a write to its notification. `null` if not reported. */
  readonly notified: number | null;
  /** The medians of the read's and the answer's durations. `null` if not reported. */
  readonly read: number | null;
  readonly answer: number | null;
}

/**
 * Creates a variant of a mechanism.
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
          const learnUntil = (end: number, at: number) => {
            for (; next < end; next++) {
              durations.recordValue(Math.max(0, at - dueAt(schedule, next)));
            }
          };
          for (const [index, micros] of indexed) {
            learnUntil(index + 1, dueAt(schedule, index) + micros);
          }
          learnUntil(schedule.writes, nowMicros());
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
 * Creates a variant of a listener.
 *
 * @param name Its name.
 * @param role Its role.
 * @param settings Settings besides those of all listeners.
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

/** What a comparison compares: a mechanism or a listener, as a process that learns values. */

import { build, type Histogram } from "hdr-histogram-js";
import type { Announcement, Mechanism } from "../mechanisms/mechanism.ts";
import { startMechanism } from "../mechanisms/process.ts";
import { Listener, type ListenerRole } from "./listener.ts";
import type { Place } from "./servers.ts";

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
  /** Says what it learned since the last time. @param period When values were written. */
  take(period: Period): Promise<Learned>;
}

/** From a time to another, in microseconds since the Unix epoch. */
export type Period = readonly [begin: number, end: number];

/** What was learned; all times in microseconds. */
export interface Learned {
  /** From the intended time of each write until its value was learned. */
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
        async take() {
          const durations = build({ numberOfSignificantValueDigits: 3, autoResize: true });
          for (const [, micros] of (await process.ask()).values) {
            durations.recordValue(Math.max(0, micros));
          }
          return { durations, staleness: null, notified: null, read: null, answer: null };
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

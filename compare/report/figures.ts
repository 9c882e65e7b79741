/** The figures by which variants are compared. */

import { type Effect, effectOf } from "../../statistics/effect.ts";
import type { Load, Point, Run } from "../results.ts";
import { formatMicros, formatShare, medianOrNull } from "./format.ts";

/** A figure. */
export interface Figure {
  /** Its name. */
  readonly head: string;
  /** The words for less and for more of it. */
  readonly words: readonly [less: string, more: string];
  /** Reads it from a repetition. */
  of(run: Run): number | null;
  /** Formats it. */
  format(value: number | null): string;
}

/** The time until a value is known: the median and the 99th percentile. */
export const P50: Figure = {
  head: "p50",
  words: ["faster", "slower"],
  of: ({ p50 }) => p50,
  format: formatMicros,
};
export const P99: Figure = { ...P50, head: "p99", of: ({ p99 }) => p99 };

/**
 * The CPU time of the listener's process for one write, less its idle use; shown as 0 if that is more, as a wake-up
 * costs more on a quiet machine.
 */
export const CPU: Figure = {
  head: "CPU",
  words: ["less", "more"],
  of: ({ cpu }) => cpu,
  format: (value) => formatMicros(value === null ? null : Math.max(0, value)),
};

/** The share of values learned, or handled. */
export const LEARNED: Figure = {
  head: "learned",
  words: ["less", "more"],
  of: ({ learned }) => learned,
  format: formatShare,
};
export const HANDLED: Figure = { ...LEARNED, head: "handled" };

/** How old the newest value becomes. */
export const STALENESS: Figure = {
  head: "staleness",
  words: ["fresher", "older"],
  of: ({ staleness }) => staleness,
  format: formatMicros,
};

/** The CPU time of the process in a second without writes. */
export const IDLE_CPU: Figure = { ...CPU, head: "idle CPU", of: ({ idleCpu }) => idleCpu };

/** The CPU time of the server for one write. */
export const SERVER_CPU: Figure = {
  ...CPU,
  head: "server's CPU",
  of: ({ serverCpu }) => serverCpu,
};

/** The CPU time of the server in a second without writes. */
export const IDLE_SERVER_CPU: Figure = {
  ...CPU,
  head: "idle server",
  of: ({ idleServerCpu }) => idleServerCpu,
};

/** The CPU time of the writer for one write. */
export const WRITER_CPU: Figure = {
  ...CPU,
  head: "writer's CPU",
  of: ({ writerCpu }) => writerCpu,
};

/** The CPU time of the listener's process for one write, including its idle use at a given rate. */
export function cpuAt(rate: number): Figure {
  return { ...CPU, of: ({ cpu, idleCpu }) => cpu + idleCpu / rate };
}

/** The CPU time of process and server for one write, including their idle use at a given rate. */
export function costAt(rate: number): Figure {
  const { of } = cpuAt(rate);
  return {
    ...CPU,
    head: "CPU of both",
    of: (run) => of(run)! + (run.serverCpu ?? 0) + (run.idleServerCpu ?? 0) / rate,
  };
}

/** Returns the median of a figure over the repetitions; `null` if there is none. */
export function medianFigure({ of }: Figure, runs: readonly Run[]): number | null {
  return medianOrNull(runs.map(of));
}

/**
 * Compares two variants by a figure.
 *
 * @param figure The figure.
 * @param runs The first variant's repetitions.
 * @param reference The second variant's repetitions.
 * @returns The effect; `undefined` if a repetition lacks the figure, a figure is not above 0, or there are too few.
 */
export function compareFigure(
  { of }: Figure,
  runs: readonly Run[],
  reference: readonly Run[],
): Effect | undefined {
  const [values, others] = [runs, reference].map((runs) => runs.map(of));
  const isMeasured = (value: number | null) => value !== null && value > 0;
  if (![...values, ...others].every(isMeasured)) return undefined;
  return effectOf(values as number[], others as number[]);
}

/** Lists the loads of some points, each once. */
export function loadsOf(points: readonly Point[]): Load[] {
  const keyed = points.map(({ load }) => [JSON.stringify(load), load] as const);
  return [...new Map(keyed).values()];
}

/** Selects the measured points at a load. */
export function pointsAt(points: readonly Point[], load: Load): Point[] {
  const key = JSON.stringify(load);
  return points.filter(({ load, runs }) => JSON.stringify(load) === key && runs.length > 0);
}

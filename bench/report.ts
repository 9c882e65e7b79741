/** Formats the measurements: ratios to the reference, as medians over the rounds with their range. */

import { formatMarkdownTable } from "../cli/markdown_table.ts";
import { REFERENCE } from "./listeners.ts";
import { medianOf } from "../statistics/percentiles.ts";
import type { Measurement } from "./measurement.ts";

/** A listener's measurements, one for each round. */
export type Rounds = Readonly<Record<string, readonly Measurement[]>>;

/** The figures to compare. Less is better, except for `changes a second`. */
const FIGURES = {
  "p50": ({ warm }) => warm.p50,
  "p90": ({ warm }) => warm.p90,
  "p99": ({ warm }) => warm.p99,
  "p50 young": ({ young }) => young.p50,
  "p99 young": ({ young }) => young.p99,
  "CPU": ({ cpu }) => cpu,
  "changes a second": ({ saturated }) => saturated,
  "memory": ({ memory }) => memory,
  "start": ({ start }) => start,
} as const satisfies Record<string, (measurement: Measurement) => number>;

/** The name of a figure. */
export type FigureName = keyof typeof FIGURES;

/** The names of all figures. */
export const FIGURE_NAMES = Object.keys(FIGURES) as FigureName[];

/** A median with the lowest and the highest value. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

/**
 * Compares a listener with the reference within each round: they are measured soon after each other there.
 *
 * @param rounds All measurements.
 * @param name The listener.
 * @param figure The figure.
 * @returns The ratio.
 */
export function ratioOf(rounds: Rounds, name: string, figure: FigureName): Spread {
  const reference = rounds[REFERENCE];
  const of = FIGURES[figure];
  return spreadOf(rounds[name].map((measurement, round) => of(measurement) / of(reference[round])));
}

/** Formats the table of all ratios, with the reference's figures below it. */
export function formatBench(rounds: Rounds, probe: Spread): string {
  const rows = Object.keys(rounds).map((name) => [
    name,
    ...FIGURE_NAMES.map((figure) => formatRatio(ratioOf(rounds, name, figure))),
  ]);
  const table = formatMarkdownTable([["listener", ...FIGURE_NAMES], ...rows]);
  const reference = rounds[REFERENCE];
  const of = (figure: FigureName) => spreadOf(reference.map(FIGURES[figure])).median;
  return `${table}
1 is ${REFERENCE}: p50 ${Math.round(of("p50"))} µs, p99 ${Math.round(of("p99"))} µs, young ${
    Math.round(of("p50 young"))
  } and ${Math.round(of("p99 young"))} µs, ${Math.round(of("CPU"))} µs of CPU a change, ${
    Math.round(of("changes a second"))
  } changes a second, ${Math.round(of("memory"))} MiB, ${
    Math.round(of("start"))
  } ms to the first handshake.
A round trip of the probe without a listener takes ${Math.round(probe.median)} µs.`;
}

/** Returns the median of values, with the lowest and the highest. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: medianOf(sorted), least: sorted[0], greatest: sorted.at(-1)! };
}

function formatRatio({ median, least, greatest }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)}–${greatest.toFixed(2)})`;
}

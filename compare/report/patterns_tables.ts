/** Tables of loop against callback. */

import type { Effect } from "../../statistics/effect.ts";
import type { Load, Point, Results, Run } from "../results.ts";
import {
  compareFigure,
  CPU,
  type Figure,
  HANDLED,
  loadsOf,
  medianFigure,
  P50,
  P99,
  pointsAt,
  STALENESS,
} from "./figures.ts";
import { formatEffect, formatMicros, formatShare, medianOrNull, NO_VALUE } from "./format.ts";
import { table } from "./table.ts";

/** A kind of handler at a load, with the repetitions of both listeners. */
export interface Duel {
  readonly name: string;
  readonly load: Load;
  readonly points: readonly Point[];
  readonly loop: readonly Run[];
  readonly callback: readonly Run[];
}

/**
 * Pairs loop and callback, for each kind of handler and load.
 *
 * @param results The results.
 * @returns The pairs.
 */
export function duelsOf({ patterns }: Pick<Results, "patterns">): Duel[] {
  return patterns.flatMap(({ handler, points }) =>
    loadsOf(points).map((load) => {
      const here = pointsAt(points, load);
      const runsOf = (name: string) => here.find(({ variant }) => variant === name)?.runs ?? [];
      const work = handler === "none" ? "does nothing" : `${handler} ms`;
      const name = `${work}, ${load.rate.toLocaleString("en-US")}/s`;
      return { name, load, points, loop: runsOf("loop"), callback: runsOf("callback") };
    })
  ).filter(({ loop, callback }) => loop.length > 0 && callback.length > 0);
}

/** The figures by which loop and callback are compared. */
export const DUEL_FIGURES = [P50, P99, HANDLED, STALENESS, CPU];

/** The share that must be handled so that times count: of skipped values, no time is known. */
const WHOLE = 0.99;

/**
 * Compares callback with loop.
 *
 * @param duel The pair.
 * @param figure The figure.
 * @returns The effect; `undefined` if a time is compared and one of them skipped values, or if there are too few runs.
 */
export function effectIn({ loop, callback }: Duel, figure: Figure): Effect | undefined {
  const isTime = figure === P50 || figure === P99;
  if (isTime && ![loop, callback].every(isWhole)) return undefined;
  return compareFigure(figure, callback, loop);
}

function isWhole(runs: readonly Run[]): boolean {
  return medianFigure(HANDLED, runs)! >= WHOLE;
}

/**
 * Writes the comparison of loop and callback, with a row for each figure.
 *
 * @param duels The pairs.
 * @returns A table.
 */
export function duelsTable(duels: readonly Duel[]): string {
  const rows = duels.flatMap((duel) => DUEL_FIGURES.map((figure) => ({ ...duel, figure })));
  return table(rows, [
    ["handler", ({ name }) => name],
    ["figure", ({ figure }) => figure.head],
    ["loop", ({ figure, loop }) => figure.format(medianFigure(figure, loop))],
    ["callback", ({ figure, callback }) => figure.format(medianFigure(figure, callback))],
    [
      "callback against loop",
      ({ figure, ...duel }) => formatEffect(effectIn(duel, figure), figure.words),
    ],
  ], 2);
}

/**
 * Writes what limits the listeners: how long each step of a change takes, and how long they wait for a core.
 *
 * @param duels The pairs.
 * @returns A table.
 */
export function limitsTable(duels: readonly Duel[]): string {
  const rows = duels.flatMap(({ name, loop, callback }) =>
    Object.entries({ loop, callback }).map(([pattern, runs]) => ({ name, pattern, runs }))
  );
  const median = (runs: readonly Run[], of: (run: Run) => number | null) =>
    medianOrNull(runs.map(of));
  const time = (of: (run: Run) => number | null) => ({ runs }: { runs: readonly Run[] }) =>
    isWhole(runs) ? formatMicros(median(runs, of)) : NO_VALUE;
  return table(rows, [
    ["handler", ({ name }) => name],
    ["pattern", ({ pattern }) => pattern],
    ["notified p99", time(({ notified }) => notified)],
    ["read p50", time(({ read }) => read)],
    ["handler and answer p50", time(({ answer }) => answer)],
    ["waits for a core", ({ runs }) => formatShare(median(runs, ({ waits }) => waits))],
  ], 2);
}

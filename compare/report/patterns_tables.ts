/** Tables of loop against callback. */

import type { Load, Point, Results, Run } from "../results.ts";
import {
  compareFigure,
  CPU,
  HANDLED,
  loadsOf,
  medianFigure,
  P50,
  P99,
  pointsAt,
  STALENESS,
} from "./figures.ts";
import {
  formatEffect,
  formatMicros,
  formatShare,
  medianOrNull,
  NO_VALUE,
  twoDigits,
} from "./format.ts";
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
      ({ figure, loop, callback }) =>
        formatEffect(compareFigure(figure, callback, loop), figure.words),
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
  return table(rows, [
    ["handler", ({ name }) => name],
    ["pattern", ({ pattern }) => pattern],
    ["handled", ({ runs }) => formatShare(median(runs, ({ learned }) => learned))],
    ["notified p99", ({ runs }) => formatMicros(median(runs, ({ notified }) => notified))],
    ["read p50", ({ runs }) => formatMicros(median(runs, ({ read }) => read))],
    ["handler and answer p50", ({ runs }) => formatMicros(median(runs, ({ answer }) => answer))],
    ["one at a time, at most", ({ pattern, runs }) => {
      if (pattern !== "loop") return NO_VALUE;
      const [read, answer] = [median(runs, ({ read }) => read), median(runs, (run) => run.answer)];
      return read === null || answer === null ? NO_VALUE : `${twoDigits(1e6 / (read + answer))}/s`;
    }],
    ["idle CPU", ({ runs }) => formatMicros(median(runs, ({ idleCpu }) => idleCpu))],
    ["waits for a core", ({ runs }) => formatShare(median(runs, ({ waits }) => waits))],
  ], 2);
}

/** Tables of what each mechanism costs. */

import type { Load, Point, Results } from "../results.ts";
import {
  compareFigure,
  cpuAt,
  type Figure,
  IDLE_CPU,
  IDLE_SERVER_CPU,
  LEARNED,
  medianFigure,
  P50,
  P99,
  pointsAt,
  SERVER_CPU,
  WRITER_CPU,
} from "./figures.ts";
import { formatEffect, formatMicros, formatShare, medianOrNull, NO_VALUE } from "./format.ts";
import { type Column, table } from "./table.ts";

/** The mechanism that all others are compared with, if it was measured. */
export const REFERENCE = "keyevent + GET";

/**
 * Writes the table of what each mechanism costs at a load.
 *
 * @param points All points.
 * @param load The load.
 * @returns A table.
 */
export function costsTable(points: readonly Point[], load: Load): string {
  const here = pointsAt(points, load);
  const reference = here.find(({ variant }) => variant === REFERENCE) ?? here[0];
  const compared = (figure: Figure): Column<Point> => [
    `against ${reference?.variant}`,
    ({ runs }) =>
      runs === reference.runs
        ? NO_VALUE
        : formatEffect(compareFigure(figure, runs, reference.runs), figure.words),
  ];
  const cpu = cpuAt(load.rate);
  return table(here, [
    ["mechanism", ({ variant }) => variant],
    column(LEARNED),
    column(P50),
    compared(P50),
    column(P99),
    compared(P99),
    column(cpu),
    compared(cpu),
    column(IDLE_CPU),
    ...load.noise === 0 // else they also handle the unrelated writes
      ? [column(SERVER_CPU), column(IDLE_SERVER_CPU), column(WRITER_CPU)]
      : [],
    ["waits for a core", ({ runs }) => formatShare(medianOrNull(runs.map(({ waits }) => waits)))],
  ]);
}

/**
 * Describes how a load was measured.
 *
 * @param points All points.
 * @param load The load.
 * @returns A sentence with the number of writes, the duration, the repetitions and how late the writes were sent.
 */
export function describeLoad(points: readonly Point[], load: Load): string {
  const runs = pointsAt(points, load).flatMap(({ runs }) => runs);
  const repetitions = Math.max(0, ...pointsAt(points, load).map(({ runs }) => runs.length));
  const lateness = Math.max(...runs.map(({ lateness }) => lateness));
  const { writes, rate } = load;
  return `${repetitions} × ${writes.toLocaleString("en-US")} writes in ${writes / rate} s, ` +
    `99 % of them sent at most ${formatMicros(lateness)} late.`;
}

/**
 * Names a load.
 *
 * @param load The load.
 * @returns A text such as `100 writes a second`.
 */
export function nameLoad({ rate, node, noise }: Load): string {
  const writes = `${rate.toLocaleString("en-US")} writes a second`;
  const where = node === 0 ? "" : ", listener on another node";
  return writes + where +
    (noise === 0 ? "" : `, amid ${noise.toLocaleString("en-US")} SETs of other keys`);
}

/**
 * Writes the table of the traffic.
 *
 * @param traffic The traffic, by mechanism.
 * @returns A table.
 */
export function trafficTable(traffic: Results["traffic"]): string {
  const rows = Object.entries(traffic).map(([name, line]) => ({ name, ...line }));
  const count = (value: number, digits = 0) => Math.max(0, value).toFixed(digits);
  return table(rows, [
    ["mechanism", ({ name }) => name],
    ["connections", ({ connections }) => `${connections}`],
    ["commands", ({ perWrite }) => count(perWrite.commands, 2)],
    ["bytes sent", ({ perWrite }) => count(perWrite.sent)],
    ["bytes received", ({ perWrite }) => count(perWrite.received)],
    ["commands a second, idle", ({ idle }) => count(idle.commands, 1)],
    ["bytes a second, idle", ({ idle }) => count(idle.sent + idle.received)],
  ]);
}

function column(figure: Figure): Column<Point> {
  return [figure.head, ({ runs }) => figure.format(medianFigure(figure, runs))];
}

/** The tables of answers and of losses. */

import type { FaultResult, Outcome, Results } from "../results.ts";
import { answersOf } from "./answers.ts";
import { formatMicros, medianOrNull } from "./format.ts";
import { type Column, table } from "./table.ts";

/**
 * Writes the table of answers.
 *
 * @param results The results.
 * @returns A table; empty if there is no answer.
 */
export function answersTable(results: Results): string {
  return table(answersOf(results), [
    ["need", ({ need }) => need],
    ["mechanism", ({ mechanisms }) => mechanisms.join(" · ")],
    ["because", ({ evidence }) => evidence],
    ["what the first costs", ({ costs }) => costs],
    ["what the first loses", ({ loses }) => loses],
  ], 5);
}

/**
 * Writes the table of mechanisms and faults.
 *
 * @param losses The outcomes of the faults.
 * @returns A table with counts in each cell.
 */
export function lossesTable(losses: readonly FaultResult[]): string {
  const names = Object.keys(losses[0]?.outcomes ?? {});
  return table(names, [
    ["mechanism", (name) => name],
    ...losses.map(({ fault, outcomes }): Column<string> => [
      fault,
      (name) => formatOutcomes(outcomes[name] ?? []),
    ]),
  ], 1 + losses.length);
}

function formatOutcomes(outcomes: readonly Outcome[]): string {
  const times = outcomes.flatMap(({ seconds }) => seconds ?? []);
  const lossy = outcomes.filter(({ lost }) => lost > 0);
  const knew = lossy.filter(({ knewLoss }) => knewLoss).length;
  const median = medianOrNull(times);
  const after = median === null
    ? ""
    : median === 0
    ? " at once"
    : ` in ${formatMicros(median * 1e6)}`;
  const deaf = outcomes.filter(({ deaf }) => deaf).length;
  const ears = deaf === 0 ? "" : `, deaf ${deaf}`;
  const gaps = lossy.length === 0 ? "gaps 0" : `gaps ${lossy.length}, said ${knew}`;
  return `${times.length}/${outcomes.length}${after}${ears}; ${gaps}`;
}

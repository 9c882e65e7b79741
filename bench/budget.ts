/** The budget of the listeners: measured ratios to the reference, and how much worse they may become. */

import measured from "./budget.json" with { type: "json" };
import { type FigureName, ratioOf, type Rounds } from "./report.ts";

/** Ratios to the reference, by listener and figure. */
export type Budget = Readonly<Record<string, Partial<Record<FigureName, number>>>>;

/** A ratio may be this many times the budgeted one. */
const TOLERANCE = 4 / 3;

/**
 * Compares the ratios with the budget.
 *
 * @param rounds The measurements.
 * @param budget The budget; by default that of `budget.json`.
 * @returns A sentence for each ratio that exceeds the budget by more than a third, and each listener that is missing.
 */
export function problemsWith(rounds: Rounds, budget: Budget = measured): string[] {
  return Object.entries(budget).flatMap(([name, ratios]) => {
    if (!(name in rounds)) return [`${name} must be measured: select it with --only`];
    return Object.entries(ratios).flatMap(([figure, was]) => {
      const is = ratioOf(rounds, name, figure as FigureName).median;
      const limit = was * TOLERANCE;
      if (is <= limit) return [];
      const most = `must be at most ${limit.toFixed(2)} times that of the reference`;
      return [`${figure} of ${name} ${most}: got ${is.toFixed(2)}`];
    });
  });
}

/** What our listeners may cost: ratios to the reference, measured once, and how much worse they may get. */

import measured from "./budget.json" with { type: "json" };
import { type FigureName, ratioOf, type Rounds } from "./report.ts";

/** Ratios to the reference, by listener and figure. */
export type Budget = Readonly<Record<string, Partial<Record<FigureName, number>>>>;

/** By how much a ratio may be worse than it was. */
const TOLERANCE = 4 / 3;

/**
 * Compares the ratios with what they were.
 *
 * @param rounds What was measured now.
 * @param budget What they were; by default what `budget.json` says.
 * @returns A sentence for each ratio that is worse by more than a third.
 */
export function problemsWith(rounds: Rounds, budget: Budget = measured): string[] {
  return Object.entries(budget).flatMap(([name, ratios]) =>
    Object.entries(ratios).flatMap(([figure, was]) => {
      const is = name in rounds ? ratioOf(rounds, name, figure as FigureName)?.median : undefined;
      if (is === undefined || is <= was * TOLERANCE) return [];
      return [
        `${figure} of ${name} must be at most ${
          (was * TOLERANCE).toFixed(2)
        } times that of the reference: ` +
        `got ${is.toFixed(2)}`,
      ];
    })
  );
}

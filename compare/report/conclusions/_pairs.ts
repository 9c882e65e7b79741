/** The figures of two arms, side by side. */

import type { FigureName, PointResult, ScenarioResult, Spread } from "../../results.ts";
import { lower } from "../../measure/statistics.ts";

/** The names of two arms that are compared. */
export type Arms = readonly [one: string, other: string];

/** The ways to observe a key. */
export const PATTERNS = ["loop", "callback"] as const;

/** The channels to hear of it. */
export const CHANNELS = ["keyevent", "keyspace"] as const;

/** A figure of two arms at a point of the axis. */
export interface Pair {
  readonly arms: Arms;
  readonly point: PointResult;
  readonly one: Spread;
  readonly other: Spread;
  /** The arm whose figure is lower; `null` where there is no difference. */
  readonly lower: string | null;
  /** The arm whose figure is higher; `null` where there is no difference. */
  readonly higher: string | null;
}

/** Finds an arm's figure at a point; `null` where no run of it is valid. */
export function figureOf(point: PointResult, arm: string, figure: FigureName): Spread | null {
  return point.arms.find((result) => result.arm === arm)?.figures[figure] ?? null;
}

/** Sets the figures of two arms at a point side by side; `null` where one of them has none. */
export function pairAt(point: PointResult, arms: Arms, figure: FigureName): Pair | null {
  const [one, other] = arms.map((arm) => figureOf(point, arm, figure));
  if (!one || !other) return null;
  const verdict = lower(one, other);
  const [low, high] = verdict === "none"
    ? [null, null]
    : verdict === "one"
    ? arms
    : arms.toReversed();
  return { arms, point, one, other, lower: low, higher: high };
}

/** Sets the figures of two arms side by side, along the axis, wherever both have one. */
export function pairsOf(scenario: ScenarioResult, arms: Arms, figure: FigureName): Pair[] {
  return pointsOf(scenario).map((point) => pairAt(point, arms, figure))
    .filter((pair) => pair !== null);
}

/** The points of a scenario in the order of its axis. */
export function pointsOf({ points }: ScenarioResult): PointResult[] {
  return points.toSorted((a, b) => a.x - b.x);
}

/**
 * The pair farthest along the axis. Where an effect grows along the axis, it is the greatest there, and
 * farthest from where chance decides.
 */
export function lastPair(scenario: ScenarioResult, arms: Arms, figure: FigureName): Pair | null {
  return pairsOf(scenario, arms, figure).at(-1) ?? null;
}

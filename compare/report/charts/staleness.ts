/** Pictures of how old the newest value handled is, over the time of a run. */

import type { ArmResult, Clock, Run, ScenarioResult } from "../../results.ts";
import { SCENARIO_TEXTS } from "../scenario_texts.ts";
import { formatPlace } from "../tables.ts";
import { formatValue } from "../units.ts";
import { type Axis, logAxis, timeAxis } from "./axis.ts";
import { armOf } from "./lines.ts";
import type { Line, Panel } from "./panel.ts";

/**
 * Makes a panel for each point: every valid repetition as a line, the one with the median staleness thick.
 *
 * @param scenario The scenario, with at least one point.
 * @param clock How sure the clocks are.
 * @returns The panels, which share their axes.
 */
export function stalenessPanels(
  { name, arms, points }: ScenarioResult,
  clock: Clock | null,
): Panel[] {
  const samples = points.flatMap((point) => point.arms).flatMap(validRuns)
    .flatMap(({ staleness }) => staleness);
  const x = timeAxis(samples.map(([seconds]) => seconds));
  const y = logAxis(samples.map(([, micros]) => micros), (value) => formatValue(value, "micros"));
  return points.map((point) => ({
    title: `staleness with ${SCENARIO_TEXTS[name].place.replace("%", formatPlace(point.x))}`,
    x,
    y,
    lines: arms.flatMap((name, arm) => linesOf(armOf(point.arms, name), arm, x, y)),
    ...clock && { unsureBelow: y.place(clock.uncertainty) },
  }));
}

function linesOf(result: ArmResult | undefined, arm: number, x: Axis, y: Axis): Line[] {
  if (!result) return [];
  const runs = validRuns(result);
  const middle = medianRun(runs);
  return runs.map((run) => ({
    arm,
    look: run === middle ? "thick" : "thin",
    ...run === middle && { name: result.arm },
    points: run.staleness.map(([seconds, micros]) => ({ x: x.place(seconds), y: y.place(micros) })),
  }));
}

function validRuns({ runs }: ArmResult): Run[] {
  return runs.filter(({ invalid }) => invalid === null);
}

function medianRun(runs: readonly Run[]): Run | undefined {
  const sorted = runs.filter(({ figures }) => figures.staleness !== null)
    .toSorted((a, b) => a.figures.staleness! - b.figures.staleness!);
  return sorted[sorted.length >> 1] ?? runs[0];
}

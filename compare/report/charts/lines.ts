/** Pictures of figures along the axis of a scenario. */

import type { ArmResult, Clock, FigureName, ScenarioResult } from "../../results.ts";
import { FIGURE_TEXTS, SCENARIO_TEXTS } from "../scenario_texts.ts";
import { formatPlace } from "../tables.ts";
import { formatValue } from "../units.ts";
import { type Axis, logAxis, logPointsAxis, sideBySideAxis, zeroAxis } from "./axis.ts";
import type { Line, Panel } from "./panel.ts";

/** Figures that share an axis upwards, a panel each. */
export interface Family {
  readonly figures: readonly FigureName[];
  /** A logarithmic axis, or one from zero. */
  readonly scale: "log" | "zero";
}

/**
 * Makes a panel for each figure: its median and spread for each arm at each point.
 *
 * @param scenario The scenario, with at least one point.
 * @param families The figures.
 * @param clock How sure the clocks are.
 * @returns The panels; those that have nothing to show are left out. Where a point is at zero, the points stand side by side, else on a logarithmic axis.
 */
export function figurePanels(
  scenario: ScenarioResult,
  families: readonly Family[],
  clock: Clock | null,
): Panel[] {
  const places = scenario.points.map(({ x }) => x);
  const { axis } = SCENARIO_TEXTS[scenario.name];
  const x = places.includes(0)
    ? sideBySideAxis(places, formatPlace, axis)
    : logPointsAxis(places, formatPlace, axis);
  const panels = families.flatMap(({ figures, scale }): Panel[] => {
    const y = axisUpwards(scenario, figures, scale);
    return figures.map((figure) => ({
      title: FIGURE_TEXTS[figure].head,
      x,
      y,
      lines: scenario.arms.map((name, arm) => lineOf(scenario, name, arm, figure, x, y)),
      ...clock && FIGURE_TEXTS[figure].crossesClocks &&
        { unsureBelow: y.place(clock.uncertainty) },
    }));
  });
  const filled = panels.filter(({ lines }) => lines?.some(({ points }) => points.length > 0));
  return filled.length > 0 ? filled : panels;
}

function axisUpwards(
  scenario: ScenarioResult,
  figures: readonly FigureName[],
  scale: Family["scale"],
): Axis {
  const { quantity } = FIGURE_TEXTS[figures[0]];
  const spreads = scenario.points.flatMap(({ arms }) => arms)
    .flatMap((arm) => figures.map((name) => arm.figures[name]))
    .filter((spread) => spread !== null);
  const values = spreads.flatMap(({ least, greatest }) => [least, greatest]);
  const makeAxis = scale === "log" ? logAxis : zeroAxis;
  return makeAxis(values, (value) => formatValue(value, quantity));
}

function lineOf(
  { points }: ScenarioResult,
  name: string,
  arm: number,
  figure: FigureName,
  x: Pick<Axis, "place">,
  y: Axis,
): Line {
  const found = points.flatMap((point) => {
    const spread = armOf(point.arms, name)?.figures[figure] ?? null;
    if (spread === null) return [];
    return [{
      x: x.place(point.x),
      y: y.place(spread.median),
      least: y.place(spread.least),
      greatest: y.place(spread.greatest),
    }];
  });
  return { arm, name, look: "points", points: found };
}

/** The result of an arm, by its name: after an interruption some are missing. */
export function armOf(arms: readonly ArmResult[], name: string): ArmResult | undefined {
  return arms.find(({ arm }) => arm === name);
}

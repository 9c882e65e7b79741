/** Pictures with bars: how long a burst takes, and what a change's time is made of. */

import type { ArmResult, FigureName, PointResult, ScenarioResult } from "../../results.ts";
import { FIGURE_TEXTS, SCENARIO_TEXTS } from "../scenario_texts.ts";
import { formatPlace } from "../tables.ts";
import { formatValue } from "../units.ts";
import { type Axis, sideBySideAxis, zeroAxis } from "./axis.ts";
import { armOf } from "./lines.ts";
import type { Box, Mark, Panel } from "./panel.ts";
import { PARTS, type Theme } from "./theme.ts";

/** How wide half a bar is, in parts of the room for it. */
const HALF = 0.3;

/** The parts of a change's time, in their order. */
const PART_FIGURES: readonly FigureName[] = ["notificationP50", "readP50", "handshakeP50"];

/**
 * Makes a panel for each size of a burst: the median as a bar for each arm, its spread, and every repetition.
 *
 * @param scenario The scenario, with at least one point.
 * @param theme The colours.
 * @returns The panels, each with an axis of its own, from zero.
 */
export function burstPanels({ name, arms, points }: ScenarioResult, theme: Theme): Panel[] {
  const { main, place } = SCENARIO_TEXTS[name];
  const x = sideBySideAxis(arms, String, "");
  return points.map((point) => {
    const found = arms.map((arm) => armOf(point.arms, arm));
    const values = found.flatMap((arm) => arm ? valuesOf(arm, main) : []);
    const room = Math.max(0, ...values) * 1.12; // for the values above the bars
    const y = zeroAxis([room], (value) => formatValue(value, "micros"));
    return {
      title: place.replace("%", formatPlace(point.x)),
      x,
      y,
      boxes: found.flatMap((arm, index) => barOf(arm, index, main, theme)),
      marks: found.flatMap((arm, index) => arm ? marksOf(arm, index, main) : []),
    };
  });
}

/**
 * Makes a panel for each point: for each arm a bar of the medians of its parts, one after another.
 *
 * @param scenario The scenario, with at least one point.
 * @returns The panels, which share their axes.
 */
export function anatomyPanels({ name, arms, points }: ScenarioResult): Panel[] {
  const sums = points.flatMap((point) => point.arms)
    .map((arm) => partsOf(arm).reduce((sum, part) => sum + part, 0));
  const x = zeroAxis(sums, (value) => formatValue(value, "micros"), "time since the write");
  const y = sideBySideAxis(arms.toReversed(), String, "");
  return points.map((point) => ({
    title: SCENARIO_TEXTS[name].place.replace("%", formatPlace(point.x)),
    x,
    y,
    rules: "x",
    boxes: point.arms.flatMap((arm) => partBoxes(arm, y)),
  }));
}

/** What the fills of {@linkcode anatomyPanels} stand for. */
export function anatomyKey(): { fill: string; name: string }[] {
  return PART_FIGURES.map((figure, index) => ({
    fill: PARTS[index].fill,
    name: FIGURE_TEXTS[figure].head,
  }));
}

function barOf(
  arm: ArmResult | undefined,
  index: number,
  figure: FigureName,
  theme: Theme,
): Box[] {
  const spread = arm?.figures[figure];
  if (!spread) return [];
  const fill = theme.arms[index % theme.arms.length];
  return [{ from: [index - HALF, 0], to: [index + HALF, spread.median], fill, opacity: 0.45 }];
}

/** The repetitions stand beside the spread, so that both are seen. */
function marksOf(arm: ArmResult, index: number, figure: FigureName): Mark[] {
  const spread = arm.figures[figure];
  if (!spread) return [];
  const { median, least, greatest } = spread;
  const values = valuesOf(arm, figure);
  return [
    { arm: index, x: index - HALF / 2, y: median, least, greatest },
    ...values.map((value, repetition) => ({
      arm: index,
      x: index + HALF * (repetition + 1) / (values.length + 1),
      y: value,
    })),
    { arm: index, x: index, y: greatest, text: formatValue(median, "micros") },
  ];
}

function valuesOf({ runs }: PointResult["arms"][number], figure: FigureName): number[] {
  return runs.filter(({ invalid }) => invalid === null)
    .map(({ figures }) => figures[figure])
    .filter((value) => value !== null);
}

function partsOf({ figures }: ArmResult): number[] {
  return PART_FIGURES.map((figure) => figures[figure]?.median ?? 0);
}

function partBoxes(arm: ArmResult, y: Omit<Axis, "place"> & { place(arm: string): number }): Box[] {
  const at = y.place(arm.arm);
  let end = 0;
  return partsOf(arm).map((part, index) => {
    const from = [end, at - HALF] as const;
    end += part;
    const { fill, text: textColour } = PARTS[index];
    return { from, to: [end, at + HALF], fill, text: formatValue(part, "micros"), textColour };
  });
}

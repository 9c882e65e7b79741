/** Pictures of distributions: which part of the changes was read within which time. */

import type { Clock, Distribution, ScenarioResult } from "../../results.ts";
import { SCENARIO_TEXTS } from "../scenario_texts.ts";
import { formatPlace } from "../tables.ts";
import { formatValue } from "../units.ts";
import { logAxis, ninesAxis } from "./axis.ts";
import { armOf } from "./lines.ts";
import type { Panel } from "./panel.ts";

/** Beyond this percentile nothing is shown; the longest of all stands in the table. */
const GREATEST = 99.99;

/**
 * Makes a panel for each point: the time difference at each percentile, a line for each arm.
 *
 * @param scenario The scenario, with at least one point.
 * @param clock How sure the clocks are.
 * @returns The panels, which share their axes.
 */
export function percentilePanels(
  { name, arms, points }: ScenarioResult,
  clock: Clock | null,
): Panel[] {
  const all = points.flatMap((point) => point.arms)
    .flatMap(({ merged }) => shown(merged.timeDifference));
  const x = ninesAxis(Math.max(0, ...all.map(([percentile]) => percentile)));
  const y = logAxis(all.map(([, micros]) => micros), (value) => formatValue(value, "micros"));
  return points.map((point) => ({
    title: `time difference, ${SCENARIO_TEXTS[name].place.replace("%", formatPlace(point.x))}`,
    x,
    y,
    lines: arms.map((name, arm) => {
      const result = armOf(point.arms, name);
      const curve = result ? shown(result.merged.timeDifference) : [];
      const places = curve.map(([percentile, micros]) => ({
        x: x.place(percentile),
        y: y.place(micros),
      }));
      return { arm, name, look: "thick", points: places };
    }),
    ...clock && { unsureBelow: y.place(clock.uncertainty) },
  }));
}

function shown({ curve }: Distribution): Distribution["curve"] {
  return curve.filter(([percentile]) => percentile <= GREATEST);
}

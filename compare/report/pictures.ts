/** The pictures of the report: one for each scenario. */

import { anatomyKey, anatomyPanels, burstPanels } from "./charts/bars.ts";
import { type Family, figurePanels } from "./charts/lines.ts";
import { drawPanels } from "./charts/draw.ts";
import type { Layout, Panel } from "./charts/panel.ts";
import { percentilePanels } from "./charts/percentiles.ts";
import { stalenessPanels } from "./charts/staleness.ts";
import { type Theme, type ThemeName, THEMES } from "./charts/theme.ts";
import type { Clock, FigureName, ScenarioName, ScenarioResult } from "../results.ts";
import { SCENARIO_TEXTS } from "./scenario_texts.ts";

/** A picture before it is drawn. */
interface Sketch {
  readonly panels: readonly Panel[];
  readonly layout: Layout;
}

/** Sketches the picture of a scenario. */
type Sketcher = (scenario: ScenarioResult, clock: Clock | null, theme: Theme) => Sketch;

const SHADE_CAPTION =
  "Where the ground is grey, durations are shorter than the clocks are sure of.";

const LATENCY: readonly FigureName[] = ["timeDifferenceP50", "timeDifferenceP99"];

const SKETCHERS: Readonly<Record<ScenarioName, Sketcher>> = {
  rates: sketchFigures([{ figures: LATENCY, scale: "log" }]),
  waiting: sketchStaleness,
  computing: sketchStaleness,
  noise: sketchFigures([{ figures: LATENCY, scale: "log" }, {
    figures: ["cpuLoad"],
    scale: "zero",
  }]),
  replica: sketchPercentiles,
  listeners: sketchFigures([
    { figures: LATENCY, scale: "log" },
    { figures: ["serverCpuPer1000"], scale: "zero" },
  ]),
  burst: sketchBurst,
  anatomy: sketchAnatomy,
};

/**
 * Draws the picture of a scenario.
 *
 * @param scenario The scenario, with at least one point.
 * @param clock How sure the clocks are.
 * @param themeName What it is drawn for.
 * @returns An SVG on a transparent ground: the same for the same figures, its ids its own.
 */
export function drawPicture(
  scenario: ScenarioResult,
  clock: Clock | null,
  themeName: ThemeName,
): string {
  const theme = THEMES[themeName];
  const { panels, layout } = SKETCHERS[scenario.name](scenario, clock, theme);
  return drawPanels(`${scenario.name}-${themeName}`, panels, layout, theme);
}

/**
 * Tells whether there is anything to draw for a scenario.
 *
 * @param scenario The scenario.
 * @returns Whether it has a valid repetition.
 */
export function hasPicture({ points }: ScenarioResult): boolean {
  return points.some(({ arms }) =>
    arms.some(({ runs }) => runs.some((run) => run.invalid === null))
  );
}

/**
 * Says what is to be seen in the picture of a scenario.
 *
 * @param scenario The scenario, with at least one point.
 * @param clock How sure the clocks are.
 * @returns Sentences.
 */
export function captionOf(scenario: ScenarioResult, clock: Clock | null): string {
  const { caption } = SCENARIO_TEXTS[scenario.name];
  const { panels } = SKETCHERS[scenario.name](scenario, clock, THEMES.light);
  const isShaded = panels.some(({ y, unsureBelow = -Infinity }) => unsureBelow > y.min);
  return isShaded ? `${caption} ${SHADE_CAPTION}` : caption;
}

/**
 * Describes the picture of a scenario for those who cannot see it.
 *
 * @param scenario The scenario, with at least one point.
 * @param clock How sure the clocks are.
 * @returns Sentences.
 */
export function describePicture(scenario: ScenarioResult, clock: Clock | null): string {
  const { title } = SCENARIO_TEXTS[scenario.name];
  const arms = scenario.arms.join(" and ");
  const caption = captionOf(scenario, clock);
  return `${title} Picture for ${arms}. ${caption} The figures are in the table below.`;
}

function sketchFigures(families: readonly Family[]): Sketcher {
  return function sketch(scenario, clock) {
    const panels = figurePanels(scenario, families, clock);
    return { panels, layout: { columns: panels.length, height: 250 } };
  };
}

function sketchStaleness(scenario: ScenarioResult, clock: Clock | null): Sketch {
  return { panels: stalenessPanels(scenario, clock), layout: { columns: 1, height: 130 } };
}

function sketchPercentiles(scenario: ScenarioResult, clock: Clock | null): Sketch {
  return { panels: percentilePanels(scenario, clock), layout: { columns: 2, height: 250 } };
}

function sketchBurst(scenario: ScenarioResult, _clock: Clock | null, theme: Theme): Sketch {
  return { panels: burstPanels(scenario, theme), layout: { columns: 3, height: 230 } };
}

function sketchAnatomy(scenario: ScenarioResult): Sketch {
  const { arms } = scenario;
  const layout = { columns: 1, height: arms.length * 54, key: anatomyKey() };
  return { panels: anatomyPanels(scenario), layout };
}

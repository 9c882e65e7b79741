/** The pictures of the report: one for each scenario. */

import { drawSketch, type Sketch } from "../../charts/draw.ts";
import {
  anatomyPanels,
  burstPanels,
  type Family,
  figurePanels,
  partNames,
  percentilePanels,
  stalenessPanels,
} from "./panels.ts";
import { PARTS, type ThemeName, THEMES } from "../../charts/theme.ts";
import type { Clock, FigureName, ScenarioName, ScenarioResult } from "../results.ts";
import { SCENARIO_TEXTS } from "./scenario_texts.ts";

/** Sketches the picture of a scenario. */
type Sketcher = (scenario: ScenarioResult, clock: Clock | null) => Sketch;

const SHADE_CAPTION =
  "Where the ground is grey, durations are shorter than the clocks are sure of.";

const LATENCY: readonly FigureName[] = ["timeDifferenceP50", "timeDifferenceP99"];

const SKETCHERS: Readonly<Record<ScenarioName, Sketcher>> = {
  rates: sketchFigures([{ figures: LATENCY, scale: "log" }]),
  waiting: sketchStaleness,
  computing: sketchStaleness,
  noise: sketchFigures([{ figures: LATENCY, scale: "log" }, {
    figures: ["cpuLoad"],
    scale: "value",
  }]),
  replica: sketchPercentiles,
  listeners: sketchFigures([
    { figures: LATENCY, scale: "log" },
    { figures: ["serverCpuPer1000"], scale: "value" },
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
  const sketch = SKETCHERS[scenario.name](scenario, clock);
  return drawSketch(`${scenario.name}-${themeName}`, sketch, THEMES[themeName]);
}

/**
 * Tells whether there is anything to draw for a scenario.
 *
 * @param scenario The scenario.
 * @returns Whether it has a valid repetition.
 */
export function hasPicture({ points }: ScenarioResult): boolean {
  return points.some(({ variants }) =>
    variants.some(({ runs }) => runs.some((run) => run.invalid === null))
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
  const { panels } = SKETCHERS[scenario.name](scenario, clock);
  const isShaded = panels.some(({ unsure }) => unsure);
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
  const variants = scenario.variants.join(" and ");
  const caption = captionOf(scenario, clock);
  return `${title} Picture for ${variants}. ${caption} The figures are in the table below.`;
}

function sketchFigures(families: readonly Family[]): Sketcher {
  return function sketch(scenario, clock) {
    const panels = figurePanels(scenario, families, clock);
    return { panels, columns: panels.length, height: 320, legend: scenario.variants };
  };
}

function sketchStaleness(scenario: ScenarioResult, clock: Clock | null): Sketch {
  const panels = stalenessPanels(scenario, clock);
  return { panels, columns: 1, height: 220, legend: scenario.variants };
}

function sketchPercentiles(scenario: ScenarioResult, clock: Clock | null): Sketch {
  const panels = percentilePanels(scenario, clock);
  return { panels, columns: 2, height: 320, legend: scenario.variants };
}

function sketchBurst(scenario: ScenarioResult): Sketch {
  return { panels: burstPanels(scenario), columns: 3, height: 300, legend: [] };
}

function sketchAnatomy(scenario: ScenarioResult): Sketch {
  const height = 90 + scenario.variants.length * 54;
  const panels = anatomyPanels(scenario);
  return { panels, columns: 1, height, legend: partNames(), colours: PARTS };
}

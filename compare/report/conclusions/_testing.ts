/** Builds results for tests, from the medians alone. */

import {
  type ArmResult,
  type Distribution,
  DURATION_NAMES,
  FIGURE_NAMES,
  type FigureName,
  type Figures,
  FORMAT,
  type PointResult,
  type Results,
  type ScenarioName,
  type ScenarioResult,
  type Spread,
} from "../../results.ts";

/** Medians by figure; a spread stands for itself, and what is not there was not measured. */
export type Medians = Readonly<Partial<Record<FigureName, number | Spread | null>>>;

/** A point: its place, the rate, and the medians of each arm. */
export type Place = readonly [
  x: number,
  rate: number | null,
  arms: Readonly<Record<string, Medians>>,
];

const NOTHING: Distribution = {
  count: 0,
  p50: null,
  p90: null,
  p99: null,
  p999: null,
  max: null,
  curve: [],
};

/** A scenario. Every repetition lies within 2 % of the median. */
export function buildScenario(name: ScenarioName, places: readonly Place[]): ScenarioResult {
  const arms = Object.keys(places[0]?.[2] ?? {});
  return { name, skipped: null, arms, conditions: "", points: places.map(buildPoint) };
}

/** Results that hold nothing but scenarios. */
export function buildResults(scenarios: readonly ScenarioResult[]): Results {
  return {
    format: FORMAT,
    beganAt: "2026-11-24T00:00:00Z",
    seconds: 1,
    command: "",
    quick: false,
    interrupted: false,
    machine: { cpu: "", cores: 2, memoryBytes: 1, system: "" },
    servers: [],
    versions: {},
    settings: {},
    clock: null,
    repetitions: 5,
    scenarios,
  };
}

/** The same with other figures. */
export function mapFigures(
  scenario: ScenarioResult,
  change: (spread: Spread, arm: string) => Spread | null,
): ScenarioResult {
  return {
    ...scenario,
    points: scenario.points.map((point) => ({
      ...point,
      arms: point.arms.map((result) => ({
        ...result,
        figures: figuresOf((name) => {
          const spread = result.figures[name];
          return spread && change(spread, result.arm);
        }),
      })),
    })),
  };
}

/** The same where each arm has the figures of the other. */
export function swapArms(scenario: ScenarioResult): ScenarioResult {
  return {
    ...scenario,
    points: scenario.points.map((point) => ({
      ...point,
      arms: point.arms.map((result, index) => ({
        ...result,
        figures: point.arms[point.arms.length - 1 - index].figures,
      })),
    })),
  };
}

function buildPoint([x, rate, arms]: Place): PointResult {
  return { x, rate, arms: Object.entries(arms).map(buildArm) };
}

function buildArm([arm, medians]: [string, Medians]): ArmResult {
  const merged = Object.fromEntries(DURATION_NAMES.map((name) => [name, NOTHING]));
  return {
    arm,
    runs: [],
    merged: merged as ArmResult["merged"],
    figures: figuresOf((name) => toSpread(medians[name] ?? null)),
  };
}

function figuresOf(figureOf: (name: FigureName) => Spread | null): Figures {
  return Object.fromEntries(FIGURE_NAMES.map((name) => [name, figureOf(name)])) as Figures;
}

function toSpread(median: number | Spread | null): Spread | null {
  return typeof median === "number"
    ? { median, least: 0.98 * median, greatest: 1.02 * median }
    : median;
}

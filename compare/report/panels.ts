/** From the figures of a scenario to the panels of its picture. */

import type {
  Clock,
  FigureName,
  PointResult,
  Run,
  ScenarioResult,
  Spread,
  VariantResult,
} from "../results.ts";
import { FIGURE_TEXTS, SCENARIO_TEXTS } from "./scenario_texts.ts";
import { formatPlace } from "./tables.ts";
import { formatValue, type Quantity } from "./units.ts";
import type { Axis, Panel, Series } from "../../charts/draw.ts";
import { SHAPES } from "../../charts/theme.ts";

/** Figures that share an axis upwards, a panel each. */
export interface Family {
  readonly figures: readonly FigureName[];
  /** A logarithmic axis, or one from zero. */
  readonly scale: "log" | "value";
}

/** The parts of a change's time, in their order. */
const PART_FIGURES: readonly FigureName[] = ["notificationP50", "readP50", "handshakeP50"];

/** What each nine more of a percentile is called. */
const NINES = ["0", "90", "99", "99.9", "99.99"];

/** Beyond this percentile nothing is shown; the longest of all stands in the table. */
const GREATEST = 99.99;

/**
 * Makes a panel for each figure: its median and spread for each variant at each point.
 *
 * @param scenario The scenario, with at least one point.
 * @param families The figures.
 * @param clock How sure the clocks are.
 * @returns The panels; those that have nothing to show are left out.
 */
export function figurePanels(
  { name, variants, points }: ScenarioResult,
  families: readonly Family[],
  clock: Clock | null,
): Panel[] {
  const x: Axis = {
    type: "category",
    name: SCENARIO_TEXTS[name].axis,
    data: points.map(({ x }) => formatPlace(x)),
    axisLabel: { interval: 0, hideOverlap: false },
  };
  const panels = families.flatMap(({ figures, scale }) => {
    const shown = points.flatMap(({ variants }) => variants)
      .flatMap((variant) => figures.map((figure) => variant.figures[figure]))
      .filter((spread) => spread !== null);
    const y = upwards(
      shown.flatMap(({ least, greatest }) => [least, greatest]),
      scale,
      FIGURE_TEXTS[figures[0]].quantity,
    );
    return figures.map((figure): Panel => ({
      title: FIGURE_TEXTS[figure].head,
      x,
      y: y.axis,
      series: variants.flatMap((variant, index) =>
        spreadLines(
          variant,
          index,
          points.map(({ variants }) => figureOf(variants, variant, figure)),
          y.floor,
        )
      ),
      ...FIGURE_TEXTS[figure].crossesClocks && unsure(clock, y.floor),
    }));
  });
  const filled = panels.filter(({ series }) => series.some(hasData));
  return filled.length > 0 ? filled : panels;
}

/**
 * Makes a panel for each point: the staleness of every valid repetition over the time of the run, the
 * repetition with the median staleness thick.
 *
 * @param scenario The scenario, with at least one point.
 * @param clock How sure the clocks are.
 * @returns The panels, which share their axes.
 */
export function stalenessPanels(scenario: ScenarioResult, clock: Clock | null): Panel[] {
  const { name, variants, points } = scenario;
  const samples = points.flatMap((point) => point.variants).flatMap(validRuns)
    .flatMap(({ staleness }) => staleness);
  const end = Math.max(0, ...samples.map(([seconds]) => seconds));
  const x: Axis = {
    type: "value",
    name: "time in the run (s)",
    max: end || 1,
    axisLabel: { showMaxLabel: false },
  };
  const y = upwards(samples.map(([, micros]) => micros), "log", "micros");
  return points.map((point) => ({
    title: `staleness with ${SCENARIO_TEXTS[name].place.replace("%", formatPlace(point.x))}`,
    x,
    y: y.axis,
    series: variants.flatMap((name, index) =>
      runLines(variantOf(point.variants, name), index, y.floor)
    ),
    ...unsure(clock, y.floor),
  }));
}

/**
 * Makes a panel for each point: the time difference at each percentile, a line for each variant. Each nine more of
 * the percentile has as much room as the one before.
 *
 * @param scenario The scenario, with at least one point.
 * @param clock How sure the clocks are.
 * @returns The panels, which share their axes.
 */
export function percentilePanels(
  { name, variants, points }: ScenarioResult,
  clock: Clock | null,
): Panel[] {
  const curveOf = (variant?: VariantResult) =>
    (variant?.merged.timeDifference.curve ?? []).filter(([percentile]) => percentile <= GREATEST);
  const y = upwards(
    points.flatMap(({ variants }) => variants).flatMap(curveOf).map(([, micros]) => micros),
    "log",
    "micros",
  );
  const x: Axis = {
    type: "value",
    name: "percentile of the changes",
    interval: 1,
    axisLabel: { formatter: (nines: number) => NINES[nines] ?? "" },
  };
  return points.map((point) => ({
    title: `time difference, ${SCENARIO_TEXTS[name].place.replace("%", formatPlace(point.x))}`,
    x,
    y: y.axis,
    series: variants.map((variant, index) => ({
      ...lineOf(variant, index),
      showSymbol: false,
      data: curveOf(variantOf(point.variants, variant)).map(([percentile, micros]) => [
        -Math.log10(1 - percentile / 100),
        Math.max(micros, y.floor),
      ]),
    })),
    ...unsure(clock, y.floor),
  }));
}

/**
 * Makes a panel for each size of a burst: the median as a bar for each variant, and every repetition.
 *
 * @param scenario The scenario, with at least one point.
 * @returns The panels, each with an axis of its own, from zero.
 */
export function burstPanels({ name, variants, points }: ScenarioResult): Panel[] {
  const { main, place } = SCENARIO_TEXTS[name];
  return points.map((point) => {
    const medians = variants.map((variant) =>
      figureOf(point.variants, variant, main)?.median ?? null
    );
    const labels = variants.map((variant, index) =>
      medians[index] === null ? variant : `${variant}\n${formatValue(medians[index], "micros")}`
    );
    return {
      title: place.replace("%", formatPlace(point.x)),
      x: { type: "category", data: labels, axisLabel: { interval: 0, lineHeight: 18 } },
      y: upwards([], "value", "micros").axis,
      series: [
        ...variants.map((variant, index): Series => ({
          type: "scatter",
          name: variant,
          symbol: SHAPES[index % SHAPES.length].symbol,
          symbolSize: 8,
          data: validRuns(variantOf(point.variants, variant)).map((
            { figures },
          ) => [index, figures[main]]),
          z: 3,
        })),
        { type: "bar", colorBy: "data", data: medians, itemStyle: { opacity: 0.45 } },
      ],
    };
  });
}

/**
 * Makes a panel for each point: for each variant a bar of the medians of its parts, one after another.
 *
 * @param scenario The scenario, with at least one point.
 * @returns The panels.
 */
export function anatomyPanels({ name, variants, points }: ScenarioResult): Panel[] {
  return points.map((point) => ({
    title: SCENARIO_TEXTS[name].place.replace("%", formatPlace(point.x)),
    x: {
      ...upwards([], "value", "micros").axis,
      name: "time since the write",
      splitLine: { show: true },
    } as Axis,
    y: { type: "category", data: [...variants], inverse: true, splitLine: { show: false } },
    series: PART_FIGURES.map((figure) => ({
      type: "bar",
      name: FIGURE_TEXTS[figure].head,
      stack: "parts",
      data: variants.map((variant) => figureOf(point.variants, variant, figure)?.median ?? null),
      label: {
        show: true,
        color: "#000000",
        fontSize: 13,
        formatter: ({ value }) => formatValue(value as number, "micros"),
      },
    })),
  }));
}

/** The names of the parts in {@linkcode anatomyPanels}. */
export function partNames(): string[] {
  return PART_FIGURES.map((figure) => FIGURE_TEXTS[figure].head);
}

/** An axis for measured values. A logarithmic one goes from a power of ten, its floor, to another. */
function upwards(
  values: readonly number[],
  scale: Family["scale"],
  quantity: Quantity,
): { axis: Axis; floor: number } {
  const axisLabel = { formatter: (value: number) => value ? formatValue(value, quantity) : "0" };
  if (scale === "value") return { axis: { type: "value", axisLabel }, floor: 0 };
  const positive = values.filter((value) => value > 0);
  const [least, greatest] = positive.length > 0
    ? [Math.min(...positive), Math.max(...positive)]
    : [1, 10];
  const floor = 10 ** Math.floor(Math.log10(least));
  const max = Math.max(10 * floor, 10 ** Math.ceil(Math.log10(greatest)));
  return { axis: { type: "log", min: floor, max, axisLabel }, floor };
}

function unsure(clock: Clock | null, floor: number): Pick<Panel, "unsure"> {
  return clock && clock.uncertainty > floor ? { unsure: [floor, clock.uncertainty] } : {};
}

function lineOf(name: string, index: number) {
  const { symbol, lineType } = SHAPES[index % SHAPES.length];
  const type = typeof lineType === "string" ? lineType : [...lineType];
  return { type: "line", name, symbol, symbolSize: 9, lineStyle: { type, width: 2.2 } } as const;
}

/**
 * A line through the medians; ECharts' marked lines reach from the least to the greatest. For these it makes no
 * room on the axis: points that are not seen do.
 */
function spreadLines(
  name: string,
  index: number,
  spreads: readonly (Spread | null)[],
  floor: number,
): Series[] {
  const ends = spreads.flatMap((spread, at) =>
    spread
      ? [[spread.least, spread.greatest].map((value) => ({ coord: [at, Math.max(value, floor)] }))]
      : []
  );
  const line: Series = {
    ...lineOf(name, index),
    data: spreads.map((spread) => spread && Math.max(spread.median, floor)),
    markLine: {
      symbol: "rect",
      symbolSize: [9, 1.5],
      lineStyle: { type: "solid", width: 1.5 },
      label: { show: false },
      data: ends as [{ coord: number[] }, { coord: number[] }][],
    },
  };
  const greatest = spreads.map((spread) => spread && Math.max(spread.greatest, floor));
  return [line, { type: "scatter", name, symbolSize: 0, data: greatest }];
}

function runLines(variant: VariantResult | undefined, index: number, floor: number): Series[] {
  const runs = validRuns(variant);
  const middle = medianRun(runs);
  return runs.toSorted((a, b) => Number(b === middle) - Number(a === middle)) // the legend shows the first
    .map((run) => ({
      ...lineOf(variant!.variant, index),
      showSymbol: false,
      data: run.staleness.map(([seconds, micros]) => [seconds, Math.max(micros, floor)]),
      ...run === middle ? { z: 3 } : { lineStyle: { type: "solid", width: 0.8, opacity: 0.45 } },
    }));
}

function medianRun(runs: readonly Run[]): Run | undefined {
  const sorted = runs.filter(({ figures }) => figures.staleness !== null)
    .toSorted((a, b) => a.figures.staleness! - b.figures.staleness!);
  return sorted[sorted.length >> 1] ?? runs[0];
}

function validRuns(variant: VariantResult | undefined): Run[] {
  return variant?.runs.filter(({ invalid }) => invalid === null) ?? [];
}

/** The result of a variant, by its name: after an interruption some are missing. */
function variantOf(variants: PointResult["variants"], name: string): VariantResult | undefined {
  return variants.find(({ variant }) => variant === name);
}

function figureOf(
  variants: PointResult["variants"],
  name: string,
  figure: FigureName,
): Spread | null {
  return variantOf(variants, name)?.figures[figure] ?? null;
}

function hasData({ data }: Series): boolean {
  return (data as unknown[]).some((value) => value !== null);
}

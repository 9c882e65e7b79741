/** The pictures of the report: differences between variants, with intervals, and the cost of many listeners. */

import { type Axis, drawSketch, type Panel, type Series, type Sketch } from "../../charts/draw.ts";
import { type ThemeName, THEMES } from "../../charts/theme.ts";
import type { Effect } from "../../statistics/effect.ts";
import { medianOf } from "../../statistics/percentiles.ts";
import type { Crowd, Results } from "../results.ts";
import { costOf } from "../scale/fit.ts";
import { fitsOf } from "../scale/scale.ts";
import { compareFigure, cpuAt, type Figure, loadsOf, P50, pointsAt } from "./figures.ts";
import { formatMicros, formatRatio, twoDigits } from "./format.ts";
import { nameLoad, REFERENCE } from "./costs_tables.ts";
import { type Duel, DUEL_FIGURES, duelsOf, effectIn } from "./patterns_tables.ts";

/** A picture of the report. */
export interface Picture {
  /** Its file's name without extension. */
  readonly name: string;
  /** What it shows. */
  readonly caption: string;
  readonly sketch: Sketch;
}

/** A comparison with a reference. */
interface Row {
  readonly name: string;
  readonly effect: Effect;
}

const ROW_HEIGHT = 26;
const PANEL_EDGES = 84;

/**
 * Draws what each mechanism costs relative to the reference, at each load on the writer's node.
 *
 * @param results The results.
 * @returns The picture; `undefined` if there are too few repetitions.
 */
export function costsPicture({ costs }: Results): Picture | undefined {
  const loads = loadsOf(costs).filter(({ node, noise }) => node === 0 && noise === 0);
  const panels = loads.flatMap((load) => {
    const here = pointsAt(costs, load);
    const reference = here.find(({ variant }) => variant === REFERENCE);
    if (!reference) return [];
    return [P50, cpuAt(load.rate)].map((figure) => ({
      title: `${figure.head}, ${nameLoad(load)}`,
      rows: here.flatMap(({ variant, runs }): Row[] => {
        const effect = compareFigure(figure, runs, reference.runs);
        return effect && variant !== REFERENCE ? [{ name: variant, effect }] : [];
      }),
    }));
  });
  return effectsPicture("costs", 2, panels, `against ${REFERENCE}`);
}

/**
 * Draws how the callback differs from the loop.
 *
 * @param results The results.
 * @returns The picture; `undefined` if there are too few repetitions.
 */
export function patternsPicture(results: Results): Picture | undefined {
  const duels = duelsOf(results);
  const rowsOf = (figure: Figure) =>
    duels.flatMap((duel: Duel): Row[] => {
      const effect = effectIn(duel, figure);
      return effect ? [{ name: duel.name, effect }] : [];
    });
  const panels = DUEL_FIGURES.map((figure) => ({ title: figure.head, rows: rowsOf(figure) }));
  return effectsPicture("patterns", 2, panels, "callback against loop");
}

/**
 * Draws what a write costs the server, by number of listeners.
 *
 * @param results The results.
 * @returns The picture; `undefined` if nothing was measured.
 */
export function crowdsPicture(results: Results): Picture | undefined {
  const fits = fitsOf(results.crowds);
  const measured = results.crowds.filter(({ runs }) => runs.length > 0);
  if (measured.length === 0) return undefined;
  const channels = [...new Set(measured.map(({ channel }) => channel))];
  const ofChannel = (name: string) => measured.filter(({ channel }) => channel === name);
  const points = (name: string, valueOf: (crowd: Crowd) => number): Series => ({
    type: "scatter",
    name,
    symbolSize: 8,
    data: ofChannel(name).map((crowd) => [crowd.listeners, valueOf(crowd)]),
  });
  const line = (name: string, valueOf: (crowd: Crowd) => number): Series => ({
    type: "line",
    name,
    symbol: "none",
    endLabel: { show: true, formatter: name, color: "inherit" },
    data: ofChannel(name).map((crowd) => [crowd.listeners, valueOf(crowd)]),
  });
  const median = (of: (run: Crowd["runs"][number]) => number) => ({ runs }: Crowd) =>
    medianOf(runs.map(of));
  const panel = (title: string, series: readonly Series[]): Panel => ({
    title,
    x: { type: "log", name: "listeners" },
    y: { type: "log", axisLabel: { formatter: (micros: number) => formatMicros(micros) } },
    series,
  });
  const [cpu, p50] = [median(({ serverCpu }) => serverCpu), median(({ p50 }) => p50)];
  const fitted = (name: typeof channels[number]) => {
    const fit = fits[name];
    return fit ? ({ listeners }: Crowd) => costOf(fit.model, listeners) : cpu;
  };
  return {
    name: "listeners",
    caption: "What one write costs the server, and how long until a listener has read the value " +
      "(p50), against the number of listeners; both axes are logarithmic. Points are medians; the line at the left is " +
      "the fit.",
    sketch: {
      panels: [
        panel(
          "server's CPU time for a write, and its fit",
          channels.flatMap((name) => [points(name, cpu), line(name, fitted(name))]),
        ),
        panel(
          "time until a listener has the value, p50",
          channels.flatMap((name) => [points(name, p50), line(name, p50)]),
        ),
      ],
      columns: 2,
      height: 320,
      legend: channels,
    },
  };
}

/** Draws effects: in each row a point with its interval, with the same axis in all panels. */
function effectsPicture(
  name: string,
  columns: number,
  panels: readonly { readonly title: string; readonly rows: readonly Row[] }[],
  what: string,
): Picture | undefined {
  const filled = panels.filter(({ rows }) => rows.length > 0);
  if (filled.length === 0) return undefined;
  const bounds = filled.flatMap(({ rows }) =>
    rows.flatMap(({ effect }) => [effect.low, effect.high])
  );
  const x: Axis = {
    type: "log",
    name: `times, ${what}`,
    min: Math.min(0.5, floorOf(Math.min(...bounds))),
    max: Math.max(2, ceilingOf(Math.max(...bounds))),
    axisLabel: { formatter: (value: number) => twoDigits(value) },
  };
  const rows = Math.max(...filled.map(({ rows }) => rows.length));
  return {
    name,
    caption: `Ratios of medians, ${what}, with their 95 % intervals, on a logarithmic axis. ` +
      "Hollow points are not distinguishable from 1.",
    sketch: {
      panels: filled.map(({ title, rows }) => effectsPanel(title, rows, x)),
      columns,
      height: PANEL_EDGES + rows * ROW_HEIGHT,
      legend: [],
    },
  };
}

function effectsPanel(title: string, rows: readonly Row[], x: Axis): Panel {
  const names = rows.map(({ name }) => name);
  const interval = ({ name, effect }: Row): Series => ({
    type: "line",
    name: "effect",
    symbol: "none",
    lineStyle: { width: 2 },
    data: [[effect.low, name], [effect.high, name]],
  });
  const points: Series = {
    type: "line",
    name: "effect",
    lineStyle: { width: 0 },
    symbolSize: 8,
    label: { show: true, position: "top", distance: 3, color: "inherit" },
    markLine: {
      symbol: "none",
      silent: true,
      label: { show: false },
      lineStyle: { type: "solid", width: 1, opacity: 0.5 },
      data: [{ xAxis: 1 }],
    },
    data: rows.map(({ name, effect }) => ({
      value: [effect.ratio, name],
      symbol: effect.verdict === "not distinguishable" ? "emptyCircle" : "circle",
      label: { formatter: formatRatio(effect.ratio) },
    })),
  };
  return {
    title,
    x,
    y: { type: "category", data: names, inverse: true, axisLabel: { interval: 0 } },
    series: [...rows.map(interval), points],
  };
}

/** Rounds down, or up, to the next 1, 2 or 5 times a power of ten. */
function floorOf(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [5, 2, 1].map((step) => step * power).find((step) => step <= value)!;
}

function ceilingOf(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value)!;
}

/**
 * Draws a picture.
 *
 * @param picture The picture.
 * @param themeName The background it is drawn for.
 * @returns An SVG with a transparent background, the same for the same figures, with unique ids.
 */
export function drawPicture({ name, sketch }: Picture, themeName: ThemeName): string {
  return drawSketch(`${name}-${themeName}`, sketch, THEMES[themeName]);
}

/** What stands in a plot, as ECharts wants it. */

import type * as echarts from "npm:echarts@^6.1.0";
import { CHARACTER, FONT, FONT_SIZE } from "./_plot.ts";
import type { Box, Line, Mark, Panel, Point } from "./panel.ts";
import { SHAPES, type Theme } from "./theme.ts";

export type Series =
  | echarts.LineSeriesOption
  | echarts.CustomSeriesOption
  | echarts.ScatterSeriesOption;

export function seriesOf(panel: Panel, index: number, theme: Theme): Series[] {
  const { lines = [], boxes = [], marks = [] } = panel;
  const axes = { xAxisIndex: index, yAxisIndex: index, silent: true };
  const spreads = [
    ...lines.flatMap(({ arm, points }) => points.map((point) => ({ ...point, arm }))),
    ...marks,
  ].filter(({ least }) => least !== undefined);
  const symbols = marks.filter(({ text, least }) => text === undefined && least === undefined);
  return [
    { ...axes, type: "custom", ...gridLines(panel, theme) },
    { ...axes, type: "custom", ...shaded(panel, theme) },
    { ...axes, type: "custom", ...rectangles(boxes) },
    ...lines.map((line): Series => ({ ...axes, ...lineOption(line, theme) })),
    ...symbols.map((mark): Series => ({ ...axes, ...symbolOption(mark, theme) })),
    { ...axes, type: "custom", ...whiskers(spreads, theme) },
  ];
}

/** Drawn by hand: ECharts puts its own where no tick is. */
function gridLines(
  { x, y, rules = "y" }: Panel,
  theme: Theme,
): Partial<echarts.CustomSeriesOption> {
  const ends = rules === "y"
    ? y.ticks.map(({ at }) => [[x.min, at], [x.max, at]])
    : x.ticks.map(({ at }) => [[at, y.min], [at, y.max]]);
  return {
    data: ends.map(([from]) => from),
    z: 0,
    renderItem: (params, api) => {
      const [[x1, y1], [x2, y2]] = ends[params.dataIndex].map((end) => api.coord(end));
      const style = { stroke: theme.grid, lineWidth: 1 };
      return { type: "line", shape: { x1, y1, x2, y2 }, style };
    },
  };
}

function shaded({ x, y, unsureBelow }: Panel, theme: Theme): Partial<echarts.CustomSeriesOption> {
  if (unsureBelow === undefined || unsureBelow <= y.min) return rectangles([]);
  const top = Math.min(unsureBelow, y.max);
  const fill = theme.muted;
  return { z: 0, ...rectangles([{ from: [x.min, y.min], to: [x.max, top], fill, opacity: 0.16 }]) };
}

function rectangles(boxes: readonly Box[]): Partial<echarts.CustomSeriesOption> {
  return {
    data: boxes.map(({ from }) => [...from]),
    renderItem: (params, api) => {
      const { from, to, fill, opacity = 1, text = "", textColour } = boxes[params.dataIndex];
      const [x1, y1] = api.coord([...from]);
      const [x2, y2] = api.coord([...to]);
      const [width, height] = [Math.abs(x2 - x1), Math.abs(y2 - y1)];
      const hasRoom = text.length * CHARACTER + 8 < width;
      return {
        type: "rect",
        shape: { x: Math.min(x1, x2), y: Math.min(y1, y2), width, height },
        style: { fill, opacity },
        ...hasRoom && {
          textContent: {
            type: "text" as const,
            style: { text, fill: textColour, fontSize: FONT_SIZE, fontFamily: FONT },
          },
          textConfig: { position: "inside" as const },
        },
      };
    },
  };
}

function whiskers(
  spreads: readonly (Point & { arm: number })[],
  theme: Theme,
): Partial<echarts.CustomSeriesOption> {
  return {
    data: spreads.map(({ x, y }) => [x, y]),
    z: 4,
    renderItem: (params, api) => {
      const { x, least, greatest, arm } = spreads[params.dataIndex];
      const [at, bottom] = api.coord([x, least!]);
      const [, top] = api.coord([x, greatest!]);
      const cap = 4;
      const ends: [number, number, number, number][] = [
        [at, bottom, at, top],
        [at - cap, bottom, at + cap, bottom],
        [at - cap, top, at + cap, top],
      ];
      return {
        type: "group",
        children: ends.map(([x1, y1, x2, y2]) => ({
          type: "line" as const,
          shape: { x1, y1, x2, y2 },
          style: { stroke: colourOf(arm, theme), lineWidth: 1.5 },
        })),
      };
    },
  };
}

function lineOption({ arm, look, points }: Line, theme: Theme): echarts.LineSeriesOption {
  const { symbol, dash } = SHAPES[arm % SHAPES.length];
  const color = colourOf(arm, theme);
  return {
    type: "line",
    data: points.map(({ x, y }) => [x, y]),
    symbol,
    symbolSize: 9,
    showSymbol: look === "points",
    itemStyle: { color },
    lineStyle: {
      color,
      type: typeof dash === "string" ? dash : [...dash],
      width: look === "thin" ? 0.8 : 2.2,
      opacity: look === "thin" ? 0.45 : 1,
    },
    z: look === "thin" ? 2 : 3,
  };
}

function symbolOption({ arm, x, y }: Mark, theme: Theme): echarts.ScatterSeriesOption {
  return {
    type: "scatter",
    data: [[x, y]],
    symbol: SHAPES[arm % SHAPES.length].symbol,
    symbolSize: 7,
    itemStyle: { color: colourOf(arm, theme) },
    z: 5,
  };
}

function colourOf(arm: number, theme: Theme): string {
  return theme.arms[arm % theme.arms.length];
}

/** Draws panels side by side or one below the other as an SVG. The one place that runs ECharts. */

import * as echarts from "npm:echarts@^6.1.0";
import type { Theme } from "./theme.ts";

/** An axis as ECharts wants it. */
export type Axis = echarts.XAXisComponentOption & echarts.YAXisComponentOption;

/** What stands in a plot, as ECharts wants it. What has the same name has the same colour. */
export type Series =
  | echarts.LineSeriesOption
  | echarts.BarSeriesOption
  | echarts.ScatterSeriesOption;

/** A plot with axes of its own. */
export interface Panel {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

/** A picture before it is drawn. */
export interface Sketch {
  readonly panels: readonly Panel[];
  /** How many stand side by side. */
  readonly columns: number;
  /** The height of each with title and axes, in pixels. */
  readonly height: number;
  /** What the legend names; nothing if the axes do. */
  readonly legend: readonly string[];
  /** Other colours than the variants'. */
  readonly colours?: readonly string[];
}

/** The width of every picture, in pixels. */
const WIDTH = 860;

const FONT = {
  fontFamily: "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontSize: 13,
};
const LEGEND_HEIGHT = 32;
const TITLE_HEIGHT = 30;
const GAP = 20;

/**
 * Draws a picture.
 *
 * @param name What all ids in the SVG begin with: no two pictures on a page may share it.
 * @param sketch What to draw.
 * @param theme The colours.
 * @returns The SVG, the same for the same sketch, and without empty lines.
 */
export function drawSketch(name: string, sketch: Sketch, theme: Theme): string {
  const { panels, height, legend, colours = theme.variants } = sketch;
  const columns = Math.min(sketch.columns, panels.length);
  const width = WIDTH / columns;
  const above = legend.length > 0 ? LEGEND_HEIGHT : 0;
  const places = panels.map((_, index) => ({
    left: (index % columns) * width,
    top: above + Math.floor(index / columns) * height,
  }));
  const words = { ...FONT, color: theme.muted };
  const ofAxis = (axis: Axis, gridIndex: number) => ({
    ...axis,
    gridIndex,
    nameLocation: "middle" as const,
    nameGap: 30,
    nameTextStyle: words,
    axisLabel: { ...words, ...axis.axisLabel },
    axisLine: { lineStyle: { color: theme.muted } },
    splitLine: { ...axis.splitLine, lineStyle: { color: theme.grid } },
  } as Axis);
  const option: echarts.EChartsOption = {
    animation: false,
    color: [...colours],
    legend: {
      show: legend.length > 0,
      data: [...legend],
      left: 0,
      top: 4,
      itemWidth: 44,
      itemGap: 32,
      textStyle: { ...FONT, color: theme.text },
    },
    title: panels.map(({ title }, index) => ({
      text: title,
      left: places[index].left,
      top: places[index].top,
      textStyle: { ...FONT, color: theme.text },
    })),
    grid: places.map(({ left, top }, index) => ({
      left: left + slackOf(panels[index]),
      top: top + TITLE_HEIGHT,
      width: width - GAP - slackOf(panels[index]) - endsOf(panels[index]),
      height: height - TITLE_HEIGHT - GAP,
      outerBoundsMode: "same",
      outerBoundsContain: "all",
    })),
    xAxis: panels.map(({ x }, index) => ofAxis({ splitLine: { show: false }, ...x }, index)),
    yAxis: panels.map(({ y }, index) => ofAxis(y, index)),
    series: panels.flatMap(({ series }, index): Series[] => {
      const axes = { xAxisIndex: index, yAxisIndex: index, silent: true };
      return series.map((one) => ({ ...one, ...axes }));
    }),
  };
  const rows = Math.ceil(panels.length / columns);
  return render(name, option, above + rows * height);
}

/** Without a browser, the width of names is a guess: fonts may be wider. */
function slackOf({ y }: Panel): number {
  return y.type === "category" ? 30 : 4;
}

/** What stands behind the end of a line needs room. */
function endsOf({ series }: Panel): number {
  return series.some((one) => "endLabel" in one) ? 72 : 0;
}

/**
 * ECharts counts its charts, and ids and classes with them: only our own ids make the text repeatable. Its
 * styles, classes and notes on elements are for pointers and scripts, and there is nothing to click.
 */
function render(name: string, option: echarts.EChartsOption, height: number): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  chart.getZr().animation.start = doNothing; // nothing moves, and its loop leaves a timer behind
  try {
    chart.setOption(option);
    return chart.renderToSVGString({ useViewBox: true })
      .replaceAll(/zr\d+-/g, `${name}-`)
      .replaceAll(/<style[^]*?<\/style>/g, "")
      .replaceAll(/ (?:class|ecmeta_\w+)="[^"]*"/g, "")
      .replaceAll(/\n\s*\n/g, "\n")
      .trim();
  } finally {
    chart.dispose();
  }
}

function doNothing(): void {}

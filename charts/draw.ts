/** Draws panels side by side or one below the other as an SVG. Only this file runs ECharts. */

import * as echarts from "npm:echarts@^6.1.0";
import type { Theme } from "./theme.ts";

/** An ECharts axis. */
export type Axis = echarts.XAXisComponentOption & echarts.YAXisComponentOption;

/** An ECharts series. Series with the same name have the same colour. */
export type Series =
  | echarts.LineSeriesOption
  | echarts.BarSeriesOption
  | echarts.ScatterSeriesOption;

/** A plot with its own axes. */
export interface Panel {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

/** The content of a picture. */
export interface Sketch {
  readonly panels: readonly Panel[];
  /** How many panels stand side by side. */
  readonly columns: number;
  /** The height of each panel with its title and axes, in pixels. */
  readonly height: number;
  /** The names in the legend; empty if the axes name everything. */
  readonly legend: readonly string[];
  /** Colours in place of the variants'. */
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
 * @param name The prefix of all ids in the SVG; each picture on a page needs its own.
 * @param sketch What to draw.
 * @param theme The colours.
 * @returns The SVG, the same for the same sketch, without empty lines.
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

/** Without a browser, the width of texts is a guess: leave room for wider fonts. */
function slackOf({ y }: Panel): number {
  return y.type === "category" ? 30 : 4;
}

/** A label at the end of a line needs room. */
function endsOf({ series }: Panel): number {
  return series.some((one) => "endLabel" in one) ? 72 : 0;
}

/**
 * ECharts numbers its charts and puts the number into ids and classes: our own ids keep the SVG repeatable. Its
 * styles, classes and data attributes serve pointers and scripts, which a picture does not have.
 */
function render(name: string, option: echarts.EChartsOption, height: number): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  chart.getZr().animation.start = doNothing; // nothing moves, and its loop would leave a timer
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

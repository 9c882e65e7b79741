/** Draws panels side by side or one below the other as an SVG. The one place that runs ECharts. */

import * as echarts from "npm:echarts@^6.1.0";
import { axisOption } from "./_axes.ts";
import { BOLD_CHARACTER, CHARACTER, FONT, FONT_SIZE, type Plot } from "./_plot.ts";
import { seriesOf } from "./_series.ts";
import { keyElements, textsOf } from "./_texts.ts";
import type { Layout, Panel } from "./panel.ts";
import type { Theme } from "./theme.ts";

/** The width of every picture, in pixels. */
export const WIDTH = 860;

/** Between two panels side by side. */
const GAP = 16;

const TITLE_HEIGHT = 34;

const KEY_HEIGHT = 26;

const AXIS_HEIGHT = 26;

const AXIS_NAME_HEIGHT = 24;

/**
 * Draws panels.
 *
 * @param name What all ids in the SVG begin with: no two pictures on a page may share it.
 * @param panels The panels.
 * @param layout How they stand.
 * @param theme The colours.
 * @returns The SVG, the same for the same panels, and without empty lines.
 */
export function drawPanels(
  name: string,
  panels: readonly Panel[],
  layout: Layout,
  theme: Theme,
): string {
  const plots = placePlots(panels, layout);
  const last = plots.at(-1)!;
  const height = last.top + last.height + AXIS_HEIGHT + AXIS_NAME_HEIGHT;
  const isLowest = (index: number) => index >= panels.length - layout.columns;
  const option: echarts.EChartsOption = {
    animation: false,
    textStyle: { fontFamily: FONT },
    grid: plots.map(({ left, top, width, height }) => ({ left, top, width, height })),
    xAxis: panels.map((panel, index) => ({
      ...axisOption(panel.x, index, theme, plots[index].width),
      name: isLowest(index) ? panel.x.name : "",
      nameLocation: "middle",
      nameGap: AXIS_HEIGHT + 4,
      nameTextStyle: { color: theme.muted, fontSize: FONT_SIZE },
    })),
    yAxis: panels.map((panel, index) => axisOption(panel.y, index, theme)),
    series: panels.flatMap((panel, index) => seriesOf(panel, index, theme)),
    graphic: {
      elements: [
        ...keyElements(layout, theme),
        ...panels.flatMap((panel, index) => textsOf(panel, plots[index], theme)),
      ],
    },
  };
  return render(name, option, height);
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

/**
 * Every panel leaves room for the longest tick to its left, every row for the longest name to its right, so
 * that all plots are of one size.
 */
function placePlots(panels: readonly Panel[], { columns, height, key }: Layout): Plot[] {
  const across = Math.min(columns, panels.length);
  const ticks = panels.flatMap(({ y }) => y.ticks.map(({ label }) => label.length));
  const names = panels.flatMap(({ lines = [] }) => lines.map(({ name = "" }) => name.length));
  const left = Math.max(...ticks) * CHARACTER + 14;
  const right = Math.max(0, ...names) > 0 ? (Math.max(...names) + 2) * BOLD_CHARACTER + 10 : 22;
  const room = (WIDTH - right) / across;
  const top = key ? KEY_HEIGHT : 0;
  const rowHeight = TITLE_HEIGHT + height + AXIS_HEIGHT + (across > 1 ? AXIS_NAME_HEIGHT : 0);
  return panels.map((_, index) => ({
    left: Math.round((index % across) * room + left),
    top: top + TITLE_HEIGHT + Math.floor(index / across) * rowHeight,
    width: Math.round(room - left - GAP),
    height,
    isLastInRow: index % across === across - 1 || index === panels.length - 1,
  }));
}

function doNothing(): void {}

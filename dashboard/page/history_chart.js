// @ts-check
// @ts-types="uplot/dist/uPlot.d.ts"
import uPlot from "./uplot.js";
import { formatDuration } from "./format.js";
import { HISTORY_MICROS } from "./history.js";
import { ticksOf } from "./scale.js";

/**
 * @typedef {import("../protocol.ts").Point} Point
 * @typedef {import("./scale.js").Scale} Scale
 */

const HEIGHT = 120;
const MINUTE_MICROS = 60e6;

/** What the line shows, in full minutes before now. */
const MINUTES = [5, 4, 3, 2, 1, 0];

/** Below this width not every minute is named, in pixels. */
const NARROW = 300;

/** How often the line moves on where nothing new is to be drawn, in microseconds. */
const PACE_MICROS = 1e6;

/** The plot of one listener's time differences over the last five minutes. */
export class LinePlot {
  #host;
  /** @type {uPlot | undefined} */
  #plot;
  /** @type {Scale} */
  #scale = { isLog: true, low: 1, high: 10 };
  #now = 0;
  #drawn = "";

  /** @param {HTMLElement} host Where it is drawn; its `color` is that of the line, `fill` of texts, `stroke` of the grid. */
  constructor(host) {
    this.#host = host;
  }

  /**
   * Draws the line, unless it would look the same as before.
   *
   * @param {readonly Point[]} points
   * @param {Scale} scale Shared by all lines.
   * @param {number} now Microseconds since the Unix epoch: the right edge.
   */
  show(points, scale, now) {
    const width = this.#host.clientWidth;
    const theme = getComputedStyle(this.#host).color;
    const pace = Math.floor(now / PACE_MICROS);
    const drawn = JSON.stringify([width, theme, scale, pace, points.length, points.at(-1)]);
    if (width === 0 || drawn === this.#drawn) return;
    this.#drawn = drawn;
    if (scale.isLog !== this.#scale.isLog) this.#forget();
    [this.#scale, this.#now] = [scale, now];
    const times = points.map(([at]) => at);
    const values = points.map(([, difference]) => difference);
    this.#plot ??= this.#make(width);
    if (this.#plot.width !== width) this.#plot.setSize({ width, height: HEIGHT });
    this.#plot.setData([times, values]);
  }

  #forget() {
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  /** @param {number} width */
  #make(width) {
    const { isLog } = this.#scale;
    /** @type {(name: string) => () => string} */
    const color = (name) => () => getComputedStyle(this.#host).getPropertyValue(name);
    const grid = { stroke: color("stroke"), width: 1 };
    const font = "11px system-ui, sans-serif";
    const axis = { stroke: color("fill"), font, grid, ticks: grid };
    /** @type {uPlot.Options} */
    const options = {
      width,
      height: HEIGHT,
      padding: [8, 14, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: () => [this.#now - HISTORY_MICROS, this.#now] },
        y: { distr: isLog ? 3 : 1, range: () => [this.#scale.low, this.#scale.high] },
      },
      axes: [
        {
          ...axis,
          size: 24,
          splits: () => MINUTES.map((minutes) => this.#now - minutes * MINUTE_MICROS),
          values: ({ width }) => MINUTES.map((minutes) => nameMinutes(minutes, width)),
        },
        {
          ...axis,
          size: 58,
          splits: () => ticksOf(this.#scale),
          filter: (_plot, splits) => splits, // it would leave out some at a logarithmic scale
          values: (_plot, splits) => splits.map(formatDuration),
        },
      ],
      series: [{}, {
        stroke: color("color"),
        width: 1.5,
        points: { size: 4, fill: color("color") },
      }],
    };
    return new uPlot(options, [[], []], this.#host);
  }
}

/**
 * @param {number} minutes Before now.
 * @param {number} width Of the plot.
 */
function nameMinutes(minutes, width) {
  if (minutes === 0) return "now";
  return width < NARROW && minutes % 2 === 1 ? "" : `−${minutes} min`;
}

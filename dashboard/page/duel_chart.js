// @ts-check
// @ts-types="uplot/dist/uPlot.d.ts"
import uPlot from "./uplot.js";
import { formatDuration, formatTime, showText } from "./format.js";
import { HISTORY_MICROS } from "./history.js";
import { scaleOf, ticksOf } from "./scale.js";

/**
 * @typedef {import("../protocol.ts").Event} Event
 * @typedef {import("../protocol.ts").Second} Second
 * @typedef {import("./scale.js").Scale} Scale
 */

/**
 * @typedef {object} Shown What the chart shows.
 * @property {readonly string[]} titles The titles of the listeners.
 * @property {readonly (readonly Second[])[]} lines One for each listener.
 * @property {readonly Event[]} marks The events that are marked, the oldest one first.
 * @property {(mark: Event) => string} describe Returns the text of a mark.
 * @property {number} pace Seconds between two writes: a much longer gap without values breaks the line.
 */

/** @typedef {[number[], ...(number | null)[][]]} Columns The times, and the values of each part. */

const HEIGHT = 230;
const MINUTE_MICROS = 60e6;
const SECOND_MICROS = 1e6;

/** The shortest time that the chart spans, also with less data. */
const SHORTEST = MINUTE_MICROS;

/** The greatest number of characters of a mark's text. */
const LABEL_LENGTH = 60;

/** A line breaks at a gap that is longer than this many paces, and longer than this many seconds. */
const GAP_PACES = 2.5;
const GAP_SECONDS = 3;

/** The series of each listener in uPlot, in this order: the greatest, the least, the median. */
const PARTS = 3;

/** The chart of all listeners: the median of each second as a line, least to greatest as a band. */
export class DuelChart {
  #host;
  #colorOf;
  #onRead;
  /** @type {uPlot | undefined} */
  #plot;
  /** @type {Shown} */
  #shown = { titles: [], lines: [], marks: [], describe: ({ text }) => text, pace: 1 };
  /** @type {Scale} */
  #scale = { isLog: true, low: 1, high: 10 };
  #from = 0;
  #now = 0;
  #drawn = "";
  #made = "";

  /**
   * @param {HTMLElement} host Contains the chart. Its `fill` colours texts, `stroke` the grid, `color` marks.
   * @param {(index: number) => string} colorOf The colour of a listener, as `rgb(…)`.
   * @param {(text: string) => void} onRead Called with the description of what is under the cursor, or else of the
   * chart's parts.
   */
  constructor(host, colorOf, onRead) {
    this.#host = host;
    this.#colorOf = colorOf;
    this.#onRead = onRead;
    host.addEventListener("keydown", (event) => this.#move(event));
  }

  /**
   * Draws the chart, unless it would look the same as before.
   *
   * @param {Shown} shown
   * @param {number} now Microseconds since the Unix epoch: the right edge.
   */
  show(shown, now) {
    const { titles, lines, marks } = shown;
    const width = this.#host.clientWidth;
    const theme = getComputedStyle(this.#host).fill;
    const second = Math.floor(now / SECOND_MICROS);
    const ends = lines.map((line) => [line.length, line.at(-1)?.[0]]);
    const drawn = JSON.stringify([width, theme, second, ends, marks.length]);
    if (width === 0 || drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#shown = shown;
    this.#scale = scaleOf(
      lines.flat().flatMap(([, p50, least, greatest]) => [p50, least, greatest]),
    );
    const first = Math.min(now, ...lines.flatMap((line) => line.slice(0, 1)).map(([at]) => at));
    const span = Math.min(HISTORY_MICROS, Math.max(SHORTEST, now - first));
    [this.#from, this.#now] = [now - span, now];
    const made = JSON.stringify([titles, this.#scale.isLog]);
    if (made !== this.#made) this.#forget();
    this.#made = made;
    this.#plot ??= this.#make(width);
    if (this.#plot.width !== width) this.#plot.setSize({ width, height: HEIGHT });
    this.#plot.setData(align(shown));
    if (this.#plot.cursor.idx === null) this.#onRead(this.#key);
  }

  /** What the parts of the chart mean. */
  get #key() {
    const scale = this.#scale.isLog ? " Logarithmic scale." : "";
    return `Line: median of each second. Band: least to greatest. ▼: a warning, see Events.${scale}`;
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
    /** @type {(index: number, alpha: string) => () => string} */
    const series = (index, alpha) => () => {
      const [red, green, blue] = this.#colorOf(index).match(/[\d.]+/g) ?? [];
      return `rgb(${red} ${green} ${blue} / ${alpha})`;
    };
    const grid = { stroke: color("stroke"), width: 1 };
    const font = "11px system-ui, sans-serif";
    const axis = { stroke: color("fill"), font, grid, ticks: grid };
    const invisible = { stroke: "transparent", width: 0, points: { show: false } };
    const count = this.#shown.titles.length;
    /** @type {uPlot.Options} */
    const options = {
      width,
      height: HEIGHT,
      padding: [24, 14, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: {
        x: { time: false, range: () => [this.#from, this.#now] },
        y: { distr: isLog ? 3 : 1, range: () => [this.#scale.low, this.#scale.high] },
      },
      axes: [
        {
          ...axis,
          size: 24,
          splits: () => timesBefore(this.#from, this.#now),
          values: (_plot, splits) => {
            const inMinutes = isLong(this.#now - this.#from);
            return splits.map((at) => nameAge(this.#now - at, inMinutes));
          },
        },
        {
          ...axis,
          size: 58,
          splits: () => ticksOf(this.#scale),
          filter: (_plot, splits) => splits, // the default leaves some out on a logarithmic scale
          values: (_plot, splits) => splits.map(formatDuration),
        },
      ],
      series: [
        {},
        ...Array.from({ length: count }, (_, index) => [
          invisible,
          invisible,
          {
            stroke: series(index, "100%"),
            width: 2,
            points: { size: 4, fill: series(index, "100%") },
          },
        ]).flat(),
      ],
      bands: Array.from({ length: count }, (_, index) => ({
        series: [index * PARTS + 1, index * PARTS + 2],
        fill: series(index, "22%"),
      })),
      hooks: { draw: [(plot) => this.#drawMarks(plot)], setCursor: [(plot) => this.#read(plot)] },
    };
    return new uPlot(options, align(this.#shown), this.#host);
  }

  /**
   * Marks failovers, losses and other warnings at the time when they happened.
   *
   * @param {uPlot} plot
   */
  #drawMarks(plot) {
    const { ctx, bbox } = plot;
    let free = bbox.left; // where the next text may begin
    ctx.save();
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    [ctx.textAlign, ctx.textBaseline] = ["left", "bottom"]; // the axes leave others
    ctx.strokeStyle = ctx.fillStyle = getComputedStyle(this.#host).color;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    for (const mark of this.#shown.marks) {
      if (mark.at < this.#from || mark.at > this.#now) continue;
      const x = plot.valToPos(mark.at, "x", true);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.beginPath();
      const size = 5 * devicePixelRatio;
      ctx.moveTo(x - size, bbox.top - size);
      ctx.lineTo(x + size, bbox.top - size);
      ctx.lineTo(x, bbox.top + size);
      ctx.fill();
      const [label] = this.#describe(mark).split(": "); // without the reason
      const { width } = ctx.measureText(label);
      const left = Math.min(x - size, bbox.left + bbox.width - width);
      if (left < free) continue; // the first of several is their cause
      ctx.fillText(label, left, bbox.top - 1.4 * size);
      free = left + width + size / 2;
    }
    ctx.restore();
  }

  /**
   * Describes what is under the cursor, the second and each listener's values in it, or else the chart's parts.
   *
   * @param {uPlot} plot
   */
  #read(plot) {
    const { idx } = plot.cursor;
    if (idx === null || idx === undefined) return this.#onRead(this.#key);
    const at = plot.data[0][idx];
    const parts = this.#shown.titles.map((title, i) => {
      const [most, least, p50] = [1, 2, 3].map((part) => plot.data[i * PARTS + part][idx]);
      if (p50 === null || p50 === undefined) return `${title} –`;
      return `${title} p50 ${formatDuration(p50)} (${formatDuration(least ?? p50)} to ${
        formatDuration(most ?? p50)
      })`;
    });
    const near = this.#shown.marks.filter((mark) => Math.abs(mark.at - at) < 1.5 * SECOND_MICROS);
    this.#onRead([formatTime(at), ...parts, ...near.map(this.#describe)].join(" · "));
  }

  /** @param {Event} mark */
  #describe = (mark) => showText(this.#shown.describe(mark), LABEL_LENGTH);

  /**
   * Moves the cursor with the arrow keys.
   *
   * @param {KeyboardEvent} event
   */
  #move(event) {
    const plot = this.#plot;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!plot || step === undefined || plot.data[0].length === 0) return;
    event.preventDefault();
    const last = plot.data[0].length - 1;
    const next = Math.min(last, Math.max(0, (plot.cursor.idx ?? last + 1) + step));
    plot.setCursor({ left: plot.valToPos(plot.data[0][next], "x"), top: 0 });
  }
}

/**
 * Aligns the lines to common times, and breaks a line if values are missing for too long.
 *
 * @param {Shown} shown
 * @returns {uPlot.AlignedData}
 */
function align({ lines, pace }) {
  const gap = Math.max(GAP_SECONDS, GAP_PACES * pace) * SECOND_MICROS;
  const tables = lines.map((line) => {
    /** @type {Columns} */
    const columns = [[], [], [], []];
    for (const [at, p50, least, greatest] of line) {
      const before = columns[0].at(-1);
      if (before !== undefined && at - before > gap) {
        push(columns, before + SECOND_MICROS, null, null, null);
      }
      push(columns, at, greatest, least, p50);
    }
    return columns;
  });
  return uPlot.join(tables, tables.map((columns) => columns.map(() => 2))); // 2: gaps stay gaps
}

/**
 * @param {Columns} columns
 * @param {number} at
 * @param {...(number | null)} values
 */
function push([times, ...columns], at, ...values) {
  times.push(at);
  values.forEach((value, i) => columns[i].push(value));
}

/**
 * Returns the times that the axis names: few, at round distances from now.
 *
 * @param {number} from
 * @param {number} now
 */
function timesBefore(from, now) {
  const step = isLong(now - from) ? MINUTE_MICROS : 15 * SECOND_MICROS;
  const times = [];
  for (let at = now; at >= from; at -= step) times.unshift(at);
  return times;
}

/**
 * @param {number} micros
 * @param {boolean} inMinutes
 */
function nameAge(micros, inMinutes) {
  if (micros === 0) return "now";
  return inMinutes
    ? `−${Math.round(micros / MINUTE_MICROS)} min`
    : `−${Math.round(micros / SECOND_MICROS)} s`;
}

/** @param {number} span The length of the axis. */
function isLong(span) {
  return span > 2 * MINUTE_MICROS;
}

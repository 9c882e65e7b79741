// @ts-check
/** @typedef {import("../protocol.ts").Point} Point */

/** How far a line reaches back, in microseconds. */
export const HISTORY_MICROS = 300e6;

/** What comes within so many microseconds is drawn as its least and greatest value. */
const GRAIN_MICROS = 250e3;

/** The least and the greatest value of a short time, in the order in which they came. */
/** @typedef {{ grain: number, points: Point[] }} Grain */

/**
 * The live line of one listener: the last five minutes, in bounded memory however many changes there are.
 * Between two pixels nothing else is to be seen of many values than the least and the greatest one.
 */
export class History {
  /** @type {Grain[]} */
  #grains = [];
  /** @type {Point[] | undefined} All of them, where they were asked for already. */
  #points;

  /**
   * Takes points in, and forgets what is too old.
   *
   * @param {readonly Point[]} points In the order of their times.
   * @param {number} now Microseconds since the Unix epoch.
   */
  add(points, now) {
    this.#points = undefined;
    const end = now / GRAIN_MICROS + 1;
    while ((this.#grains.at(-1)?.grain ?? 0) > end) this.#grains.pop(); // the clock was set back
    for (const point of points) this.#take(point);
    const start = now - HISTORY_MICROS;
    const fresh = this.#grains.findIndex(({ points }) => points[points.length - 1][0] >= start);
    this.#grains.splice(0, fresh === -1 ? this.#grains.length : fresh);
  }

  /**
   * All points that are kept.
   *
   * @returns {readonly Point[]} In the order of their times.
   */
  points() {
    this.#points ??= this.#grains.flatMap(({ points }) => points);
    return this.#points;
  }

  /** @param {Point} point */
  #take(point) {
    const grain = Math.floor(point[0] / GRAIN_MICROS);
    const last = this.#grains.at(-1);
    if (!last || grain > last.grain) {
      this.#grains.push({ grain, points: [point] });
    } else if (grain === last.grain) {
      last.points = extremes([...last.points, point]);
    } // else the clock was set back: a line does not turn round
  }
}

/**
 * Of at most three points, the least and the greatest one.
 *
 * @param {Point[]} points
 * @returns {Point[]}
 */
function extremes(points) {
  const byValue = points.toSorted((a, b) => a[1] - b[1]);
  const [least, greatest] = [byValue[0], byValue[byValue.length - 1]];
  return points.filter((point) => point === least || point === greatest);
}

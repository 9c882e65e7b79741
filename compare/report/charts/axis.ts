/** The axes of the pictures: from values to places, and where the ticks stand. */

/** An axis. Places are numbers from `min` to `max`, evenly spread. */
export interface Axis {
  /** What it counts, with the unit where its ticks do not say it. */
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly Tick[];
  /** Where a value stands. */
  place(value: number): number;
}

/** A tick. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Multiples of a power of ten at which a logarithmic axis may begin and end. */
const STEPS = [1, 2, 5];

/** The percentiles that are named. */
const PERCENTILES = [0, 50, 90, 99, 99.9, 99.99];

/** How many ticks an axis from zero has at the most. */
const MOST_TICKS = 5;

/**
 * Makes a logarithmic axis around values, of which those that are not above zero count as the least.
 *
 * @param values The values.
 * @param format Writes a value at a tick.
 * @param name The axis' name.
 * @returns The axis; with ticks at powers of ten, or at 1, 2 and 5 times them where it is short.
 */
export function logAxis(
  values: readonly number[],
  format: (value: number) => string,
  name = "",
): Axis {
  const positive = values.filter((value) => value > 0);
  const least = positive.length > 0 ? Math.min(...positive) : 1;
  const greatest = positive.length > 0 ? Math.max(...positive) : 10;
  const from = stepsFrom(least).findLast((step) => step <= least)!;
  const to = stepsFrom(greatest).find((step) => step >= greatest && step > from)!;
  const isLong = Math.log10(to / from) > 2.5;
  const ticks: Tick[] = [];
  for (let exponent = Math.floor(Math.log10(from)); 10 ** exponent <= to; exponent++) {
    for (const step of isLong ? [1] : STEPS) {
      const value = step * 10 ** exponent;
      if (value < from * 0.999 || value > to * 1.001) continue;
      ticks.push({ at: Math.log10(value), label: format(value) });
    }
  }
  const [min, max] = [Math.log10(from), Math.log10(to)];
  return { name, min, max, ticks, place: (value) => Math.log10(Math.max(value, from)) };
}

/**
 * Makes a logarithmic axis with ticks where there are values.
 *
 * @param values The values, all above zero.
 * @param format Writes a value at a tick.
 * @param name The axis' name.
 * @returns The axis.
 */
export function logPointsAxis(
  values: readonly number[],
  format: (value: number) => string,
  name: string,
): Axis {
  const places = values.map(Math.log10);
  const [least, greatest] = [Math.min(...places), Math.max(...places)];
  const room = 0.07 * (greatest - least) || 0.5;
  const ticks = values.map((value) => ({ at: Math.log10(value), label: format(value) }));
  return { name, min: least - room, max: greatest + room, ticks, place: Math.log10 };
}

/**
 * Makes an axis on which values stand side by side, whatever their size.
 *
 * @param values The values.
 * @param format Writes a value at a tick.
 * @param name The axis' name.
 * @returns The axis; the first value stands at 0, the next one at 1.
 */
export function sideBySideAxis<T>(
  values: readonly T[],
  format: (value: T) => string,
  name: string,
): Omit<Axis, "place"> & { place(value: T): number } {
  const ticks = values.map((value, at) => ({ at, label: format(value) }));
  const max = values.length - 0.5;
  return { name, min: -0.5, max, ticks, place: (value) => values.indexOf(value) };
}

/**
 * Makes an axis from zero.
 *
 * @param values The values, none below zero.
 * @param format Writes a value at a tick.
 * @param name The axis' name.
 * @returns The axis, with ticks at round values.
 */
export function zeroAxis(
  values: readonly number[],
  format: (value: number) => string,
  name = "",
): Axis {
  const greatest = Math.max(0, ...values) || 1; // or there is nothing to show
  const least = 10 ** Math.floor(Math.log10(greatest / MOST_TICKS));
  const step = [1, 2, 5, 10].map((factor) => factor * least)
    .find((step) => greatest / step <= MOST_TICKS)!;
  const count = Math.ceil(greatest / step);
  const ticks = Array.from({ length: count + 1 }, (_, index) => index * step)
    .map((at) => Number(at.toPrecision(12))) // three times 0.2 is a little more than 0.6
    .map((at) => ({ at, label: at === 0 ? "0" : format(at) }));
  return { name, min: 0, max: count * step, ticks, place: (value) => value };
}

/**
 * Makes an axis of time that ends where the values end.
 *
 * @param values The times in seconds.
 * @returns The axis.
 */
export function timeAxis(values: readonly number[]): Axis {
  const axis = zeroAxis(values, String, "time in the run (s)");
  const max = Math.max(0, ...values) || 1;
  return { ...axis, max, ticks: axis.ticks.filter(({ at }) => at <= max) };
}

/**
 * Makes an axis of percentiles on which each nine more has as much room as the one before.
 *
 * @param greatest The greatest percentile that is shown, below 100.
 * @returns The axis.
 */
export function ninesAxis(greatest: number): Axis {
  const ticks = PERCENTILES.filter((percentile) => percentile <= Math.max(greatest, 90))
    .map((percentile) => ({ at: nines(percentile), label: String(percentile) }));
  const max = Math.max(nines(greatest), 1);
  return { name: "percentile of the changes", min: 0, max, ticks, place: nines };
}

function nines(percentile: number): number {
  return -Math.log10(1 - percentile / 100);
}

/** The steps of a value's power of ten, and the next one. */
function stepsFrom(value: number): number[] {
  const power = 10 ** Math.floor(Math.log10(value));
  return [...STEPS, 10].map((step) => step * power);
}

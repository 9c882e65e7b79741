// @ts-check
/** Scales for durations, shared by everything that the page compares. */

/** The multiples of a power of ten at which a scale may end. */
const STEPS = [1, 2, 5, 10];

/** The least quotient of a scale's ends. */
const MIN_QUOTIENT = 10;

/** Shorter durations count as this one, in microseconds. */
const FLOOR = 1;

/**
 * @typedef {object} Scale
 * @property {boolean} isLog Whether it is logarithmic; it is linear if a value is below zero.
 * @property {number} low Its lower end, in microseconds.
 * @property {number} high Its upper end.
 */

/**
 * Finds the scale that contains all values.
 *
 * @param {Iterable<number>} micros The values.
 * @returns {Scale} The scale, with round values at its ends.
 */
export function scaleOf(micros) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of micros) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return { isLog: true, low: 100, high: 10_000 };
  if (low < 0) {
    const below = Math.max(-low, FLOOR);
    return { isLog: false, low: -roundUp(below), high: roundUp(Math.max(high, below)) };
  }
  const end = roundUp(Math.max(high, FLOOR * MIN_QUOTIENT));
  return {
    isLog: true,
    low: Math.min(roundDown(Math.max(low, FLOOR)), end / MIN_QUOTIENT),
    high: end,
  };
}

/**
 * Places a value on a scale.
 *
 * @param {number} micros
 * @param {Scale} scale
 * @returns {number} 0 at its lower end, 1 at its upper one, and never beyond.
 */
export function placeOn(micros, { isLog, low, high }) {
  const share = isLog
    ? Math.log(Math.max(micros, low) / low) / Math.log(high / low)
    : (micros - low) / (high - low);
  return Math.min(1, Math.max(0, share));
}

/**
 * Chooses the values to write at a scale: few, and round.
 *
 * @param {Scale} scale
 * @returns {number[]} From low to high.
 */
export function ticksOf({ isLog, low, high }) {
  if (!isLog) return [low, 0, high];
  const steps = high / low > 500 ? [1] : high / low > 50 ? [1, 3] : STEPS.slice(0, 3);
  const ticks = [];
  for (let decade = powerBelow(low); decade <= high; decade *= 10) {
    ticks.push(...steps.map((step) => step * decade));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

/** @param {number} value */
function roundUp(value) {
  const decade = powerBelow(value);
  return decade * (STEPS.find((step) => step * decade >= value) ?? 10);
}

/** @param {number} value */
function roundDown(value) {
  const decade = powerBelow(value);
  return decade * (STEPS.findLast((step) => step * decade <= value) ?? 1);
}

/**
 * Returns the greatest power of ten that is not above a value.
 *
 * @param {number} value
 */
function powerBelow(value) {
  return 10 ** Math.floor(Math.log10(value) + 1e-9);
}

// @ts-check
/** The writer's rule for an interval, for browsers: the same as in `lib/protocol/interval.ts`. */

const MIN_INTERVAL = 0.001;
const MAX_INTERVAL = 86400;

/** The error text for an invalid interval. */
export const INTERVAL_PROBLEM =
  `update_interval must be a number of seconds from ${MIN_INTERVAL} to ${MAX_INTERVAL}`;

/**
 * Returns whether a text is a valid interval: a plain decimal number of seconds, perhaps with white space around it.
 *
 * @param {string} text The text as it was typed.
 * @returns {boolean} Whether the writer accepts it.
 */
export function isInterval(text) {
  // No two parts of the pattern can match the same characters, so that no text makes it slow.
  if (!/^\s*(\d+(\.\d*)?|\.\d+)\s*$/.test(text)) return false;
  return Number(text) >= MIN_INTERVAL && Number(text) <= MAX_INTERVAL;
}

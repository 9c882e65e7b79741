// @ts-check
/** What an interval must be, as the writer sees it: `lib/protocol/interval.ts`, for browsers. */

const MIN_INTERVAL = 0.001;
const MAX_INTERVAL = 86400;

/** The sentence about a text that is not an interval. */
export const INTERVAL_PROBLEM =
  `update_interval must be a number of seconds from ${MIN_INTERVAL} to ${MAX_INTERVAL}`;

/**
 * Says whether a text is an interval: a plain decimal number of seconds, white space around it.
 *
 * @param {string} text What somebody typed.
 * @returns {boolean} Whether the writer takes it.
 */
export function isInterval(text) {
  // No two parts of the pattern can take the same characters, so that no text makes it slow.
  if (!/^\s*(\d+(\.\d*)?|\.\d+)\s*$/.test(text)) return false;
  return Number(text) >= MIN_INTERVAL && Number(text) <= MAX_INTERVAL;
}

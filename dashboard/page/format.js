// @ts-check
/** How durations, times, counts and foreign texts are written on the page. */

/** What stands if there is no value. */
export const NO_VALUE = "–";

/** The longest foreign text that is shown, in characters. */
const TEXT_LENGTH = 200;

/** Controls, separators of lines, and what reorders or hides text, as in `lib/text.ts`. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Microseconds in a unit, the greatest unit first. */
const UNITS = /** @type {const} */ ([[1e6, " s"], [1e3, " ms"], [1, " µs"]]);

const SECOND = 1e6;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Writes a measured duration with at most three significant digits and a unit that suits its size.
 *
 * @param {number | undefined} micros The duration; absent if there is none.
 * @returns {string} Such as `412 µs`, `−2.3 ms`, or {@linkcode NO_VALUE}.
 */
export function formatDuration(micros) {
  if (micros === undefined) return NO_VALUE;
  const value = Number(Math.abs(micros).toPrecision(3));
  const [size, unit] = UNITS.find(([size]) => value >= size) ?? UNITS[2];
  const digits = Number((value / size).toPrecision(3));
  return `${micros < 0 && digits > 0 ? "−" : ""}${formatCount(digits)}${unit}`;
}

/**
 * Writes how long ago something was, as people say it.
 *
 * @param {number} micros How long ago; below zero it is taken for now.
 * @returns {string} Such as `0.4 s`, `14 s`, `3 min 20 s`, `2 h 5 min` or `3 d 4 h`.
 */
export function formatAge(micros) {
  const age = Math.max(0, micros);
  if (age < 10 * SECOND) return `${(Math.floor(10 * age / SECOND) / 10).toFixed(1)} s`;
  if (age < MINUTE) return `${Math.floor(age / SECOND)} s`;
  if (age < HOUR) return inTwo(age, MINUTE, "min", SECOND, "s");
  return age < DAY ? inTwo(age, HOUR, "h", MINUTE, "min") : inTwo(age, DAY, "d", HOUR, "h");
}

/**
 * Writes a moment in local time, with milliseconds.
 *
 * @param {number} micros Microseconds since the Unix epoch.
 * @returns {string} Such as `10:32:05.123`.
 */
export function formatMoment(micros) {
  const millis = Math.floor(micros / 1e3);
  const part = `${((millis % 1000) + 1000) % 1000}`.padStart(3, "0");
  return `${formatTime(micros)}.${part}`;
}

/**
 * Writes a moment in local time, to the second.
 *
 * @param {number} micros Microseconds since the Unix epoch.
 * @returns {string} Such as `10:32:05`.
 */
export function formatTime(micros) {
  const date = new Date(Math.floor(micros / 1e3));
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(":");
}

/**
 * Writes since when something is as it is, with the date if that is not today.
 *
 * @param {number} since Microseconds since the Unix epoch.
 * @param {number} now Likewise.
 * @returns {string} Such as `since 10:32:05 (14 s)`.
 */
export function formatSince(since, now) {
  return `since ${formatStart(since, now)} (${formatAge(now - since)})`;
}

/**
 * Writes since when something is as it is, if that is known.
 *
 * @param {number | undefined} since Microseconds since the Unix epoch.
 * @param {number} now Likewise.
 * @returns {string} Such as ` since 10:32:05 (14 s)`, or nothing.
 */
export function formatSinceIfKnown(since, now) {
  return since === undefined ? "" : ` ${formatSince(since, now)}`;
}

/**
 * Writes how long ago something was that may have been followed by others since.
 *
 * @param {number} age In microseconds.
 * @param {boolean} isCurrent Whether nothing has followed.
 * @returns {string} Such as `14 s ago` or `14 s ago, last known`.
 */
export function formatAgo(age, isCurrent) {
  return `${formatAge(age)} ago${isCurrent ? "" : ", last known"}`;
}

/**
 * Writes when something began, with the date if that is not today.
 *
 * @param {number} since Microseconds since the Unix epoch.
 * @param {number} now Likewise.
 * @returns {string} Such as `10:32:05` or `2026-11-03 10:32:05`.
 */
export function formatStart(since, now) {
  const day = formatDay(since);
  return `${day === formatDay(now) ? "" : `${day} `}${formatTime(since)}`;
}

/**
 * Writes how many.
 *
 * @param {number} count
 * @returns {string} Such as `14,567`.
 */
export function formatCount(count) {
  return count.toLocaleString("en-US", { maximumSignificantDigits: 15 });
}

/**
 * Makes a foreign text fit to be shown: on one line, with nothing that hides or reorders it, and of limited length.
 *
 * @param {string} text
 * @param {number} [length] How many characters of it are shown, 200 by default.
 * @returns {string} The text, with `\u{N…}` for what is unprintable, then `…` if it was cut.
 */
export function showText(text, length = TEXT_LENGTH) {
  // Twice as much as is shown: a character may be two code units, and must not be cut in half.
  const start = text.slice(0, 2 * length + 2).replace(UNPRINTABLE, escapeCharacter);
  const characters = Array.from(start);
  return characters.length > length ? `${characters.slice(0, length - 1).join("")}…` : start;
}

/**
 * Makes a server's or role's name fit into a box: if it is too long, its middle is left out, as hosts differ
 * at their beginning and ports are at the end.
 *
 * @param {string} name
 * @param {number} length How many characters there is room for.
 * @returns {string} Such as `keydb-0.keydb…:6379`.
 */
export function showName(name, length) {
  const characters = Array.from(showText(name));
  if (characters.length <= length) return characters.join("");
  const end = Math.min(7, Math.floor(length / 3));
  const start = characters.slice(0, length - end - 1);
  return [...start, "…", ...characters.slice(-end)].join("");
}

/**
 * @param {number} age
 * @param {number} size
 * @param {string} unit
 * @param {number} smallSize
 * @param {string} smallUnit
 */
function inTwo(age, size, unit, smallSize, smallUnit) {
  return `${Math.floor(age / size)} ${unit} ${Math.floor(age % size / smallSize)} ${smallUnit}`;
}

/** @param {number} micros */
function formatDay(micros) {
  const date = new Date(Math.floor(micros / 1e3));
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join("-");
}

/** @param {number} value */
function twoDigits(value) {
  return `${value}`.padStart(2, "0");
}

/** @param {string} character */
function escapeCharacter(character) {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

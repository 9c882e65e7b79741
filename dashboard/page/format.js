// @ts-check
/** Formats durations, times, counts and foreign texts for the page. */

/** What the page shows in place of a missing value. */
export const NO_VALUE = "–";

/** The longest foreign text that is shown, in characters. */
const TEXT_LENGTH = 200;

/** Control characters, line separators, and characters that reorder or hide text, as in `lib/text.ts`. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** The microseconds in each unit, the greatest unit first. */
const UNITS = /** @type {const} */ ([[1e6, " s"], [1e3, " ms"], [1, " µs"]]);

/**
 * @typedef {typeof UNITS[number]} Unit
 * @typedef {import("../protocol.ts").MinuteFigures} MinuteFigures
 */

const SECOND = 1e6;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Formats a duration with at most three significant digits and a unit that suits its size.
 *
 * @param {number | undefined} micros The duration; `undefined` if there is none.
 * @returns {string} Such as `412 µs`, `−2.3 ms`, or {@linkcode NO_VALUE}.
 */
export function formatDuration(micros) {
  return micros === undefined ? NO_VALUE : formatIn(unitOf(micros), micros);
}

/**
 * Formats durations that are compared, in the unit of the greatest one: people read the digits before the units. If one
 * is a thousand times another, each has a unit of its own.
 *
 * @param {readonly (number | undefined)[]} durations In microseconds; `undefined` if there is none.
 * @returns {string[]} Such as `4.84 ms` and `0.935 ms`.
 */
export function formatAlike(durations) {
  const known = durations.filter((micros) => micros !== undefined).map(Math.abs);
  const [least, greatest] = [Math.min(...known), Math.max(...known)];
  if (greatest >= 1000 * least) return durations.map(formatDuration);
  const unit = unitOf(greatest);
  return durations.map((micros) => micros === undefined ? NO_VALUE : formatIn(unit, micros));
}

/**
 * @param {number} micros
 * @returns {Unit}
 */
function unitOf(micros) {
  const rounded = Number(Math.abs(micros).toPrecision(3));
  return UNITS.find(([size]) => rounded >= size) ?? UNITS[2];
}

/**
 * @param {Unit} unit
 * @param {number} micros
 */
function formatIn([size, sign], micros) {
  const digits = Number((Math.abs(micros) / size).toPrecision(3));
  return `${micros < 0 && digits > 0 ? "−" : ""}${formatCount(digits)}${sign}`;
}

/**
 * Returns the share of values that a listener skipped in the last minute.
 *
 * @param {MinuteFigures} minute
 * @returns {number} In percent, a whole number.
 */
export function skippedPercent({ handled, skipped }) {
  const all = handled + skipped;
  return all === 0 ? 0 : Math.round(100 * skipped / all);
}

/**
 * Names the time that figures span.
 *
 * @param {number} seconds At most 60.
 * @returns {string} `last minute`, or such as `last 20 s`.
 */
export function formatSpan(seconds) {
  return seconds < 60 ? `last ${seconds} s` : "last minute";
}

/**
 * Formats an age in the units of everyday speech.
 *
 * @param {number} micros The age; below zero it counts as 0.
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
 * Formats a moment in local time, with milliseconds.
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
 * Formats a moment in local time, to the second.
 *
 * @param {number} micros Microseconds since the Unix epoch.
 * @returns {string} Such as `10:32:05`.
 */
export function formatTime(micros) {
  const date = new Date(Math.floor(micros / 1e3));
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(":");
}

/**
 * Formats the start and the age of a state, with the date if the start is not today.
 *
 * @param {number} since Microseconds since the Unix epoch.
 * @param {number} now Likewise.
 * @returns {string} Such as `since 10:32:05 (14 s)`.
 */
export function formatSince(since, now) {
  return `since ${formatStart(since, now)} (${formatAge(now - since)})`;
}

/**
 * Formats the start and the age of a state, if the start is known.
 *
 * @param {number | undefined} since Microseconds since the Unix epoch.
 * @param {number} now Likewise.
 * @returns {string} Such as ` since 10:32:05 (14 s)`, or an empty text.
 */
export function formatSinceIfKnown(since, now) {
  return since === undefined ? "" : ` ${formatSince(since, now)}`;
}

/**
 * Formats the age of the last known event, such as a write.
 *
 * @param {number} age In microseconds.
 * @param {boolean} isCurrent Whether it is certain that no other has followed.
 * @returns {string} Such as `14 s ago` or `14 s ago, last known`.
 */
export function formatAgo(age, isCurrent) {
  return `${formatAge(age)} ago${isCurrent ? "" : ", last known"}`;
}

/**
 * Formats a start, with the date if it is not today.
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
 * Formats a count.
 *
 * @param {number} count
 * @returns {string} Such as `14,567`.
 */
export function formatCount(count) {
  return count.toLocaleString("en-US", { maximumSignificantDigits: 15 });
}

/**
 * Makes a foreign text safe to show: one line of limited length, without characters that hide or reorder text.
 *
 * @param {string} text
 * @param {number} [length] The greatest number of characters, 200 by default.
 * @returns {string} The text, with `\u{N…}` for each unprintable character, and `…` at the end if it was cut.
 */
export function showText(text, length = TEXT_LENGTH) {
  // Twice the length, as a character may be two code units and must not be cut in half.
  const start = text.slice(0, 2 * length + 2).replace(UNPRINTABLE, escapeCharacter);
  const characters = Array.from(start);
  return characters.length > length ? `${characters.slice(0, length - 1).join("")}…` : start;
}

/**
 * Shortens a server's or role's name for a box. The middle is left out, as hosts differ at their beginning and
 * ports are at the end.
 *
 * @param {string} name
 * @param {number} length The greatest number of characters.
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

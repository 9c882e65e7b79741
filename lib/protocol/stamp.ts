/** The value of `shared_key`: its writer, its sequence number, and when it was written. */

/**
 * A parsed value of `shared_key`.
 *
 * @example Usage
 * ```ts
 * import { formatStamp, type Stamp } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * const older: Stamp = { writer: "Python01", timestamp: 1725543675 };
 * assertEquals(formatStamp(older), "Python01 timestamp 1725543675");
 * ```
 */
export interface Stamp {
  /** The writer's name: one token without blanks. */
  readonly writer: string;
  /** The writer's sequence number; absent in the older form. */
  readonly seq?: number;
  /** When it was written, in microseconds since the Unix epoch; absent in the older form. */
  readonly micros?: number;
  /** The writer's run; absent in older forms. */
  readonly run?: string;
  /** When it was written, in whole seconds since the Unix epoch. */
  readonly timestamp: number;
}

/**
 * A stamp that has a sequence number and microseconds.
 *
 * @example Usage
 * ```ts
 * import { createStamp, type FullStamp } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * function follow({ writer, seq }: FullStamp, micros: number): FullStamp {
 *   return createStamp(writer, seq + 1, micros);
 * }
 * assertEquals(follow(createStamp("writer", 42, 1), 2).seq, 43);
 * ```
 */
export type FullStamp = Stamp & Required<Pick<Stamp, "seq" | "micros">>;

const NAME = /^[^\s\p{C}]{1,64}$/u;
/** Matches most names, and is faster. */
const ASCII_NAME = /^[!-~]{1,64}$/;
const NUMBER = "(0|[1-9][0-9]{0,15})";
/** A name of 64 characters has at most 128 code units: bounded, so that no text makes it slow. */
const STAMP = new RegExp(
  `^(\\S{1,128})(?: seq ${NUMBER} micros ${NUMBER}(?: run ([0-9a-z]{1,16}))?)? timestamp ${NUMBER}$`,
);

/**
 * Checks whether a text can name a writer or a listener: 1 to 64 characters, no blanks, no control characters.
 *
 * @param text The text to check.
 * @returns Whether it can be the first token of a stamp.
 *
 * @example Usage
 * ```ts
 * import { isName } from "./stamp.ts";
 * import { assert, assertFalse } from "@std/assert";
 *
 * assert(isName("writer_02"));
 * assertFalse(isName("my writer"));
 * ```
 */
export function isName(text: string): boolean {
  return ASCII_NAME.test(text) || NAME.test(text);
}

/**
 * Creates a name for a run of a program: a short text that is different after each start.
 *
 * @returns Eight random characters of `0` to `9` and `a` to `f`.
 *
 * @example Usage
 * ```ts
 * import { nameRun } from "@observable/keydb";
 * import { assertMatch } from "@std/assert";
 *
 * assertMatch(nameRun(), /^[0-9a-f]{8}$/);
 * ```
 */
export function nameRun(): string {
  return crypto.randomUUID().slice(0, 8);
}

/**
 * Checks whether a stamp has a sequence number and microseconds.
 *
 * @param stamp The stamp, of either form.
 * @returns `true`, or `false` if the stamp is of the older form.
 *
 * @example Usage
 * ```ts
 * import { createStamp, isFull } from "@observable/keydb";
 * import { assert, assertFalse } from "@std/assert";
 *
 * assert(isFull(createStamp("writer", 42, 1725543675123456)));
 * assertFalse(isFull({ writer: "Python01", timestamp: 1725543675 }));
 * ```
 */
export function isFull(stamp: Stamp): stamp is FullStamp {
  return stamp.seq !== undefined;
}

/**
 * Creates the stamp of a write at a given time.
 *
 * @param writer The writer's name.
 * @param seq The write's sequence number.
 * @param micros The time of the write, in microseconds since the Unix epoch.
 * @param run The writer's run, if it has a name.
 * @returns The stamp.
 *
 * @example Usage
 * ```ts
 * import { createStamp } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(createStamp("writer", 42, 1725543675123456).timestamp, 1725543675);
 * ```
 */
export function createStamp(
  writer: string,
  seq: number,
  micros: number,
  run?: string,
): FullStamp {
  const timestamp = Math.floor(micros / 1e6);
  return { writer, seq, micros, ...(run !== undefined && { run }), timestamp };
}

/**
 * Formats a stamp as the value of `shared_key`. The last token is whole seconds, so that clients that parse it as an
 * integer keep working.
 *
 * @param stamp The stamp, of either form.
 * @returns `<writer> seq <n> micros <µs> run <id> timestamp <s>`, without the run if it has none, or
 * `<writer> timestamp <s>`.
 *
 * @example Usage
 * ```ts
 * import { createStamp, formatStamp } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   formatStamp(createStamp("writer", 42, 1725543675123456, "7f3a")),
 *   "writer seq 42 micros 1725543675123456 run 7f3a timestamp 1725543675",
 * );
 * ```
 */
export function formatStamp({ writer, seq, micros, run, timestamp }: Stamp): string {
  const numbers = seq === undefined ? "" : ` seq ${seq} micros ${micros}`;
  return `${writer}${numbers}${run === undefined ? "" : ` run ${run}`} timestamp ${timestamp}`;
}

/**
 * Shortens the stamps in a log line, so that it fits a terminal: the writer and the number identify the value.
 *
 * @param line The line.
 * @returns The line without the stamps' times and runs.
 *
 * @example Usage
 * ```ts
 * import { shortenStamps } from "./stamp.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const line = "writer set shared_key: writer seq 42 micros 1725543675123456 run 7f3a timestamp 1725543675";
 * assertEquals(shortenStamps(line), "writer set shared_key: writer seq 42");
 * ```
 */
export function shortenStamps(line: string): string {
  return line.replaceAll(/( seq \d+) micros \d+(?: run \S+)? timestamp \d+/g, "$1");
}

/**
 * Parses the value of `shared_key`.
 *
 * @param text The text, in the current or an older form.
 * @returns The stamp, or `undefined` if the text is not a stamp: another grammar, a number beyond
 * `Number.MAX_SAFE_INTEGER`, or micros and timestamp that contradict each other.
 *
 * @example Usage
 * ```ts
 * import { parseStamp } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseStamp("Python01 timestamp 1725543675"), {
 *   writer: "Python01",
 *   timestamp: 1725543675,
 * });
 * assertEquals(parseStamp("hello"), undefined);
 * ```
 */
export function parseStamp(text: string): Stamp | undefined {
  const match = STAMP.exec(text);
  if (match === null || !isName(match[1])) return undefined;
  const writer = match[1];
  const run = match[4];
  const timestamp = Number(match[5]);
  if (match[2] === undefined) {
    return Number.isSafeInteger(timestamp) ? { writer, timestamp } : undefined;
  }
  const seq = Number(match[2]);
  const micros = Number(match[3]);
  if (!Number.isSafeInteger(seq) || !Number.isSafeInteger(micros)) return undefined;
  return timestamp === Math.floor(micros / 1e6) ? createStamp(writer, seq, micros, run) : undefined;
}

/**
 * A version that is read from a stamp. Versions order the values of `shared_key`.
 *
 * @example Usage
 * ```ts
 * import { type Change, timeDifference, type StampVersion } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * function ageOf({ version, readAt }: Change<StampVersion>): number | undefined {
 *   return version && timeDifference(version.stamp, readAt).seconds;
 * }
 * const change = { key: "k", value: null, cause: "initial", readAt: 0, conflated: 0, missed: 0 } as const;
 * assertEquals(ageOf(change), undefined);
 * ```
 */
export interface StampVersion {
  /** The writer. */
  readonly source: string;
  /** Its run, if it has a name. */
  readonly run?: string;
  /** The sequence number; absent in the older form. */
  readonly number?: number;
  /** When it was written, in microseconds since the Unix epoch; a whole second in the older form. */
  readonly time: number;
  /** The stamp itself. */
  readonly stamp: Stamp;
}

/**
 * Returns the version of a value that may be a stamp, for the option `versionOf` of an observation.
 *
 * @param text The value.
 * @returns The version, or `undefined` if the text is not a stamp.
 *
 * @example Usage
 * ```ts
 * import { observe, openConnection, SHARED_KEY, versionOfStamp } from "@observable/keydb";
 *
 * await using connection = await openConnection("redis://127.0.0.1:6379", { name: "example" });
 * const signal = AbortSignal.timeout(100);
 * for await (const change of observe(connection.client, SHARED_KEY, { versionOf: versionOfStamp, signal })) {
 *   console.log(change.version?.stamp.seq, change.missed);
 * }
 * ```
 */
export function versionOfStamp(text: string): StampVersion | undefined {
  const stamp = parseStamp(text);
  if (!stamp) return undefined;
  const { writer: source, run, seq: number, micros = stamp.timestamp * 1e6 } = stamp;
  return {
    source,
    ...(run !== undefined && { run }),
    ...(number !== undefined && { number }),
    time: micros,
    stamp,
  };
}

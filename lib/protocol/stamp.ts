/** What `shared_key` holds: who wrote it, its sequence number, when. */

/**
 * A value of `shared_key`, taken apart.
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
  /** When it was written, in whole seconds since the Unix epoch. */
  readonly timestamp: number;
}

/**
 * A stamp of the present form, in which everything is known.
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
export type FullStamp = Required<Stamp>;

const NAME = /^[^\s\p{C}]{1,64}$/u;
const NUMBER = "(0|[1-9][0-9]{0,15})";
/** A name of 64 characters is at most 128 long here: bounded, so that no text makes it slow. */
const STAMP = new RegExp(`^(\\S{1,128})(?: seq ${NUMBER} micros ${NUMBER})? timestamp ${NUMBER}$`);

/**
 * Tells whether a text can name a writer or a listener: 1 to 64 characters, no blanks, no controls.
 *
 * @param text The text to judge.
 * @returns Whether it can stand as the first token of a stamp.
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
  return NAME.test(text);
}

/**
 * Tells whether a stamp is of the present form.
 *
 * @param stamp The stamp, of either form.
 * @returns Whether its sequence number and its microseconds are known.
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
 * Makes the stamp of a write that happens at a given time.
 *
 * @param writer The writer's name.
 * @param seq The write's sequence number.
 * @param micros The time of the write, in microseconds since the Unix epoch.
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
export function createStamp(writer: string, seq: number, micros: number): FullStamp {
  return { writer, seq, micros, timestamp: Math.floor(micros / 1e6) };
}

/**
 * Writes a stamp as the text that `shared_key` holds. The last token stays whole seconds, so that
 * clients that parse the last token as an integer keep working.
 *
 * @param stamp The stamp, of either form.
 * @returns `<writer> seq <n> micros <µs> timestamp <s>`, or `<writer> timestamp <s>`.
 *
 * @example Usage
 * ```ts
 * import { createStamp, formatStamp } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   formatStamp(createStamp("writer", 42, 1725543675123456)),
 *   "writer seq 42 micros 1725543675123456 timestamp 1725543675",
 * );
 * ```
 */
export function formatStamp({ writer, seq, micros, timestamp }: Stamp): string {
  return seq === undefined
    ? `${writer} timestamp ${timestamp}`
    : `${writer} seq ${seq} micros ${micros} timestamp ${timestamp}`;
}

/**
 * Reads a stamp from the text that `shared_key` holds.
 *
 * @param text The text, of the present or the older form.
 * @returns The stamp, or `undefined` where the text is none: another grammar, a number beyond
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
  const timestamp = Number(match[4]);
  if (match[2] === undefined) {
    return Number.isSafeInteger(timestamp) ? { writer, timestamp } : undefined;
  }
  const seq = Number(match[2]);
  const micros = Number(match[3]);
  if (!Number.isSafeInteger(seq) || !Number.isSafeInteger(micros)) return undefined;
  return timestamp === Math.floor(micros / 1e6) ? { writer, seq, micros, timestamp } : undefined;
}

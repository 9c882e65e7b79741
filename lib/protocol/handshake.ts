/** The handshake: a listener's answer to a change. */

import type { Redis } from "ioredis";
import { nowMicros } from "../clock.ts";
import { HANDSHAKE_KEY, handshakeKeyOf } from "./keys.ts";
import type { Stamp } from "./stamp.ts";

/**
 * What a listener reports about its observation with each answer, for monitoring.
 *
 * @example Usage
 * ```ts
 * import { type ListenerAccount, parseHandshake } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "Hello seq 42 micros 1725543675124000 written 1725543675123456 " +
 *   "read 1725543675123900 changes 7 conflated 2 missed 0 timestamp 1725543675";
 * const account: ListenerAccount | undefined = parseHandshake(text)?.account;
 * assertEquals(account, { readAt: 1725543675123900, changes: 7, conflated: 2, missed: 0 });
 * ```
 */
export interface ListenerAccount {
  /** When the change was read, in microseconds since the Unix epoch. */
  readonly readAt: number;
  /** How many changes it has received since it started, including this one. */
  readonly changes: number;
  /** How many values were conflated since it started. */
  readonly conflated: number;
  /** How many values it missed since it started. */
  readonly missed: number;
  /** The listener's run; absent in the older form. */
  readonly run?: string;
}

/**
 * A parsed value of `handshake_key:<listener>`.
 *
 * @example Usage
 * ```ts
 * import { type Handshake, parseHandshake } from "@observable/keydb";
 * import { assert } from "@std/assert";
 *
 * function answers(handshake: Handshake | undefined, seq: number): boolean {
 *   return handshake?.seq === seq;
 * }
 * assert(answers(parseHandshake("Hello seq 42 micros 1725543675124000 timestamp 1725543675"), 42));
 * ```
 */
export interface Handshake {
  /** The listener's phrase. */
  readonly phrase: string;
  /** The number of the change it answers; absent for a change of the older form. */
  readonly seq?: number;
  /** When it was written, in microseconds since the Unix epoch. */
  readonly micros: number;
  /** When the answered change was written, likewise; absent for a change of the older form. */
  readonly written?: number;
  /** The listener's report about its observation, if there is one. */
  readonly account?: ListenerAccount;
}

/**
 * Writes a listener's answer to a change: the phrase to `handshake_key`, and the text of {@linkcode formatHandshake} to
 * `handshake_key:<listener>`. One command sets both keys.
 *
 * @param client The connection.
 * @param listener The listener's name.
 * @param phrase The listener's phrase.
 * @param stamp The stamp of the change.
 * @param account The listener's report about its observation, if there is one.
 * @throws The error of ioredis, if the server did not acknowledge it.
 *
 * @example Usage
 * ```ts
 * import {
 *   createStamp,
 *   handshakeKeyOf,
 *   nowMicros,
 *   openConnection,
 *   parseHandshake,
 *   writeHandshake,
 * } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * await using connection = await openConnection("redis://127.0.0.1:6379", { name: "example" });
 * const { client } = connection;
 * await writeHandshake(client, "example", "Hello", createStamp("writer", 42, nowMicros()));
 * const text = await client.get(handshakeKeyOf("example"));
 * assertEquals(parseHandshake(text!)?.seq, 42);
 * ```
 */
export async function writeHandshake(
  client: Redis,
  listener: string,
  phrase: string,
  stamp: Stamp,
  account?: ListenerAccount,
): Promise<void> {
  const { seq, micros: written } = stamp;
  const answer = formatHandshake({ phrase, seq, micros: nowMicros(), written, account });
  await client.mset(HANDSHAKE_KEY, phrase, handshakeKeyOf(listener), answer);
}

/**
 * Formats the value of `handshake_key:<listener>`. Its last token is whole seconds, as in a stamp.
 *
 * @param handshake The handshake.
 * @returns `<phrase> seq <n> micros <µs> written <µs> read <µs> changes <n> conflated <n> missed <n>
 * run <id> timestamp <s>`, without those that are absent.
 *
 * @example Usage
 * ```ts
 * import { formatHandshake } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * const handshake = { phrase: "Hello", seq: 42, micros: 1725543675124000, written: 1725543675123456 };
 * assertEquals(
 *   formatHandshake(handshake),
 *   "Hello seq 42 micros 1725543675124000 written 1725543675123456 timestamp 1725543675",
 * );
 * ```
 */
export function formatHandshake({ phrase, seq, micros, written, account }: Handshake): string {
  const timestamp = Math.floor(micros / 1e6);
  return `${phrase}${fact("seq", seq)} micros ${micros}${fact("written", written)}` +
    `${account ? formatAccount(account) : ""} timestamp ${timestamp}`;
}

function formatAccount({ readAt, changes, conflated, missed, run }: ListenerAccount): string {
  return ` read ${readAt} changes ${changes} conflated ${conflated} missed ${missed}${
    fact("run", run)
  }`;
}

function fact(name: string, value: string | number | undefined): string {
  return value === undefined ? "" : ` ${name} ${value}`;
}

/** The facts after the phrase: numbers, and perhaps a run, each after its name. */
const FACTS =
  /(?: (?:seq|micros|written|read|changes|conflated|missed|timestamp) \d{1,16}| run [0-9a-z]{1,16})+$/;

/** The greatest length of the facts: bounded, so that no text makes the search slow. */
const MAX_FACTS_LENGTH = 256;

/**
 * Parses the value of `handshake_key:<listener>`.
 *
 * @param text The text.
 * @returns The handshake, or `undefined` if the text is not a handshake: another grammar, a number beyond
 * `Number.MAX_SAFE_INTEGER`, or micros and timestamp that contradict each other.
 *
 * @example Usage
 * ```ts
 * import { parseHandshake } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "Hello seq 42 micros 1725543675124000 timestamp 1725543675";
 * assertEquals(parseHandshake(text), { phrase: "Hello", seq: 42, micros: 1725543675124000 });
 * assertEquals(parseHandshake("Hello"), undefined);
 * ```
 */
export function parseHandshake(text: string): Handshake | undefined {
  const [tail] = FACTS.exec(text.slice(-MAX_FACTS_LENGTH)) ?? [];
  if (tail === undefined) return undefined;
  const [, run] = / run (\w+)/.exec(tail) ?? [];
  const pairs = Array.from(
    tail.matchAll(/ (?!run )(\w+) (\d+)/g),
    ([, name, n]) => [name, Number(n)] as const,
  );
  const { timestamp, seq, micros, written, read, changes, conflated, missed } = Object.fromEntries(
    pairs,
  ) as Record<string, number | undefined>;
  if (!pairs.every(([, number]) => Number.isSafeInteger(number))) return undefined;
  if (micros === undefined || timestamp !== Math.floor(micros / 1e6)) return undefined;
  const hasAccount = [read, changes, conflated, missed].every((number) => number !== undefined);
  return {
    phrase: text.slice(0, -tail.length),
    ...(seq !== undefined && { seq }),
    micros,
    ...(written !== undefined && { written }),
    ...(hasAccount && {
      account: {
        readAt: read!,
        changes: changes!,
        conflated: conflated!,
        missed: missed!,
        ...(run !== undefined && { run }),
      },
    }),
  };
}

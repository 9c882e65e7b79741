/** Values of a key, good and bad, for tests. */

import { Buffer } from "node:buffer";
import fc from "fast-check";
import type { Redis } from "ioredis";

/** The value of a key. */
export type Stored =
  /** A string: text as UTF-8, or bytes as they are. */
  | { readonly text: string }
  | { readonly bytes: Uint8Array }
  /** Another type than string. */
  | { readonly type: Collection }
  /** Nothing. */
  | { readonly absent: true };

type Collection = "list" | "hash" | "set" | "zset" | "stream";

const FILLERS: Record<Collection, (client: Redis, key: string) => Promise<unknown>> = {
  list: (client, key) => client.rpush(key, "a", "b"),
  hash: (client, key) => client.hset(key, "field", "value"),
  set: (client, key) => client.sadd(key, "member"),
  zset: (client, key) => client.zadd(key, 1, "member"),
  stream: (client, key) => client.xadd(key, "*", "field", "value"),
};

/** Stores a value, as one change of its key. */
export async function store(client: Redis, key: string, stored: Stored): Promise<void> {
  if ("text" in stored) await client.set(key, stored.text);
  else if ("bytes" in stored) await client.set(key, Buffer.from(stored.bytes));
  else if ("absent" in stored) await client.del(key);
  else {
    await FILLERS[stored.type](client, `${key}:next`);
    await client.rename(`${key}:next`, key);
  }
}

/** Returns the text of a value, if it is text. */
export function textOf(stored: Stored): string | undefined {
  if ("text" in stored) return stored.text;
  if (!("bytes" in stored)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(stored.bytes);
  } catch {
    return undefined;
  }
}

const DAY = 86_400_000_000;
const NOW = Date.now() * 1000;

/** Line breaks, terminal escapes, signs, digits of other scripts, and other ways to break a format. */
const NASTY = fc.constantFrom(
  ..."\n,\r,\r\n,\t,\0,\x1b[2K,\x1b[31m,\x1b]0;t\x07,\x7f,\x85,\x9b,\u2028,\u2029,\u202e,\u200b,\ufeff"
    .split(","),
  ...'-,+,.,e9,0x1,0,١,９,½,∞,é,👋,",\\,{,},%s,$&,NaN,Infinity,99999999999999999999'.split(","),
  " ",
  "  ",
);

/** Values that are special in some language or format, but not here. */
const FAMOUS = fc.constantFrom(
  "",
  " ",
  "0",
  "-0",
  "-1",
  "1e999",
  "NaN",
  "-Infinity",
  "null",
  "undefined",
  "[object Object]",
  "\nERROR the role stopped",
  "x\r\nWARN forged",
  '"}\n{"time":"2026-01-01T00:00:00Z","level":"error","role":"writer","message":"forged',
  "\x1b[1A\x1b[2K\x1b]8;;http://forged\x07",
);

const micros = fc.oneof(
  fc.constantFrom(0, 1, NOW, NOW - DAY, NOW - 365 * DAY, NOW + 0.9 * DAY, NOW + 2 * DAY),
  fc.integer({ min: NOW - DAY, max: NOW }),
  fc.maxSafeNat(),
  fc.constant(Number.MAX_SAFE_INTEGER),
);
const seq = fc.oneof(
  fc.integer({ min: 1, max: 50 }),
  fc.constantFrom(0, 1, 2 ** 53 - 2, 2 ** 53 - 1),
  fc.maxSafeNat(),
);
const name = fc.constantFrom("w", "v", "écrivain", "👋".repeat(64), "__proto__", "seq", "writer");

/** Stamps of any time and number, from few writers, so that numbers jump back and collide. */
const stamp = fc.oneof(
  fc.tuple(name, seq, micros).map(([name, seq, micros]) =>
    `${name} seq ${seq} micros ${micros} timestamp ${Math.floor(micros / 1e6)}`
  ),
  fc.tuple(name, micros).map(([name, micros]) => `${name} timestamp ${Math.floor(micros / 1e6)}`),
);

const interval = fc.oneof(
  fc.integer({ min: 1, max: 86_400_000 }).map((ms) => `${ms / 1000}`),
  fc.constantFrom("0.001", "86400", "0.0009", "86400.1", ".5", "5.", "010", " 7\n", "5e1"),
  fc.double().map(String),
);

/** Breaks a valid text in one place. */
function broken(right: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(right, fc.nat(), fc.nat(3), fc.oneof(NASTY, fc.string({ unit: "binary" })))
    .map(([text, place, cut, nasty]) => {
      const at = place % (text.length + 1);
      return `${text.slice(0, at)}${nasty}${text.slice(at + cut)}`;
    });
}

/** Any value in place of a valid one. */
function stored(right: fc.Arbitrary<string>): fc.Arbitrary<Stored> {
  const text = fc.oneof(
    { weight: 3, arbitrary: right },
    { weight: 4, arbitrary: broken(right) },
    { weight: 2, arbitrary: FAMOUS },
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.array(NASTY).map((parts) => parts.join("")),
  );
  return fc.oneof(
    { weight: 12, arbitrary: text.map((text) => ({ text: text.toWellFormed() })) },
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ bytes })) },
    fc.tuple(text, fc.constantFrom(0x80, 0xc0, 0xed, 0xff)).map(([text, byte]) => ({
      bytes: Uint8Array.of(...new TextEncoder().encode(text), byte),
    })),
    fc.constantFrom<Stored>(
      ...(["list", "hash", "set", "zset", "stream"] as const).map((type) => ({ type })),
      { absent: true },
    ),
  );
}

const MEGABYTES = 10 * 2 ** 20;

/** Values of 10 MB that could be slow to judge, and one that is larger than what is accepted as text. */
function long(...texts: string[]): Stored[] {
  return [
    ...texts.map((text) => ({ text })),
    { bytes: new Uint8Array(MEGABYTES).fill(0xff) },
    { bytes: new Uint8Array(25_000_001).fill(0x20) },
  ];
}

/** Generates values of `shared_key`. */
export function sharedKeyValues(count: number, seed: number): Stored[] {
  const digits = `w seq ${"1".repeat(MEGABYTES)} micros 1 timestamp 1`;
  const values = fc.sample(stored(stamp), { numRuns: count, seed });
  return [...values, ...long("\n".repeat(MEGABYTES), digits)];
}

/** Generates values of `update_interval`. */
export function intervalValues(count: number, seed: number): Stored[] {
  const digits = `${"1".repeat(MEGABYTES)}x`;
  const values = fc.sample(stored(interval), { numRuns: count, seed });
  return [...values, ...long(`${" ".repeat(MEGABYTES)}x`, digits)];
}

/** One read of a key. */

import type { Buffer } from "node:buffer";
import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import { orAborted } from "../abort.ts";
import { nowMicros } from "../clock.ts";
import { replyCode } from "../connect/refusal.ts";
import { excerpt } from "../text.ts";

/** What a read of a key found. */
export interface Reading {
  /** The text under the key, or `null` if there is none. */
  readonly value: string | null;
  /** Why there is no text although the key exists: it is not a string, its bytes are not text, or it is too long. */
  readonly problem?: string;
  /** When the reply arrived, in microseconds since the Unix epoch. */
  readonly readAt: number;
}

/**
 * The longest value that is accepted as text, in bytes. Servers close the connection of a subscriber whose replies
 * take more than 32 MiB of memory, unless their `client-output-buffer-limit` differs; jemalloc takes that much for
 * any reply of more than 28 MiB.
 */
const MAX_TEXT_BYTES = 25_000_000;

/** The pause before a failed read is retried, in milliseconds. */
const RETRY_MS = 250;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a key that should hold text.
 *
 * @param client The connection.
 * @param key The key's name.
 * @returns What the read found, text or not.
 * @throws The error of ioredis, if the read failed.
 *
 * @example Usage
 * ```ts
 * import type { Redis } from "ioredis";
 * import { readKey } from "./reading.ts";
 *
 * async function show(client: Redis): Promise<void> {
 *   console.log((await readKey(client, "shared_key")).value);
 * }
 * ```
 */
export async function readKey(client: Redis, key: string | Buffer): Promise<Reading> {
  try {
    const bytes = await client.getBuffer(key);
    return decode(bytes, nowMicros());
  } catch (error) {
    if (replyCode(error) !== "WRONGTYPE") throw error;
    return { value: null, problem: "it is not a string", readAt: nowMicros() };
  }
}

/**
 * Reads a key as {@linkcode readKey} does, but asks for the length first: the server closes a subscriber's
 * connection if a value is too long.
 *
 * @param client The connection.
 * @param key The key's name.
 * @returns What the read found; for a value that is too long, only its length.
 * @throws The error of ioredis, if the read itself failed.
 *
 * @example Usage
 * ```ts
 * import type { Redis } from "ioredis";
 * import { readKeyIfShort } from "./reading.ts";
 *
 * async function show(client: Redis): Promise<void> {
 *   const { value, problem } = await readKeyIfShort(client, "shared_key");
 *   console.log(problem ?? value);
 * }
 * ```
 */
export async function readKeyIfShort(client: Redis, key: string | Buffer): Promise<Reading> {
  const length = await client.strlen(key).catch(() => 0); // not a string, or no right to ask
  if (length <= MAX_TEXT_BYTES) return await readKey(client, key);
  return { value: null, problem: tooLong(length), readAt: nowMicros() };
}

/**
 * Reads a key that should hold text, and retries until a read succeeds.
 *
 * @param client The connection.
 * @param key The key's name.
 * @param signal Ends the tries.
 * @param onFailure Called with the error of every failed try; an error that it throws ends the tries too.
 * @returns What the read found, or `undefined` if the signal was aborted first.
 *
 * @example Usage
 * ```ts
 * import type { Redis } from "ioredis";
 * import { readKeyPatiently } from "./reading.ts";
 *
 * async function show(client: Redis): Promise<void> {
 *   const signal = AbortSignal.timeout(5000);
 *   const reading = await readKeyPatiently(client, "shared_key", signal, console.warn);
 *   console.log(reading?.value);
 * }
 * ```
 */
export async function readKeyPatiently(
  client: Redis,
  key: string,
  signal: AbortSignal,
  onFailure: (error: Error) => void,
): Promise<Reading | undefined> {
  while (!signal.aborted) {
    try {
      const reading = await orAborted(readKey(client, key), signal);
      return signal.aborted ? undefined : reading;
    } catch (error) {
      if (signal.aborted) return undefined;
      onFailure(error as Error);
      await delay(RETRY_MS, undefined, { signal }).catch(() => {}); // aborted: the loop ends
    }
  }
}

function decode(bytes: Uint8Array | null, readAt: number): Reading {
  if (bytes === null) return { value: null, readAt };
  if (bytes.length > MAX_TEXT_BYTES) {
    return { value: null, problem: tooLong(bytes.length), readAt };
  }
  try {
    return { value: UTF8.decode(bytes), readAt };
  } catch {
    return { value: null, problem: `its bytes are no UTF-8 text: "${excerpt(bytes)}"`, readAt };
  }
}

function tooLong(length: number): string {
  return `its ${length} bytes are more than the ${MAX_TEXT_BYTES} taken as text`;
}

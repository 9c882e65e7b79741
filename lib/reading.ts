/** One read of a key. */

import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import { orAborted } from "./_abort.ts";
import { nowMicros } from "./clock.ts";
import { replyCode } from "./refusal.ts";
import { excerpt } from "./text.ts";

/** What a read of a key found. */
export interface Reading {
  /** The text under the key, or `null` where there is none. */
  readonly value: string | null;
  /** Why there is no text although the key exists: another type than string, bytes that are no text, or too many. */
  readonly problem?: string;
  /** When the reply was there, in microseconds since the Unix epoch. */
  readonly readAt: number;
}

/** The longest value that is taken as text, in bytes: 64 MiB. The server's own limit is 512 MB. */
const MAX_TEXT_BYTES = 64 * 2 ** 20;

/** The pause before a failed read is tried again, in milliseconds. */
const RETRY_MS = 250;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a key that should hold text.
 *
 * @param client The connection.
 * @param key The key's name.
 * @returns What was found, whatever it is.
 * @throws The error of ioredis, where the read itself failed.
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
export async function readKey(client: Redis, key: string): Promise<Reading> {
  try {
    const bytes = await client.getBuffer(key);
    return decode(bytes, nowMicros());
  } catch (error) {
    if (replyCode(error) !== "WRONGTYPE") throw error;
    return { value: null, problem: "it is not a string", readAt: nowMicros() };
  }
}

/**
 * Reads a key that should hold text, again and again while that fails.
 *
 * @param client The connection.
 * @param key The key's name.
 * @param signal Ends the tries.
 * @param onFailure Called with the error of every failed try; what it throws ends the tries too.
 * @returns What was found, or `undefined` where the signal was aborted first.
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
    const problem = `its ${bytes.length} bytes are more than the ${MAX_TEXT_BYTES} taken as text`;
    return { value: null, problem, readAt };
  }
  try {
    return { value: UTF8.decode(bytes), readAt };
  } catch {
    return { value: null, problem: `its bytes are no UTF-8 text: "${excerpt(bytes)}"`, readAt };
  }
}

/** One read of a key. */

import type { Redis } from "ioredis";
import { nowMicros } from "./clock.ts";
import { replyCode } from "./connection.ts";
import { excerpt } from "./text.ts";

/** What a read of a key found. */
export interface Reading {
  /** The text under the key, or `null` where there is none. */
  readonly value: string | null;
  /** Why there is no text although the key exists: another type than string, or bytes that are no text. */
  readonly problem?: string;
  /** When the reply was there, in microseconds since the Unix epoch. */
  readonly readAt: number;
}

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

function decode(bytes: Uint8Array | null, readAt: number): Reading {
  if (bytes === null) return { value: null, readAt };
  try {
    return { value: UTF8.decode(bytes), readAt };
  } catch {
    return { value: null, problem: `its bytes are no UTF-8 text: "${excerpt(bytes)}"`, readAt };
  }
}

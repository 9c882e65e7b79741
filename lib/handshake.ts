/** The handshake: a listener's answer to a change. */

import type { Redis } from "ioredis";
import { nowMicros } from "./clock.ts";
import { HANDSHAKE_KEY, handshakeKeyOf } from "./keys.ts";
import type { Stamp } from "./stamp.ts";

/**
 * Writes a listener's answer to a change: the phrase alone under `handshake_key`, and under
 * `handshake_key:<listener>` the phrase, the number of the change it answers, and the time. Both keys are
 * set by one command.
 *
 * @param client The connection.
 * @param listener The listener's name.
 * @param phrase What the listener says.
 * @param stamp The stamp of the change.
 * @throws The error of ioredis, where the server did not acknowledge it.
 *
 * @example Usage
 * ```ts
 * import type { Redis } from "ioredis";
 * import { writeHandshake } from "./handshake.ts";
 *
 * async function answer(client: Redis): Promise<void> {
 *   const stamp = { writer: "writer", seq: 42, micros: 1725543675123456, timestamp: 1725543675 };
 *   await writeHandshake(client, "listener_sync", "Handshake triggered by key event", stamp);
 * }
 * ```
 */
export async function writeHandshake(
  client: Redis,
  listener: string,
  phrase: string,
  stamp: Stamp,
): Promise<void> {
  const answer = formatHandshake(phrase, stamp, nowMicros());
  await client.mset(HANDSHAKE_KEY, phrase, handshakeKeyOf(listener), answer);
}

/**
 * Writes the value of `handshake_key:<listener>`.
 *
 * @param phrase What the listener says.
 * @param stamp The stamp of the change; one of the older form has no sequence number to name.
 * @param micros The time of the handshake, in microseconds since the Unix epoch.
 * @returns `<phrase> seq <n> micros <µs> timestamp <s>`, or the same without `seq <n>`.
 *
 * @example Usage
 * ```ts
 * import { formatHandshake } from "./handshake.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const stamp = { writer: "writer", seq: 42, micros: 1725543675123456, timestamp: 1725543675 };
 * assertEquals(
 *   formatHandshake("Hello", stamp, 1725543675124000),
 *   "Hello seq 42 micros 1725543675124000 timestamp 1725543675",
 * );
 * ```
 */
export function formatHandshake(phrase: string, stamp: Stamp, micros: number): string {
  const seq = stamp.seq === undefined ? "" : ` seq ${stamp.seq}`;
  return `${phrase}${seq} micros ${micros} timestamp ${Math.floor(micros / 1e6)}`;
}

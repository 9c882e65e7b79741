/** Names of the keys and channels that the roles share. */

/**
 * Holds the writer's latest stamp.
 *
 * @example Usage
 * ```ts
 * import { SHARED_KEY } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(SHARED_KEY, "shared_key");
 * ```
 */
export const SHARED_KEY = "shared_key";

/** Holds the phrase of the listener that answered last. */
export const HANDSHAKE_KEY = "handshake_key";

/** Holds the seconds between two writes, as a decimal number. */
export const UPDATE_INTERVAL_KEY = "update_interval";

/**
 * Names the key that holds one listener's latest handshake.
 *
 * @param listener The listener's name.
 * @returns The key's name.
 *
 * @example Usage
 * ```ts
 * import { handshakeKeyOf } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(handshakeKeyOf("listener_sync"), "handshake_key:listener_sync");
 * ```
 */
export function handshakeKeyOf(listener: string): string {
  return `${HANDSHAKE_KEY}:${listener}`;
}

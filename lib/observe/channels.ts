/** The channels on which a server announces what happens to a key. */

/**
 * The family of keyspace notifications to subscribe to: a `keyevent` channel carries the names of all
 * keys with one kind of event, a `keyspace` channel carries all events of one key.
 *
 * @example Usage
 * ```ts
 * import type { Via } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * function channelsOf(via: Via): string {
 *   return `__${via}@0__:*`;
 * }
 * assertEquals(channelsOf("keyspace"), "__keyspace@0__:*");
 * ```
 */
export type Via = "keyevent" | "keyspace";

/**
 * Names the channel on which a server publishes what happens to a key.
 *
 * See {@link https://redis.io/docs/latest/develop/pubsub/keyspace-notifications/}.
 *
 * @param via The family of channels. `keyevent` stands for the channel of `set` events only.
 * @param db The number of the database that holds the key.
 * @param key The key's name.
 * @returns The channel's name.
 *
 * @example Usage
 * ```ts
 * import { notificationChannel } from "./channels.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(notificationChannel("keyevent", 0, "shared_key"), "__keyevent@0__:set");
 * assertEquals(notificationChannel("keyspace", 0, "shared_key"), "__keyspace@0__:shared_key");
 * ```
 */
export function notificationChannel(via: Via, db: number, key: string): string {
  return via === "keyevent" ? `__keyevent@${db}__:set` : `__keyspace@${db}__:${key}`;
}

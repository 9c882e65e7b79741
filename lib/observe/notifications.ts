/** Whether a server publishes the keyspace notifications that an observer needs. */

import type { Redis } from "ioredis";
import type { Via } from "./channels.ts";

/**
 * The flags an observer needs in `notify-keyspace-events`: the channel's family, then the classes of
 * events ({@link https://redis.io/docs/latest/develop/pubsub/keyspace-notifications/}): `$` set,
 * `g` deletion and renaming, `x` expiry, `e` eviction.
 */
const NEEDED_FLAGS: Record<Via, string> = { keyevent: "E$", keyspace: "K$gxe" };

/** The classes of events that the flag `A` stands for. */
const ALL_CLASSES = "g$lshzxetd";

/**
 * What is known about a server's notifications.
 *
 * @example Usage
 * ```ts
 * import type { NotificationCheck } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * function advise(check: NotificationCheck): string {
 *   return check.result === "missing" ? `add ${check.missing}` : "go on";
 * }
 * assertEquals(advise({ result: "missing", flags: "Kx", missing: "E$" }), "add E$");
 * ```
 */
export type NotificationCheck =
  /** The server publishes everything needed. */
  | { readonly result: "ok" }
  /** The server does not publish everything needed. */
  | { readonly result: "missing"; readonly flags: string; readonly missing: string }
  /** The server did not report its setting. */
  | { readonly result: "unknown"; readonly reason: string; readonly needed: string };

/**
 * Asks a server whether it publishes what an observer needs.
 *
 * @param client The connection.
 * @param via The family of channels that the observer subscribes to.
 * @returns What the server reported. Managed servers often refuse `CONFIG`; that is not an error.
 *
 * @example Usage
 * ```ts
 * import { checkNotifications, openConnection } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * await using connection = await openConnection("redis://127.0.0.1:6379", { name: "example" });
 * assertEquals(await checkNotifications(connection.client, "keyevent"), { result: "ok" });
 * ```
 */
export async function checkNotifications(client: Redis, via: Via): Promise<NotificationCheck> {
  const needed = NEEDED_FLAGS[via];
  try {
    const [, flags] = await client.config("GET", "notify-keyspace-events") as string[];
    if (flags === undefined) throw new Error("the server has no such setting");
    const missing = missingFlags(flags, via);
    return missing === "" ? { result: "ok" } : { result: "missing", flags, missing };
  } catch (error) {
    return { result: "unknown", reason: (error as Error).message, needed };
  }
}

/**
 * Finds the flags that a server's `notify-keyspace-events` lacks.
 *
 * @param flags The server's setting.
 * @param via The family of channels that the observer subscribes to.
 * @returns The flags to add; an empty string if none is missing.
 *
 * @example Usage
 * ```ts
 * import { missingFlags } from "./notifications.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(missingFlags("AKE", "keyevent"), "");
 * assertEquals(missingFlags("Kx", "keyevent"), "E$");
 * ```
 */
export function missingFlags(flags: string, via: Via): string {
  const present = flags.replace("A", ALL_CLASSES);
  return Array.from(NEEDED_FLAGS[via]).filter((flag) => !present.includes(flag)).join("");
}

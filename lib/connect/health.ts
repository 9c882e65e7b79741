/** Whether a server that takes connections does its work as well. */

import type { Redis } from "ioredis";
import { askOnce } from "./one_shot.ts";
import type { Server } from "./server.ts";
import { checkKind } from "./server_kind.ts";

/**
 * Asks a connected server whether it serves its data. One that loads them answers PING all the same, where
 * it is KeyDB.
 *
 * @param client The connection.
 * @returns What it is busy with, or an `AccessError` if it never serves, as a Sentinel; `undefined` if it
 * serves, or does not say.
 *
 * @example Usage
 * ```ts
 * import type { Redis } from "ioredis";
 * import { checkServing } from "./health.ts";
 *
 * async function show(client: Redis): Promise<void> {
 *   console.log((await checkServing(client))?.message ?? "serves");
 * }
 * ```
 */
export async function checkServing(client: Redis): Promise<Error | undefined> {
  const [unusable, info] = await Promise.all([
    checkKind(client),
    client.info("persistence").catch(() => ""), // without the right to ask, hope
  ]);
  if (unusable) return unusable;
  return fieldOf(info, "loading") === "1" ? new Error("it is still loading its data") : undefined;
}

/**
 * Connects to a server and asks whether it is healthy: it answers, has its data loaded, and is linked to a
 * primary or peer, if it replicates any.
 *
 * @param server The server.
 * @param signal Ends the wait for the answer.
 * @returns Whether it is; a server that does not let us ask is, if it answers at all.
 * @throws {AccessError} If it refuses the credentials.
 *
 * @example Usage
 * ```ts
 * import { isHealthy } from "./health.ts";
 * import { parseServerUrl } from "./server.ts";
 * import { assertFalse } from "@std/assert";
 *
 * const nobody = parseServerUrl("redis://127.0.0.1:1")!;
 * assertFalse(await isHealthy(nobody, new AbortController().signal));
 * ```
 */
export async function isHealthy(server: Server, signal: AbortSignal): Promise<boolean> {
  const info = await askOnce(server, async (client) => {
    await client.ping();
    const sections = ["persistence", "replication"]; // a user may have the right to no others
    const infos = sections.map((section) => client.info(section).catch(() => ""));
    return (await Promise.all(infos)).join("");
  }, signal);
  return info !== undefined && isHealthyInfo(info);
}

/**
 * Judges what a server's `INFO` says ({@link https://redis.io/docs/latest/commands/info/}).
 *
 * @param info The reply.
 * @returns Whether it has its data loaded, and its link to a primary, if it has one, is up. A KeyDB node has
 * a link to every peer, and one of them is enough: the others may be down for good.
 *
 * @example Usage
 * ```ts
 * import { isHealthyInfo } from "./health.ts";
 * import { assert, assertFalse } from "@std/assert";
 *
 * assert(isHealthyInfo("loading:0\r\nrole:master\r\n"));
 * assertFalse(isHealthyInfo("loading:0\r\nrole:slave\r\nmaster_link_status:down\r\n"));
 * ```
 */
export function isHealthyInfo(info: string): boolean {
  if (fieldOf(info, "loading") === "1") return false;
  const peers = fieldOf(info, "connected_masters");
  if (peers !== undefined) return peers !== "0";
  return fieldOf(info, "master_link_status") !== "down";
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\r?$`, "m").exec(info)?.[1];
}

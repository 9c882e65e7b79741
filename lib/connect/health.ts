/** Whether a server that accepts connections also serves its data. */

import type { Redis } from "ioredis";
import { askOnce } from "./one_shot.ts";
import type { Server } from "./server.ts";
import { checkKind } from "./server_kind.ts";

/**
 * Asks a connected server whether it serves its data. KeyDB answers PING even while it loads its data.
 *
 * @param client The connection.
 * @returns What it is busy with, or an `AccessError` if it never serves, such as a Sentinel; `undefined` if
 * it serves, or does not report it.
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
    client.info("persistence").catch(() => ""), // without the right to ask, assume that it serves
  ]);
  if (unusable) return unusable;
  return fieldOf(info, "loading") === "1" ? new Error("it is still loading its data") : undefined;
}

/**
 * Connects to a server and checks whether it is healthy: it answers, its data is loaded, and if it
 * replicates, it is linked to a primary or peer.
 *
 * @param server The server.
 * @param signal Ends the wait for the answer.
 * @returns Whether it is healthy. A server that answers but refuses `INFO` counts as healthy.
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
    const sections = ["persistence", "replication"]; // a user may lack the right to others
    const infos = sections.map((section) => client.info(section).catch(() => ""));
    return (await Promise.all(infos)).join("");
  }, signal);
  return info !== undefined && isHealthyInfo(info);
}

/**
 * Finds out from a server's `INFO` whether it is healthy
 * ({@link https://redis.io/docs/latest/commands/info/}).
 *
 * @param info The reply.
 * @returns Whether its data is loaded, and its link to a primary, if it has one, is up. A KeyDB node has a
 * link to every peer, and one of them is enough: the others may be down for good.
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

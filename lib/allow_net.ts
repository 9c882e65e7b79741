/**
 * Prints the option that lets a role connect to the servers in `KEYDB_URL` and to no others:
 * `deno run -P=writer $(deno run --allow-env=KEYDB_URL lib/allow_net.ts) functions/writer.ts`.
 */

import { DEFAULT_SERVER_URL, nameServer, parseServerUrls } from "./server.ts";

/**
 * Names the network permission for servers.
 *
 * @param urls What `KEYDB_URL` holds, if anything.
 * @returns `--allow-net=…`, or nothing where the text is unusable: then the role says so.
 *
 * @example Usage
 * ```ts
 * import { allowNet } from "./allow_net.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const urls = "redis://:secret@keydb_01, redis://[::1]:7000/0";
 * assertEquals(allowNet(urls), "--allow-net=keydb_01:6379,[::1]:7000");
 * assertEquals(allowNet("keydb_01"), "");
 * ```
 */
export function allowNet(urls: string | undefined): string {
  const servers = parseServerUrls(urls || DEFAULT_SERVER_URL);
  return servers ? `--allow-net=${servers.map(nameServer).join(",")}` : "";
}

if (import.meta.main) console.log(allowNet(Deno.env.get("KEYDB_URL")));

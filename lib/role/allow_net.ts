/**
 * Prints the option that lets a role connect to the servers in `KEYDB_URL` (or `REDIS_URL`), serve the ports in its
 * settings, and nothing else:
 * `deno run -P=writer $(deno run -P=writer lib/role/allow_net.ts writer) functions/writer.ts`.
 */

import { DEFAULT_SERVER_URL, nameServer, parseServerUrls } from "../connect/server.ts";

/** What a role serves, as in its settings. */
export interface Serving {
  /** The value of `BIND_ADDRESS`, if set. */
  host?: string;
  /** The port numbers, as text; a port that is absent or 0 is not served. */
  ports: readonly (string | undefined)[];
}

/** A host and a port, without characters that Deno would read as a separator. */
const PLACE = /^[^\s,]+:\d+$/;

const MAX_PORT = 65535;

/**
 * Writes the option with the network permission for servers and for ports to serve.
 *
 * @param urls The value of `KEYDB_URL` or `REDIS_URL`, if set.
 * @param serving What is served; nothing by default.
 * @returns `--allow-net=…`, or an empty text if a value is invalid: the role then reports it.
 *
 * @example Usage
 * ```ts
 * import { allowNet } from "./allow_net.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const urls = "redis://:secret@keydb_01, redis://[::1]:7000/0";
 * assertEquals(allowNet(urls), "--allow-net=keydb_01:6379,[::1]:7000");
 * assertEquals(allowNet("redis://h", { ports: ["80"] }), "--allow-net=h:6379,127.0.0.1:80");
 * assertEquals(allowNet("keydb_01"), "");
 * assertEquals(allowNet("redis://h", { ports: ["70000"] }), "");
 * ```
 */
export function allowNet(
  urls: string | undefined,
  { host, ports }: Serving = { ports: [] },
): string {
  const servers = parseServerUrls(urls || DEFAULT_SERVER_URL);
  const served = ports.filter((port) => port && Number(port) !== 0)
    .map((port) => nameServer({ host: host || "127.0.0.1", port: Number(port) }));
  const addresses = [...servers?.map(nameServer) ?? [], ...served];
  const isUsable = servers && addresses.every((address) => PLACE.test(address)) &&
    ports.every((port) => Number(port ?? 0) <= MAX_PORT);
  return isUsable ? `--allow-net=${addresses.join(",")}` : "";
}

if (import.meta.main) {
  const { env } = Deno;
  const page = Deno.args[0] === "dashboard" ? env.get("DASHBOARD_PORT") || "8000" : undefined;
  const serving = { host: env.get("BIND_ADDRESS"), ports: [env.get("METRICS_PORT"), page] };
  console.log(allowNet(env.get("KEYDB_URL") || env.get("REDIS_URL"), serving));
}

/** Servers and their credentials, as URLs name them. */

import type { RedisOptions } from "ioredis";
import type { TlsSettings } from "./tls.ts";

/**
 * A server, parsed from its URL.
 *
 * @example Usage
 * ```ts
 * import { parseServerUrls, type Server } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * const server: Server = { host: "keydb_01", port: 6379, password: "secret", db: 2 };
 * assertEquals(parseServerUrls("redis://:secret@keydb_01/2"), [server]);
 * ```
 */
export interface Server {
  /** Host name or address, IPv6 without brackets. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
  /** ACL user; absent for the default user. */
  readonly username?: string;
  /** Password; must never be printed. */
  readonly password?: string;
  /** Number of the database. */
  readonly db: number;
  /** The TLS settings, if the server speaks TLS. */
  readonly tls?: TlsSettings;
}

/** The default server. */
export const DEFAULT_SERVER_URL = "redis://127.0.0.1:6379";

/** What a server's URL must look like, for error messages. */
const SERVER_URL_RULE =
  "redis://[user:password@]host[:port][/db] (rediss:// for TLS), with special characters of user and " +
  "password percent-encoded";

/** What the URLs of several servers must look like, for error messages. */
export const SERVER_URLS_RULE =
  `${SERVER_URL_RULE}, or several of these with commas in between, all of the same database`;

/**
 * Reads the URLs of one or more servers.
 *
 * @param text One or more URLs as {@linkcode parseServerUrl} takes them, with commas in between, in the order
 * of preference.
 * @returns The servers, or `undefined` if one of the URLs is invalid, or if they name different databases:
 * a subscription covers only one.
 *
 * @example Usage
 * ```ts
 * import { parseServerUrls } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * const servers = parseServerUrls("redis://keydb_01, redis://keydb_02");
 * assertEquals(servers?.map(({ host }) => host), ["keydb_01", "keydb_02"]);
 * ```
 */
export function parseServerUrls(text: string): Server[] | undefined {
  const servers: Server[] = [];
  for (const url of text.split(/,(?=\s*rediss?:)/)) { // a password may contain commas too
    const server = parseServerUrl(url.trim());
    if (!server || server.db !== (servers[0] ?? server).db) return undefined;
    servers.push(server);
  }
  return servers;
}

/**
 * Reads a server's URL.
 *
 * @param text `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS; port 6379 and
 * database 0 by default.
 * @returns The server, or `undefined` if the URL is invalid.
 *
 * @example Usage
 * ```ts
 * import { parseServerUrl } from "./server.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseServerUrl("redis://:secret@keydb_01/2"), {
 *   host: "keydb_01",
 *   port: 6379,
 *   password: "secret",
 *   db: 2,
 * });
 * assertEquals(parseServerUrl("http://keydb_01"), undefined);
 * ```
 */
export function parseServerUrl(text: string): Server | undefined {
  const url = URL.parse(text);
  const db = /^\/?(\d{1,5})?$/.exec(url?.pathname ?? "?");
  if (!url || !db || !/^rediss?:$/.test(url.protocol)) return undefined;
  if (!url.hostname || url.hostname.includes(",")) return undefined;
  if (url.search || url.hash || url.port === "0") return undefined;
  const username = decode(url.username);
  const password = decode(url.password);
  if (username === undefined || password === undefined) return undefined;
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port || 6379),
    ...(username && { username }),
    ...(password && { password }),
    db: Number(db[1] ?? 0),
    ...(url.protocol === "rediss:" && { tls: {} }),
  };
}

/**
 * Hides user and password in a text that should be a server's URL, well-formed or not.
 *
 * @param text The text.
 * @returns The text with `***` in place of all between the scheme and the last `@`, of what follows a colon
 * and is not a port (a password whose host was forgotten), and of a query, as other clients take passwords
 * there.
 *
 * @example Usage
 * ```ts
 * import { redactUrl } from "./server.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(redactUrl("redis://bob:p@ss@keydb_01:6379"), "redis://***@keydb_01:6379");
 * ```
 */
export function redactUrl(text: string): string {
  return text.replace(/^([a-z][a-z\d+.-]*:\/\/)?[^]*(@|%40)/i, "$1***@")
    .replace(/(\[[\da-f:.]*\])|:(?!\/\/|\d+(?:[/,\s]|$))[^]*/gi, (_, ipv6) => ipv6 ?? ":***")
    .replace(/\?[^]+/, "?***");
}

/**
 * Names the server of a connection, without credentials.
 *
 * @param client The connection, or another object with its options.
 * @returns Such as `keydb_01:6379`.
 *
 * @example Usage
 * ```ts
 * import { Redis } from "ioredis";
 * import { serverOf } from "./server.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const client = new Redis("redis://:secret@keydb_01:6379", { lazyConnect: true });
 * assertEquals(serverOf(client), "keydb_01:6379");
 * ```
 */
export function serverOf(
  { options: { host = "localhost", port = 6379 } }: { options: RedisOptions },
): string {
  return nameServer({ host, port });
}

/**
 * Names a server, without credentials.
 *
 * @param server The server.
 * @returns Such as `keydb_01:6379`.
 *
 * @example Usage
 * ```ts
 * import { nameServer } from "./server.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(nameServer({ host: "::1", port: 6379 }), "[::1]:6379");
 * ```
 */
export function nameServer({ host, port }: Pick<Server, "host" | "port">): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

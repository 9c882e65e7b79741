/** Where a server is and how to log in, as one URL says it. */

import type { Redis } from "ioredis";

/** A server, taken apart from its URL. */
export interface Server {
  /** Host name or address, IPv6 without brackets. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
  /** ACL user; absent for the default user. */
  readonly username?: string;
  /** Password; never to be printed. */
  readonly password?: string;
  /** Number of the database. */
  readonly db: number;
  /** Whether to speak TLS. */
  readonly tls: boolean;
}

/** What a server's URL must look like, for error sentences. */
export const SERVER_URL_RULE =
  "redis://[user:password@]host[:port][/db] (rediss:// for TLS), with special characters of user and " +
  "password percent-encoded";

/**
 * Reads a server's URL.
 *
 * @param text `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS; port 6379 and
 * database 0 unless named.
 * @returns The server, or `undefined` where the text is no such URL.
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
 *   tls: false,
 * });
 * assertEquals(parseServerUrl("http://keydb_01"), undefined);
 * ```
 */
export function parseServerUrl(text: string): Server | undefined {
  const url = URL.parse(text);
  const db = /^\/?(\d{1,5})?$/.exec(url?.pathname ?? "?");
  if (!url || !db || !/^rediss?:$/.test(url.protocol) || !url.hostname) return undefined;
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
    tls: url.protocol === "rediss:",
  };
}

/**
 * Blanks out user and password in a text that should be a server's URL, well-formed or not.
 *
 * @param text The text.
 * @returns The text with `***` in place of all between the scheme and the last `@`, and of all after a
 * `?`, where other clients take a password too.
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
  return text.replace(/^([a-z][a-z\d+.-]*:\/\/)?[^]*@/i, "$1***@").replace(/\?[^]+/, "?***");
}

/**
 * Names the server that a connection leads to, without credentials.
 *
 * @param client The connection.
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
export function serverOf({ options: { host = "localhost", port = 6379 } }: Redis): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** What TLS connections need: whom to trust, and how to show who we are. */

import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";

/**
 * What TLS connections need beyond the platform's own; every part is PEM text.
 *
 * @example Usage
 * ```ts
 * import { parseServerUrls, type TlsSettings } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * const tls: TlsSettings = { ca: "-----BEGIN CERTIFICATE-----…" };
 * const servers = parseServerUrls("rediss://keydb_01")!.map((server) => ({ ...server, tls }));
 * assertEquals(servers, [{ host: "keydb_01", port: 6379, db: 0, tls }]);
 * ```
 */
export interface TlsSettings {
  /** The authorities to trust, instead of the well-known ones. */
  readonly ca?: string;
  /** The certificate that shows who we are. */
  readonly cert?: string;
  /** Its private key; never to be printed. */
  readonly key?: string;
}

/**
 * Makes the options of a TLS connection. The server's certificate is always verified, its names too;
 * there is no switch for less.
 *
 * @param host The server's host name, or its IP address; the certificate has to be for it.
 * @param settings Whom to trust, and how to show who we are.
 * @returns Options for ioredis or `node:tls`.
 *
 * @example Usage
 * ```ts
 * import { tlsOptions } from "./tls.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(tlsOptions("keydb_01", {}), { servername: "keydb_01" });
 * assertEquals(tlsOptions("127.0.0.1", {}), {});
 * ```
 */
export function tlsOptions(host: string, settings: TlsSettings): ConnectionOptions {
  return isIP(host) ? { ...settings } : { ...settings, servername: host };
}

/**
 * Finds the settings in the options of a TLS connection, for one to another server.
 *
 * @param options What {@linkcode tlsOptions} has made.
 * @returns The settings.
 *
 * @example Usage
 * ```ts
 * import { settingsOf, tlsOptions } from "./tls.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const settings = { ca: "-----BEGIN CERTIFICATE-----" };
 * assertEquals(settingsOf(tlsOptions("keydb_01", settings)), settings);
 * ```
 */
export function settingsOf({ servername: _, ...settings }: ConnectionOptions): TlsSettings {
  return settings as TlsSettings;
}

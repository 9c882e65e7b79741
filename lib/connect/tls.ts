/** Settings of TLS connections: trusted authorities and the client's certificate. */

import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";

/**
 * Settings of TLS connections beyond the platform's defaults; every part is PEM text.
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
  /** The client's certificate. */
  readonly cert?: string;
  /** Its private key; must never be printed. */
  readonly key?: string;
}

/**
 * Makes the options of a TLS connection. The server's certificate and its names are always verified;
 * this cannot be turned off.
 *
 * @param host The server's host name, or its IP address; the certificate must be for it.
 * @param settings Trusted authorities and the client's certificate.
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
 * Extracts the settings from the options of a TLS connection, for a connection to another server.
 *
 * @param options The result of {@linkcode tlsOptions}.
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

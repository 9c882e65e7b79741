/** The TLS settings: each is either PEM text, or the path of a file with it. */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { excerpt } from "../text.ts";
import type { TlsSettings } from "../connect/tls.ts";

/** What a setting for certificates must be, and how it is read. */
export const CERTIFICATES = {
  rule: "certificates as PEM text, or the path of a file with them",
  default: "",
  parse: (text: string) => readPem(text, holdsCertificates),
  show: (text: string) => describe(text, `"${excerpt(text)}"`),
} as const;

/** What a setting for a private key must be, and how it is read; its value is never shown, as it may be the key. */
export const PRIVATE_KEY = {
  rule: "a private key without a passphrase as PEM text, or the path of a file with it",
  default: "",
  parse: (text: string) => readPem(text, holdsPrivateKey),
  show: (text: string) => describe(text, "a text that is not shown"),
} as const;

/**
 * Checks whether the TLS settings fit together.
 *
 * @param settings The valid settings.
 * @param isSet Returns whether a variable is set.
 * @param hasTls Whether any server uses TLS. If none does, the settings are a mistake: whoever sets them expects an
 * encrypted connection.
 * @returns For each wrong variable, what it must be.
 *
 * @example Usage
 * ```ts
 * import { checkTls } from "./tls_settings.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const isSet = (variable: string) => variable === "KEYDB_CLIENT_CERT";
 * assertEquals(checkTls({}, isSet, true), {
 *   KEYDB_CLIENT_KEY: "set if KEYDB_CLIENT_CERT is: it is absent",
 * });
 * ```
 */
export function checkTls(
  { cert, key }: TlsSettings,
  isSet: (variable: string) => boolean,
  hasTls: boolean,
): Record<string, string> {
  const [hasCert, hasKey] = [isSet("KEYDB_CLIENT_CERT"), isSet("KEYDB_CLIENT_KEY")];
  if (!hasTls) {
    const useless = ["KEYDB_CA_CERT", "KEYDB_CLIENT_CERT", "KEYDB_CLIENT_KEY"].filter(isSet);
    const rule = "absent if KEYDB_URL names no rediss:// server: it is set";
    return Object.fromEntries(useless.map((variable) => [variable, rule]));
  }
  if (hasCert && !hasKey) return { KEYDB_CLIENT_KEY: "set if KEYDB_CLIENT_CERT is: it is absent" };
  if (hasKey && !hasCert) return { KEYDB_CLIENT_CERT: "set if KEYDB_CLIENT_KEY is: it is absent" };
  if (cert && key && !isKeyOf(cert, key)) {
    return { KEYDB_CLIENT_KEY: "the key of KEYDB_CLIENT_CERT: it belongs to another certificate" };
  }
  return {};
}

/** Reads PEM text from a value, or from the file whose path it is. */
function readPem(value: string, holds: (pem: string) => boolean): string | undefined {
  try {
    const pem = isPem(value) ? value : Deno.readTextFileSync(value);
    return holds(pem) ? pem : undefined;
  } catch {
    return undefined; // describe() says why
  }
}

/** Describes a value that is neither valid PEM text nor the path of a file with it. */
function describe(value: string, shown: string): string {
  if (isPem(value)) return "PEM text that holds none";
  try {
    Deno.readTextFileSync(value);
    return `${shown}, and the file holds none`;
  } catch (error) {
    return `${shown}, and ${whyUnread(error as Error)}`;
  }
}

function isPem(value: string): boolean {
  return value.includes("-----BEGIN"); // no realistic path contains this
}

function whyUnread(error: Error): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.NotCapable) {
    return "the role may not read that file: start it with --allow-read for it, or set the text itself";
  }
  return `the file cannot be read (${(error as NodeJS.ErrnoException).code ?? error.name})`;
}

/** Rejects text in which two blocks share a line: its readers would silently skip them. */
function holdsCertificates(pem: string): boolean {
  const blocks =
    pem.match(/^-----BEGIN CERTIFICATE-----\r?$[^]*?^-----END CERTIFICATE-----\r?$/gm) ?? [];
  const begun = pem.match(/-----BEGIN CERTIFICATE-----/g) ?? [];
  return blocks.length > 0 && blocks.length === begun.length &&
    blocks.every((block) => succeeds(() => new X509Certificate(block)));
}

function holdsPrivateKey(pem: string): boolean {
  return succeeds(() => createPrivateKey(pem));
}

function isKeyOf(cert: string, key: string): boolean {
  return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
}

function succeeds(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

/** The settings of TLS: each is either PEM text itself, or the path of a file with it. */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { excerpt } from "../text.ts";
import type { TlsSettings } from "../connect/tls.ts";

/** What a setting that holds certificates must be, and how it is read. */
export const CERTIFICATES = {
  rule: "certificates as PEM text, or the path of a file with them",
  default: "",
  parse: (text: string) => readPem(text, holdsCertificates),
  show: (text: string) => describe(text, `"${excerpt(text)}"`),
} as const;

/** What a setting that holds a private key must be, and how it is read; the value may be the secret itself. */
export const PRIVATE_KEY = {
  rule: "a private key without a passphrase as PEM text, or the path of a file with it",
  default: "",
  parse: (text: string) => readPem(text, holdsPrivateKey),
  show: (text: string) => describe(text, "a text that is not shown"),
} as const;

/**
 * Finds what is wrong with the settings of TLS together.
 *
 * @param settings Those that can be used.
 * @param isSet Says whether a variable is set.
 * @param hasTls Whether there is a server to speak TLS with. Without one the settings are a mistake, as whoever
 * sets them takes the connection for a safe one.
 * @returns For each variable that must be another, what it must be.
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
    return { KEYDB_CLIENT_KEY: "the key of KEYDB_CLIENT_CERT: it is another one's" };
  }
  return {};
}

/** Finds the PEM text that a value is or leads to. */
function readPem(value: string, holds: (pem: string) => boolean): string | undefined {
  try {
    const pem = isPem(value) ? value : Deno.readTextFileSync(value);
    return holds(pem) ? pem : undefined;
  } catch {
    return undefined; // describe() says why
  }
}

/** Says what a value is that is or leads to no right PEM text. */
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
  return value.includes("-----BEGIN"); // in a path, it would be a strange one
}

function whyUnread(error: Error): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.NotCapable) {
    return "the role may not read that file: start it with --allow-read for it, or set the text itself";
  }
  return `the file cannot be read (${(error as NodeJS.ErrnoException).code ?? error.name})`;
}

/** Text in which two blocks share a line holds none: what reads it would overlook them without a word. */
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

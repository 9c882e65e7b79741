/** The roles' settings of TLS, as variables of the environment hold them. */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { excerpt } from "../text.ts";
import type { TlsSettings } from "../connect/tls.ts";

/** What one of the settings has to be. */
interface Kind {
  /** What would be right, for error sentences. */
  readonly rule: string;
  /** Tells whether PEM text holds it. */
  isIn(pem: string): boolean;
  /** Whether the value must not be shown, as it may be the secret itself. */
  readonly isSecret: boolean;
}

const CERTIFICATES: Kind = {
  rule: "certificates as PEM text, or the path of a file with them",
  isIn: holdsCertificates,
  isSecret: false,
};

const PRIVATE_KEY: Kind = {
  rule: "a private key without a passphrase as PEM text, or the path of a file with it",
  isIn: holdsPrivateKey,
  isSecret: true,
};

/**
 * Reads the settings of TLS. Each is either PEM text itself, or the path of a file with it, for which
 * the process needs the permission to read.
 *
 * @param getEnv Looks up one variable.
 * @param isUsed Whether there is a server to speak TLS with; elsewhere the settings are a mistake, as
 * whoever sets them takes the connection for a safe one.
 * @param problems Takes one sentence for each setting that cannot be used. Keys are never repeated.
 * @returns The settings.
 *
 * @example Usage
 * ```ts
 * import { readTlsSettings } from "./tls_settings.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const problems: string[] = [];
 * const env = new Map([["KEYDB_CA_CERT", "-----BEGIN nothing"]]);
 * readTlsSettings((name) => env.get(name), true, problems);
 * assertEquals(problems, [
 *   "KEYDB_CA_CERT must be certificates as PEM text, or the path of a file with them: " +
 *     "current value is PEM text that holds none",
 * ]);
 * ```
 */
export function readTlsSettings(
  getEnv: (name: string) => string | undefined,
  isUsed: boolean,
  problems: string[],
): TlsSettings {
  function read(name: string, kind: Kind): string | undefined {
    const value = getEnv(name);
    if (!value) return undefined;
    if (!isUsed) {
      problems.push(`${name} must be absent where KEYDB_URL names no rediss:// server: it is set`);
      return undefined;
    }
    const { pem, problem } = readPem(value, kind);
    if (problem) problems.push(`${name} must be ${kind.rule}: current value is ${problem}`);
    return pem;
  }

  const ca = read("KEYDB_CA_CERT", CERTIFICATES);
  const cert = read("KEYDB_CLIENT_CERT", CERTIFICATES);
  const key = read("KEYDB_CLIENT_KEY", PRIVATE_KEY);
  const hasCert = Boolean(getEnv("KEYDB_CLIENT_CERT"));
  const hasKey = Boolean(getEnv("KEYDB_CLIENT_KEY"));
  if (hasCert && !hasKey) {
    problems.push("KEYDB_CLIENT_KEY must be set where KEYDB_CLIENT_CERT is: it is absent");
  } else if (hasKey && !hasCert) {
    problems.push("KEYDB_CLIENT_CERT must be set where KEYDB_CLIENT_KEY is: it is absent");
  } else if (cert && key && !isKeyOf(cert, key)) {
    problems.push("KEYDB_CLIENT_KEY must be the key of KEYDB_CLIENT_CERT: it is another one's");
  }
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

/** Finds the PEM text that a value is or leads to, or says what the value is instead. */
function readPem(value: string, kind: Kind): { pem?: string; problem?: string } {
  if (value.includes("-----BEGIN")) { // in a path, it would be a strange one
    return kind.isIn(value) ? { pem: value } : { problem: "PEM text that holds none" };
  }
  const shown = kind.isSecret ? "not shown" : `"${excerpt(value)}"`;
  try {
    const pem = Deno.readTextFileSync(value);
    return kind.isIn(pem) ? { pem } : { problem: `${shown}, and the file holds none` };
  } catch (error) {
    return { problem: `${shown}, and ${whyUnread(error as Error)}` };
  }
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

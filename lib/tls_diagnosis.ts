/**
 * Finds out what is wrong between us and a server where an error alone does not say it: by asking the
 * server once more. No question carries credentials, and none trusts what was refused before.
 */

import type { ConnectionOptions } from "node:tls";
import type { RedisOptions } from "ioredis";
import { orAborted } from "./_abort.ts";
import { serverOf } from "./server.ts";
import { explainTlsError } from "./tls_refusal.ts";

/** How long a server may take for an answer, in milliseconds. */
const ANSWER_MS = 1000;

/** Deno 2.9 gives this code to certificates out of date as well as to those of unknown authorities. */
const VAGUE = "UNABLE_TO_VERIFY_LEAF_SIGNATURE";

/** Our code for whatever is no word of TLS. */
const NO_TLS = "";

/** Our code for a connection that was closed without a word. */
const CLOSED = "CLOSED";

/** How connections end where only one side speaks TLS, or where an alert is lost on its way. */
const UNCLEAR = /^(CLOSED|ECONNRESET|EPIPE|ERR_SSL_\w+)$/;

/**
 * Diagnoses why a connection ended before the server had answered anything.
 *
 * @param error What the connection failed with; absent where the server closed it without a word.
 * @param options The connection's options.
 * @returns A sentence for the operator where TLS is the reason, which no further try would mend;
 * `undefined` elsewhere.
 *
 * @example Usage
 * ```ts
 * import { diagnose } from "./tls_diagnosis.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const error = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
 * assertEquals(await diagnose(error, { host: "127.0.0.1", port: 6379 }), undefined);
 * ```
 */
export async function diagnose(
  error: NodeJS.ErrnoException | undefined,
  options: RedisOptions,
): Promise<string | undefined> {
  const { tls } = options;
  const failure = error ?? codedError(CLOSED, "closed by the server");
  return tls ? await diagnoseTls(failure, options, tls) : await diagnosePlain(failure, options);
}

async function diagnosePlain(
  { code = "" }: NodeJS.ErrnoException,
  options: RedisOptions,
): Promise<string | undefined> {
  if (!UNCLEAR.test(code)) return undefined;
  const failure = await tryHandshake(options);
  if (failure?.code === NO_TLS) return undefined;
  const server = serverOf({ options });
  return `The server at ${server} speaks TLS on that port, and KEYDB_URL does not: ` +
    "it has to begin with rediss://, or to name another port";
}

async function diagnoseTls(
  error: NodeJS.ErrnoException,
  options: RedisOptions,
  tls: ConnectionOptions,
): Promise<string | undefined> {
  const server = serverOf({ options });
  const { code = "" } = error;
  if (code === VAGUE) {
    return explainTlsError(await tryHandshake(options, tls) ?? error, server, tls);
  }
  const sentence = explainTlsError(error, server, tls);
  if (sentence || !(UNCLEAR.test(code) || code === "ETIMEDOUT")) return sentence;
  if (await speaksPlainly(options)) {
    return `The server at ${server} speaks no TLS on that port, and KEYDB_URL does: ` +
      "it has to begin with redis://, or to name another port";
  }
  if (code === "ETIMEDOUT") return undefined;
  const failure = await tryHandshake(options, tls);
  return failure && explainTlsError(failure, server, tls);
}

/**
 * Shakes hands, sends nothing, and waits for an objection.
 *
 * @returns The failure, or `undefined` where there was none.
 */
async function tryHandshake(
  options: RedisOptions,
  tls: ConnectionOptions = {},
): Promise<NodeJS.ErrnoException | undefined> {
  let isDone = false;
  try {
    using connection = await connectSafely(options, tls);
    using _limit = closeLate(connection);
    await connection.handshake();
    isDone = true;
    await connection.read(new Uint8Array(1)); // a client's certificate is judged after the handshake
  } catch (error) {
    const { message } = error as Error;
    if (!isDone || error instanceof Deno.errors.InvalidData) {
      return codedError(codeOf(message), message);
    }
  }
}

async function connectSafely(
  { host, port }: RedisOptions,
  { ca, cert, key }: ConnectionOptions,
): Promise<Deno.TlsConn> {
  const connecting = Deno.connectTls({
    hostname: host,
    port: port!,
    ...(ca && { caCerts: [`${ca}`] }),
    ...(cert && key && { cert: `${cert}`, key: `${key}` }),
  });
  try {
    return await orAborted(connecting, AbortSignal.timeout(ANSWER_MS));
  } catch (error) {
    connecting.then((late) => late.close(), () => {});
    throw error;
  }
}

/** Asks a question in plain text; a server that speaks TLS does not answer so. */
async function speaksPlainly({ host, port }: RedisOptions): Promise<boolean> {
  const answer = new Uint8Array(1);
  try {
    using connection = await Deno.connect({
      hostname: host,
      port: port!,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    using _limit = closeLate(connection);
    await connection.write(new TextEncoder().encode("PING\r\n"));
    await connection.read(answer);
  } catch {
    return false;
  }
  return /[+-]/.test(String.fromCharCode(...answer)); // PONG, or an error
}

function closeLate(connection: Deno.Conn): Disposable {
  const timer = setTimeout(() => connection.close(), ANSWER_MS);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/**
 * Gives an error of `Deno.connectTls` the code that `node:tls` has for it. There is nothing but its text
 * to tell it by: the tests get these texts from real handshakes.
 */
function codeOf(message: string): string {
  if (/certificate expired/.test(message)) return "CERT_HAS_EXPIRED";
  if (/certificate not valid yet/.test(message)) return "CERT_NOT_YET_VALID";
  if (/invalid peer certificate/.test(message)) return VAGUE;
  const alert = /received fatal alert: (\w+)/.exec(message)?.[1];
  return alert ? `ERR_SSL_TLSV1_ALERT_${toUpperSnake(alert)}` : NO_TLS;
}

/** Turns `UnknownCA` into `UNKNOWN_CA`. */
function toUpperSnake(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}

function codedError(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}

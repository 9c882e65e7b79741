/**
 * Finds out why a connection fails if its error does not say it, by asking the server again. No question
 * sends credentials, and none trusts what was refused before.
 */

import type { ConnectionOptions } from "node:tls";
import type { RedisOptions } from "ioredis";
import { orAborted } from "../abort.ts";
import { AccessError } from "./access_error.ts";
import { serverOf } from "./server.ts";
import { asTlsRefusal } from "./tls_refusal.ts";

/** How long a server may take for an answer, in milliseconds. */
const ANSWER_MS = 1000;

/** Deno 2.9 uses this code for certificates out of date as well as for those of unknown authorities. */
const VAGUE = "UNABLE_TO_VERIFY_LEAF_SIGNATURE";

/** Our code for any error that is not one of TLS. */
const NO_TLS = "";

/** Our code for a connection that was closed without an error. */
const CLOSED = "CLOSED";

/** The error codes if only one side speaks TLS, or if an alert is lost on its way. */
const UNCLEAR = /^(CLOSED|ECONNRESET|EPIPE|ERR_SSL_\w+)$/;

/**
 * Diagnoses why a connection ended before the server had answered anything.
 *
 * @param error What the connection failed with; absent if the server closed it without an error.
 * @param options The connection's options.
 * @param signal Ends the questions; then there is no diagnosis.
 * @returns An error for the operator if TLS is the reason, which a retry does not fix; otherwise
 * `undefined`.
 *
 * @example Usage
 * ```ts
 * import { diagnose } from "./tls_diagnosis.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const error = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
 * const { signal } = new AbortController();
 * assertEquals(await diagnose(error, { host: "127.0.0.1", port: 6379 }, signal), undefined);
 * ```
 */
export async function diagnose(
  error: NodeJS.ErrnoException | undefined,
  options: RedisOptions,
  signal: AbortSignal,
): Promise<AccessError | undefined> {
  const { tls } = options;
  const failure = error ?? codedError(CLOSED, "closed by the server");
  const refusal = tls
    ? await diagnoseTls(failure, options, tls, signal)
    : await diagnosePlain(failure, options, signal);
  return signal.aborted ? undefined : refusal;
}

async function diagnosePlain(
  error: NodeJS.ErrnoException,
  options: RedisOptions,
  signal: AbortSignal,
): Promise<AccessError | undefined> {
  if (!UNCLEAR.test(error.code ?? "")) return undefined;
  const failure = await tryHandshake(options, {}, signal);
  if (failure?.code === NO_TLS) return undefined;
  const server = serverOf({ options });
  return wrongScheme(`The server at ${server} speaks TLS on that port`, "rediss://", error);
}

async function diagnoseTls(
  error: NodeJS.ErrnoException,
  options: RedisOptions,
  tls: ConnectionOptions,
  signal: AbortSignal,
): Promise<AccessError | undefined> {
  const server = serverOf({ options });
  const { code = "" } = error;
  if (code === VAGUE) {
    return asTlsRefusal(await tryHandshake(options, tls, signal) ?? error, server, tls);
  }
  const refusal = asTlsRefusal(error, server, tls);
  if (refusal || !(UNCLEAR.test(code) || code === "ETIMEDOUT")) return refusal;
  if (await speaksPlainly(options, signal)) {
    return wrongScheme(`The server at ${server} speaks no TLS on that port`, "redis://", error);
  }
  if (code === "ETIMEDOUT") return undefined;
  const failure = await tryHandshake(options, tls, signal);
  return failure && asTlsRefusal(failure, server, tls);
}

function wrongScheme(what: string, right: string, cause: Error): AccessError {
  const sentence = `${what}: its URL has to begin with ${right}, or to name another port`;
  return new AccessError(sentence, cause, "URL");
}

/**
 * Shakes hands, sends nothing, and waits for an alert.
 *
 * @returns The failure, or `undefined` if there was none.
 */
async function tryHandshake(
  options: RedisOptions,
  tls: ConnectionOptions,
  signal: AbortSignal,
): Promise<NodeJS.ErrnoException | undefined> {
  let isDone = false;
  try {
    using connection = await connectSafely(options, tls, signal);
    using _limit = closeLate(connection, signal);
    await connection.handshake();
    isDone = true;
    await connection.read(new Uint8Array(1)); // the server checks a client's certificate after the handshake
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
  signal: AbortSignal,
): Promise<Deno.TlsConn> {
  const connecting = Deno.connectTls({
    hostname: host,
    port: port!,
    ...(ca && { caCerts: [`${ca}`] }),
    ...(cert && key && { cert: `${cert}`, key: `${key}` }),
  });
  try {
    return await orAborted(connecting, limited(signal));
  } catch (error) {
    connecting.then((late) => late.close(), () => {});
    throw error;
  }
}

/** Sends PING in plain text; a server that speaks TLS does not answer in plain text. */
async function speaksPlainly(
  { host, port }: RedisOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const answer = new Uint8Array(1);
  try {
    using connection = await Deno.connect({
      hostname: host,
      port: port!,
      signal: limited(signal),
    });
    using _limit = closeLate(connection, signal);
    await connection.write(new TextEncoder().encode("PING\r\n"));
    await connection.read(answer);
  } catch {
    return false;
  }
  return /[+-]/.test(String.fromCharCode(...answer)); // PONG, or an error
}

function limited(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
}

/** Closes a connection when the time for an answer is over, unless the result is disposed of before. */
function closeLate(connection: Deno.Conn, signal: AbortSignal): Disposable {
  const limit = limited(signal);
  const close = () => connection.close();
  if (limit.aborted) close();
  limit.addEventListener("abort", close);
  return { [Symbol.dispose]: () => limit.removeEventListener("abort", close) };
}

/**
 * Finds the code that `node:tls` has for an error of `Deno.connectTls`. Only the error's text identifies
 * it: the tests get these texts from real handshakes.
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

/** Connections to a server that heal by themselves and tell what they are doing. */

import { setTimeout as delay } from "node:timers/promises";
import { Redis, type RedisOptions } from "ioredis";
import { orAborted } from "./_abort.ts";
import { Connector } from "./connector.ts";
import { type AccessError, asAccessError } from "./refusal.ts";
import { type Server, serverOf } from "./server.ts";
import { tlsOptions, type TlsSettings } from "./tls.ts";

/** The pause after the first failed try, and the longest pause, in milliseconds. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/** Options of ioredis with which a connection notices that it is lost, and comes back. */
export const HEALING: RedisOptions = {
  connectTimeout: 3000,
  disconnectTimeout: 250,
  socketTimeout: 5000, // for a reply: without it, a half-open connection stays silent for hours
  retryStrategy: pauseBefore,
};

/** What a connection is doing, apart from the data it carries. */
export type ConnectionStatus =
  & {
    /** The server's host and port. */
    readonly server: string;
  }
  & (
    /** It is ready for commands. */
    | { readonly state: "connected" }
    /** It was ready and is not any more, and will try again. */
    | { readonly state: "lost"; readonly reason: string; readonly retryInMs: number }
    /** It could not be made, and will be tried again. */
    | { readonly state: "waiting"; readonly reason: string; readonly retryInMs: number }
    /** The server refused the credentials, or we its certificate; it is not tried again. */
    | { readonly state: "refused"; readonly error: AccessError }
  );

/** Options for {@linkcode openConnection}. */
export interface ConnectionOptions {
  /** The connection's name, as `CLIENT LIST` shows it. */
  name: string;
  /** Ends the wait for a server that is not there. */
  signal: AbortSignal;
  /**
   * Whom to trust, and how to show who we are, where the server speaks TLS.
   *
   * @default {{}}
   */
  tls?: TlsSettings;
  /** Called whenever what the connection is doing changes. */
  onStatus?: (status: ConnectionStatus) => void;
}

/**
 * Opens a connection for commands, and waits for a server that is not there yet.
 *
 * A lost connection is made again with growing, jittered pauses. Commands that were under way are then
 * sent once more, and commands given meanwhile are sent late.
 *
 * @param server The server.
 * @param options The connection's name, and whom to tell.
 * @returns The ready connection; the caller disconnects it.
 * @throws {AccessError} Where the server refuses the credentials, or TLS with it is impossible.
 * @throws The signal's reason, where it is aborted first.
 *
 * @example Usage
 * ```ts
 * import { openConnection } from "./connection.ts";
 * import type { Server } from "./server.ts";
 *
 * async function show(server: Server): Promise<void> {
 *   const client = await openConnection(server, {
 *     name: "example",
 *     signal: AbortSignal.timeout(5000),
 *     onStatus: ({ state }) => console.log(state),
 *   });
 *   console.log(await client.get("shared_key"));
 *   client.disconnect();
 * }
 * ```
 */
export async function openConnection(
  server: Server,
  { name, signal, tls = {}, onStatus = () => {} }: ConnectionOptions,
): Promise<Redis> {
  signal.throwIfAborted();
  const client = new Redis(redisOptions(server, name, tls));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  reportStatus(client, (status) => {
    onStatus(status);
    if (status.state === "connected") resolve();
    if (status.state === "refused") reject(status.error);
  });
  client.connect().catch(() => {}); // told by the event "error", and tried again
  try {
    await orAborted(promise, signal);
    return client;
  } catch (error) {
    await disconnect(client);
    throw error;
  }
}

/**
 * Waits until a connection is ready, so that what is sent next is not sent late.
 *
 * @param client The connection.
 * @param signal Ends the wait.
 * @throws {Error} Where the connection was closed for good.
 * @throws The signal's reason, where it is aborted first.
 *
 * @example Usage
 * ```ts
 * import type { Redis } from "ioredis";
 * import { whenReady } from "./connection.ts";
 *
 * async function writeFreshly(client: Redis): Promise<void> {
 *   await whenReady(client, AbortSignal.timeout(5000));
 *   await client.set("now", Date.now());
 * }
 * ```
 */
export async function whenReady(client: Redis, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (client.status === "ready") return;
  if (client.status === "end") throw new Error("Cannot wait for a connection that was closed");
  const { promise, resolve } = Promise.withResolvers<void>();
  client.once("ready", resolve);
  await orAborted(promise, signal).finally(() => client.off("ready", resolve));
}

/**
 * Closes a connection for good.
 *
 * @param client The connection.
 * @returns A promise that resolves when its socket is closed.
 *
 * @example Usage
 * ```ts
 * import { Redis } from "ioredis";
 * import { disconnect } from "./connection.ts";
 *
 * await disconnect(new Redis("redis://127.0.0.1:6379", { lazyConnect: true }));
 * ```
 */
export async function disconnect(client: Redis): Promise<void> {
  if (client.status === "end") return;
  if (client.status === "reconnecting") {
    // Between two tries there is no socket and comes no event; ioredis waits for one until a time-out.
    client.disconnect();
    await delay(client.options.disconnectTimeout);
    return;
  }
  const ended = new Promise<void>((resolve) => client.once("end", resolve));
  client.disconnect();
  await ended;
}

function redisOptions(server: Server, name: string, settings: TlsSettings): RedisOptions {
  const { host, port, username, password, db, tls } = server;
  return {
    host,
    port,
    username,
    password,
    db,
    ...(tls && { tls: tlsOptions(host, settings) }),
    Connector,
    connectionName: name,
    disableClientInfo: true, // KeyDB 6.3 does not know CLIENT SETINFO
    lazyConnect: true,
    maxRetriesPerRequest: null,
    ...HEALING,
  };
}

/** Doubles from try to try; half of it is chance, so that many clients do not come back at once. */
function pauseBefore(attempt: number): number {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
  return Math.round(pause * (0.5 + Math.random() / 2));
}

function reportStatus(client: Redis, onStatus: (status: ConnectionStatus) => void): void {
  const server = serverOf(client);
  const closed = "closed by the server";
  let reason = closed;
  let ready = false;
  client.on("error", (error: NodeJS.ErrnoException) => {
    reason = error.code || error.message;
    const refusal = asAccessError(error, client);
    if (!refusal) return;
    client.disconnect();
    onStatus({ server, state: "refused", error: refusal });
  });
  client.on("ready", () => {
    ready = true;
    reason = closed;
    onStatus({ server, state: "connected" });
  });
  client.on("reconnecting", (retryInMs: number) => {
    onStatus({ server, state: ready ? "lost" : "waiting", reason, retryInMs });
    ready = false;
  });
}

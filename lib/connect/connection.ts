/** Connections to the first of several servers that works. They reconnect by themselves and report their status. */

import { setTimeout as delay } from "node:timers/promises";
import type { Redis, RedisOptions } from "ioredis";
import { warnOnce } from "../warning.ts";
import { orAborted, pause } from "../abort.ts";
import { ServerSelection } from "./_server_selection.ts";
import { SharedClient } from "./_shared_client.ts";
import { AccessError } from "./access_error.ts";
import { connectionOptions } from "./connector.ts";
import { firstWords } from "./first_words.ts";
import { checkServing, isHealthy } from "./health.ts";
import { keepBeating, SilenceError } from "./heartbeat.ts";
import { asAccessError, isRefusedLogin, messageOf } from "./refusal.ts";
import { nameServer, parseServerUrls, redactUrl, type Server, SERVER_URLS_RULE } from "./server.ts";
import { excerpt } from "../text.ts";
import { diagnose } from "./tls_diagnosis.ts";

/** The pause after the first failed try, and the longest pause, in milliseconds. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/** The codes of errors after which the server's own error is lost. */
const CUT_SHORT = ["EPIPE", "ECONNRESET"];

/** The pause between two checks whether a preferred server is healthy again, in milliseconds. */
const RETURN_LOOK_MS = 1000;

/**
 * Options of ioredis with which a connection notices that it is lost, and reconnects, for callers who make
 * it themselves.
 *
 * @example Usage
 * ```ts
 * import { HEALING, observe } from "@observable/keydb";
 * import { Redis } from "ioredis";
 *
 * const client = new Redis("redis://127.0.0.1:6379", { ...HEALING, maxRetriesPerRequest: null });
 * for await (const { value } of observe(client, "healing")) {
 *   console.log(value);
 *   break;
 * }
 * await client.quit();
 * ```
 */
export const HEALING: RedisOptions = {
  connectTimeout: 3000,
  disconnectTimeout: 250,
  socketTimeout: 5000, // for a reply: without it, a half-open connection stays silent for hours
  retryStrategy: (attempt) => pauseBefore(attempt),
};

/**
 * The status of a connection.
 *
 * @example Usage
 * ```ts
 * import { type ConnectionStatus, openConnection } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * const statuses: ConnectionStatus[] = [];
 * await using connection = await openConnection("redis://127.0.0.1:6379", {
 *   name: "example",
 *   onStatus: (status) => statuses.push(status),
 * });
 * await connection.client.ping();
 * assertEquals(statuses[0].state, "connected");
 * ```
 */
export type ConnectionStatus = { /** Its host and port. */ readonly server: string } & ServerStatus;

/**
 * The status of a connection to one server.
 *
 * @example Usage
 * ```ts
 * import type { ServerStatus } from "@observable/keydb";
 * import { assert, assertFalse } from "@std/assert";
 *
 * function isServing({ state }: ServerStatus): boolean {
 *   return state === "connected" || state === "failed-over" || state === "failed-back";
 * }
 * assert(isServing({ state: "failed-back", from: "keydb_02:6379" }));
 * assertFalse(isServing({ state: "lost", reason: "closed by the server" }));
 * ```
 */
export type ServerStatus =
  /** It is ready for commands, for the first time or again. */
  | { readonly state: "connected" }
  /** It is ready for commands, and the server is less preferred than the last one. */
  | { readonly state: "failed-over"; readonly from: string }
  /** It is ready for commands, and the server is preferred to the last one. */
  | { readonly state: "failed-back"; readonly from: string }
  /** It was ready and was lost. */
  | { readonly state: "lost"; readonly reason: string }
  /** It could not be established. */
  | { readonly state: "unreachable"; readonly reason: string }
  /** It is retried after a pause. */
  | { readonly state: "reconnecting"; readonly inMs: number }
  /**
   * The server refused the credentials, or its certificate was refused. It is not tried again; `final` if
   * no other server is left.
   */
  | { readonly state: "refused"; readonly error: AccessError; readonly final: boolean };

/** Connections that leave a server that refuses them, as long as there is another. */
const FAILING_OVER = new WeakSet<Redis>();

/**
 * Options for {@linkcode openConnection}.
 *
 * @example Usage
 * ```ts
 * import { type ConnectionOptions, openConnection } from "@observable/keydb";
 * import { assertRejects } from "@std/assert";
 *
 * const options: ConnectionOptions = {
 *   name: "example",
 *   signal: AbortSignal.timeout(500),
 *   onStatus: ({ server, state }) => console.log(server, state),
 * };
 * const nowhere = "redis://127.0.0.1:1"; // waits for a server there
 * await assertRejects(() => openConnection(nowhere, options), DOMException);
 * ```
 */
export interface ConnectionOptions {
  /** The connection's name, as `CLIENT LIST` shows it. */
  name: string;
  /** Ends the wait for a server; without it, the wait has no limit. */
  signal?: AbortSignal;
  /** Called whenever the status changes. The default prints a warning if a server cannot be reached. */
  onStatus?: (status: ConnectionStatus) => void;
}

/**
 * A connection to the first of several servers that works.
 *
 * @example Usage
 * ```ts
 * import { type Connection, openConnection } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * const connection: Connection = await openConnection("redis://127.0.0.1:6379", { name: "example" });
 * assertEquals(await connection.client.ping(), "PONG");
 * await connection.close();
 * ```
 */
export interface Connection extends AsyncDisposable {
  /**
   * The connection for commands, always the same object. When it moves to another server, its options name
   * that server and it emits `ready` again. Commands that were under way are then sent again, in order, and
   * commands given meanwhile are sent late.
   *
   * Commands that hold up others, such as BLPOP, are refused: use a separate connection for them.
   */
  readonly client: Redis;
  /** Closes it for good, at any time. */
  close(): Promise<void>;
}

/**
 * Opens a connection for commands to the first server that works, and waits if none does.
 *
 * A heartbeat checks whether the server still answers. A lost connection reconnects: to the same server first if the
 * server closed it, to the others first if the server went silent. Each round of tries is followed by a longer pause,
 * with jitter. While it is connected to a server that is not the most preferred one, it checks the preferred ones
 * every second, and moves to one that is healthy twice in a row.
 *
 * @param servers The servers, in the order of preference: parsed, or as URLs with commas in between.
 * @param options The connection's name, and what to call with its status.
 * @returns The ready connection; the caller closes it.
 * @throws {TypeError} If the text is not a valid list of server URLs.
 * @throws {AccessError} If all servers refuse the credentials, are nodes of a Redis Cluster or Sentinels, or TLS
 * with them is impossible.
 * @throws The signal's reason, if it is aborted first.
 *
 * @example Usage
 * ```ts
 * import { openConnection } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * await using connection = await openConnection("redis://127.0.0.1:6379", {
 *   name: "example",
 *   signal: AbortSignal.timeout(5000),
 *   onStatus: ({ server, state }) => console.log(server, state),
 * });
 * await connection.client.set("opened", "yes");
 * assertEquals(await connection.client.get("opened"), "yes");
 * ```
 */
export async function openConnection(
  servers: string | readonly Server[],
  { name, signal, onStatus = warnOfTrouble() }: ConnectionOptions,
): Promise<Connection> {
  signal?.throwIfAborted();
  const connection = new FailoverConnection(asServers(servers), name, onStatus);
  try {
    await (signal ? orAborted(connection.opened, signal) : connection.opened);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function asServers(servers: string | readonly Server[]): readonly Server[] {
  const known = typeof servers === "string" ? parseServerUrls(servers) : servers;
  if (known) return known;
  throw new TypeError(
    `Cannot connect as 'servers' must be ${SERVER_URLS_RULE}: ` +
      `got "${excerpt(redactUrl(servers as string))}"`,
  );
}

class FailoverConnection implements Connection {
  readonly client: SharedClient;
  #servers: readonly Server[];
  #selection: ServerSelection;
  #onStatus: (status: ConnectionStatus) => void;
  #opened = Promise.withResolvers<void>();
  #heartbeat: Disposable;
  #isServing = false;
  #isMoving = false;
  /** Whether the server has answered anything on the present connection. */
  #hasAnswered = false;
  #diagnosis?: Promise<void>;
  #listening?: Promise<void>;
  /** The last error of each server, by index, before it closed a new connection. */
  #words = new Map<number, string>();
  #closing = new AbortController();
  #failure?: Error;
  /** Aborted when the server is left; until then, preferred servers are checked. */
  #stay = new AbortController();

  constructor(
    servers: readonly Server[],
    name: string,
    onStatus: (status: ConnectionStatus) => void,
  ) {
    this.#servers = servers;
    this.#selection = new ServerSelection(servers.length);
    this.#onStatus = onStatus;
    this.client = new SharedClient({
      ...HEALING,
      ...connectionOptions(servers[0]),
      socketTimeout: undefined, // the heartbeat notices silence earlier, and costs less
      connectionName: name, // also makes ioredis wait for an answer before it is ready
      lazyConnect: true,
      enableReadyCheck: false, // done here, to report what the server lacks
      disableClientInfo: true, // KeyDB 6.3 does not know CLIENT SETINFO
      maxRetriesPerRequest: null,
      retryStrategy: () => this.#onClose(),
    });
    this.client.setMaxListeners(0); // every caller of whenReady() listens while there is no server
    FAILING_OVER.add(this.client);
    this.client.on("error", (error) => this.#onError(error));
    this.client.on("ready", () => this.#onReady());
    this.client.connect().catch(() => {}); // the event "error" reports it, and it is retried
    this.#heartbeat = keepBeating(this.client, { mayPing: () => !this.client.isInTransaction });
  }

  /** Resolves when a server serves for the first time, rejects if all refuse. */
  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  async close(): Promise<void> {
    this.#heartbeat[Symbol.dispose]();
    this.#stay.abort();
    this.#closing.abort();
    await Promise.all([disconnect(this.client), this.#diagnosis, this.#listening]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #onError(error: Error): void {
    this.#failure = error;
    const refusal = asAccessError(error, this.client);
    if (!refusal) return;
    this.#refuse(this.#selection.current, refusal);
    this.client.stream.destroy(); // after a refused SELECT, ioredis would go on
  }

  #refuse(index: number, error: AccessError): void {
    this.#selection.refuse(index);
    const { exhausted: final } = this.#selection;
    this.#tell({ state: "refused", error, final }, index);
    if (final) this.#opened.reject(error);
  }

  async #onReady(): Promise<void> {
    this.#hasAnswered = true;
    const { stream } = this.client;
    const problem = await checkServing(this.client);
    if (this.client.stream !== stream || this.client.status !== "ready") return; // lost meanwhile
    if (this.#closing.signal.aborted) return;
    if (problem) stream.destroy(problem);
    else this.#onServing();
  }

  #onServing(): void {
    const before = this.#selection.settle();
    const { current } = this.#selection;
    const from = nameServer(this.#servers[before]);
    if (current === before) this.#tell({ state: "connected" });
    else this.#tell({ state: current < before ? "failed-back" : "failed-over", from });
    this.#isServing = true;
    this.#failure = undefined;
    this.#opened.resolve();
    this.#stay = new AbortController();
    this.#returnToPreferred(this.#stay.signal).catch(() => {}); // left, or closed
  }

  /** Chooses the server for ioredis's next try, and returns the pause before it, in milliseconds. */
  #onClose(): number | null {
    const isMove = this.#isMoving;
    if (!isMove && !this.#selection.isRefused) this.#onLoss();
    if (!this.#hasAnswered && !(this.#failure instanceof AccessError)) {
      this.#diagnosis ??= this.#diagnose(this.#selection.current, this.#failure);
    }
    this.#hasAnswered = false;
    this.#stay.abort();
    this.#isServing = false;
    this.#isMoving = false;
    this.#failure = undefined;
    this.#selection.advance();
    if (this.#selection.exhausted) return null;
    const { current, failedRounds } = this.#selection;
    Object.assign(this.client.options, connectionOptions(this.#servers[current]));
    const inMs = isMove ? 0 : pauseBefore(failedRounds + 1);
    this.#tell({ state: "reconnecting", inMs });
    return inMs;
  }

  #onLoss(): void {
    if (this.#isServing) this.#selection.lose(this.#failure instanceof SilenceError);
    const reason = reasonOf(this.#failure);
    if (this.#isServing) return this.#tell({ state: "lost", reason });
    const { current } = this.#selection;
    const isCutShort = !this.#hasAnswered && (!this.#failure || CUT_SHORT.includes(reason));
    if (isCutShort) this.#listening ??= this.#listen(current);
    const words = isCutShort ? this.#words.get(current) : undefined;
    this.#tell({ state: "unreachable", reason: words ?? reason });
  }

  /** Listens, beside the next try, for the error of a server that closed the connection while we sent. */
  async #listen(index: number): Promise<void> {
    const words = await firstWords(connectionOptions(this.#servers[index]));
    this.#listening = undefined;
    const isNews = words !== this.#words.get(index);
    if (!words) return void this.#words.delete(index);
    this.#words.set(index, words);
    if (!isNews || this.#isServing || this.#closing.signal.aborted) return;
    this.#tell({ state: "unreachable", reason: words }, index);
  }

  /** Checks, beside the next try, whether TLS is why a server closed a connection without an answer. */
  async #diagnose(index: number, failure: Error | undefined): Promise<void> {
    const options = connectionOptions(this.#servers[index]);
    const refusal = await diagnose(failure, options, this.#closing.signal);
    this.#diagnosis = undefined;
    if (refusal) this.#refuse(index, refusal);
  }

  /** Moves to a preferred server that is healthy twice in a row. */
  async #returnToPreferred(signal: AbortSignal): Promise<void> {
    let candidate: number | undefined;
    while (this.#selection.preferred.length > 0) {
      await pause(RETURN_LOOK_MS, signal);
      const healthy = await this.#findHealthy(this.#selection.preferred, signal);
      signal.throwIfAborted();
      if (healthy !== undefined && healthy === candidate) return this.#moveTo(healthy);
      candidate = healthy;
    }
  }

  async #findHealthy(indexes: number[], signal: AbortSignal): Promise<number | undefined> {
    for (const index of indexes) {
      try {
        if (await isHealthy(this.#servers[index], signal)) return index;
      } catch (error) {
        this.#refuse(index, error as AccessError);
      }
    }
  }

  #moveTo(index: number): void {
    this.#isMoving = true;
    this.#selection.begin(index);
    this.client.disconnect(true);
  }

  /** Deferred: the callback may close the connection, which ioredis does not expect meanwhile. */
  #tell(status: ServerStatus, index = this.#selection.current): void {
    const server = nameServer(this.#servers[index]);
    queueMicrotask(() => this.#onStatus({ server, ...status }));
  }
}

/**
 * Checks whether a connection leaves a server that refuses it, and reports by itself when no other is left.
 *
 * @param client The connection.
 * @returns Whether it comes from {@linkcode openConnection}, and is not closed.
 *
 * @example Usage
 * ```ts
 * import { Redis } from "ioredis";
 * import { failsOver } from "./connection.ts";
 * import { assertFalse } from "@std/assert";
 *
 * assertFalse(failsOver(new Redis("redis://keydb_01:6379", { lazyConnect: true })));
 * ```
 */
export function failsOver(client: Redis): boolean {
  return FAILING_OVER.has(client) && client.status !== "end";
}

/**
 * Recognizes refusals that end the work over a connection. A refused login does not, if the connection
 * moves on to another server.
 *
 * @param error What a command failed with.
 * @param client The connection.
 * @returns An error with a sentence for the operator, or `undefined` if the work may go on.
 *
 * @example Usage
 * ```ts
 * import { Redis } from "ioredis";
 * import { refusalOf } from "./connection.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const client = new Redis("redis://keydb_01:6379", { lazyConnect: true });
 * assertEquals(refusalOf(new Error("NOAUTH Authentication required."), client)?.name, "AccessError");
 * ```
 */
export function refusalOf(error: unknown, client: Redis): AccessError | undefined {
  return failsOver(client) && isRefusedLogin(error) ? undefined : asAccessError(error, client);
}

/**
 * Waits until a connection is ready, so that the next command is not sent late.
 *
 * @param client The connection.
 * @param signal Ends the wait.
 * @throws {Error} If the connection was closed for good.
 * @throws The signal's reason, if it is aborted first.
 *
 * @example Usage
 * ```ts
 * import { openConnection, whenReady } from "@observable/keydb";
 *
 * await using connection = await openConnection("redis://127.0.0.1:6379", { name: "example" });
 * const { client } = connection;
 * await whenReady(client, AbortSignal.timeout(5000));
 * await client.set("now", Date.now());
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
  const ended = new Promise<void>((resolve) => client.once("end", resolve));
  const isBetweenTries = client.status === "reconnecting";
  // There is no socket then: ioredis would neither emit "end" nor give up queued commands.
  if (isBetweenTries) client.connect().catch(() => {});
  client.disconnect();
  await ended;
  if (isBetweenTries) await delay(client.options.disconnectTimeout); // ioredis waits for the old socket
}

/** Doubles from try to try; half of it is random, so that many clients do not reconnect at once. */
function pauseBefore(attempt: number): number {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
  return Math.round(pause * (0.5 + Math.random() / 2));
}

function reasonOf(failure: Error | undefined): string {
  if (!failure) return "closed by the server";
  return (failure as NodeJS.ErrnoException).code ?? messageOf(failure);
}

/** The default `onStatus`: warns if a server cannot be reached. */
function warnOfTrouble(): (status: ConnectionStatus) => void {
  const warn = warnOnce();
  return ({ server, ...status }) => {
    if (status.state === "unreachable") {
      warn(`Cannot reach the server at ${server} (${status.reason}); trying again`);
    } else if (status.state === "connected") warn();
  };
}

/** The servers of a comparison: a cluster on this machine, or the user's own servers. */

import type { Redis } from "ioredis";
import { allowNet } from "../../lib/role/allow_net.ts";
import { type ConnectionStatus, openConnection } from "../../lib/connect/connection.ts";
import { readConfig } from "../../lib/role/config.ts";
import { checkNotifications } from "../../lib/observe/notifications.ts";
import { HANDSHAKE_KEY, handshakeKeyOf, SHARED_KEY } from "../../lib/protocol/keys.ts";
import { nameServer, type Server } from "../../lib/connect/server.ts";
import { describeFailure } from "../../lib/role/status_log.ts";
import { startCluster } from "../../cluster/cluster.ts";
import type { Engine } from "../../cluster/engine.ts";
import { VALUE_STREAM } from "../mechanisms/mechanism.ts";
import type { Server as ServerResult } from "../results.ts";
import { NOISE_KEYS, NOISE_PREFIX } from "./load.ts";

/** How long a server may take to answer first, in milliseconds. */
const CONNECT_LIMIT_MS = 5000;

/** A server, and how a process connects to it. */
export interface Place {
  /** Its URL. */
  readonly url: string;
  /** How to connect to it. */
  readonly server: Server;
  /** The settings for a process that connects to it. */
  readonly env: Readonly<Record<string, string>>;
  /** The permissions that a role needs for it. */
  readonly permissions: readonly string[];
}

/** The servers of a comparison. */
export interface Servers extends AsyncDisposable {
  /** The servers, the writer's first. */
  readonly places: readonly Place[];
  /** Their descriptions, for the report. */
  readonly descriptions: readonly ServerResult[];
}

/**
 * Starts a cluster on this machine for a comparison.
 *
 * @param engine The server to run.
 * @returns The cluster. The caller disposes of it.
 */
export async function startServers(engine: Engine): Promise<Servers> {
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(await startCluster(engine, { detached: true }));
  const role = (node: number) => {
    if (engine.mesh) return "active replica";
    return node === 0 ? "primary" : "replica";
  };
  const places = cluster.nodes.map(({ url }) => placeOf(`${url}/0`, () => undefined));
  const reported = await Promise.all(places.map(({ server }) => ask(server, describe)));
  stack.move(); // now the caller disposes of it
  return {
    places,
    descriptions: reported.map(({ version }, node) => ({
      name: `this machine, node ${node + 1}`,
      engine: engine.name,
      version: version === engine.version ? version : `${engine.version} (reports ${version})`,
      role: role(node),
    })),
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}

/**
 * Prepares a comparison on existing servers, in the one database that their URLs name. Disposing of the result removes
 * the keys that the comparison wrote.
 *
 * @param urls Their URLs, the writer's first. TLS follows the roles' variables.
 * @returns The servers. The caller disposes of them.
 * @throws {ConfigError} If a URL or a TLS setting is invalid.
 * @throws {Error} If a server cannot be reached, publishes no notifications, or its database is in use.
 */
export async function useServers(urls: readonly string[]): Promise<Servers> {
  const places = urls.map((url) => placeOf(url, Deno.env.get));
  const descriptions = await Promise.all(places.map(({ server }) => ask(server, inspect)));
  return {
    places,
    descriptions,
    [Symbol.asyncDispose]: () =>
      ask(places[0].server, removeKeys, "remove the comparison's keys from"),
  };
}

/** Reads a URL as the roles' settings do, with the same errors. */
function placeOf(url: string, getEnv: (name: string) => string | undefined): Place {
  const env = (name: string) => name.startsWith("KEYDB_") ? getEnv(name) : undefined;
  const { servers: [server] } = readConfig(
    "compare",
    (name) => name === "KEYDB_URL" ? url : env(name),
  );
  const { ca = "", cert = "", key = "" } = server.tls ?? {};
  return {
    url,
    server,
    env: { KEYDB_URL: url, KEYDB_CA_CERT: ca, KEYDB_CLIENT_CERT: cert, KEYDB_CLIENT_KEY: key },
    permissions: [allowNet(url)],
  };
}

async function ask<T>(
  server: Server,
  question: (client: Redis, name: string) => Promise<T>,
  purpose = "compare on",
): Promise<T> {
  const name = `${nameServer(server)}/${server.db}`;
  const signal = AbortSignal.timeout(CONNECT_LIMIT_MS);
  let why = "";
  const onStatus = (status: ConnectionStatus) => {
    if (status.state === "unreachable") why = ` (${status.reason})`;
  };
  try {
    await using connection = await openConnection([server], { name: "compare", signal, onStatus });
    return await question(connection.client, name);
  } catch (error) {
    const reason = signal.aborted
      ? `no answer in ${CONNECT_LIMIT_MS} ms${why}`
      : describeFailure(error);
    throw new Error(`Cannot ${purpose} ${name}: ${reason}`, { cause: error });
  }
}

/** Describes a server, after checking that its database is unused. */
async function inspect(client: Redis, name: string): Promise<ServerResult> {
  const used = await keysOf(client);
  if (used.length > 0) {
    const keys = used.slice(0, 3).join(", ");
    throw new Error(`it holds ${keys} already: name an unused database, or delete them`);
  }
  const check = await checkNotifications(client, "keyspace");
  const events = await checkNotifications(client, "keyevent");
  const missing = [check, events].map((check) => check.result === "missing" ? check.missing : "");
  const flags = [...new Set(missing.join(""))].join("");
  if (flags) throw new Error(`notify-keyspace-events must have ${flags}, such as KEA`);
  return await describe(client, name);
}

async function describe(client: Redis, name: string): Promise<ServerResult> {
  const info = parseInfo(await client.info().catch(() => "")); // a managed server may refuse it
  return { name, ...engineOf(info), role: roleOf(info) };
}

/** All keys that a comparison may write. Only these are deleted. */
const KEYS = [
  ...[SHARED_KEY, VALUE_STREAM, HANDSHAKE_KEY],
  ...["listener_sync", "listener_async"].map(handshakeKeyOf),
  ...Array.from({ length: NOISE_KEYS }, (_, index) => `${NOISE_PREFIX}${index}`),
];

async function keysOf(client: Redis): Promise<string[]> {
  const found = await Promise.all(KEYS.map((key) => client.exists(key)));
  return KEYS.filter((_, index) => found[index] > 0);
}

async function removeKeys(client: Redis): Promise<void> {
  await Promise.all(KEYS.map((key) => client.del(key)));
}

function parseInfo(text: string): Map<string, string> {
  return new Map(
    text.split("\r\n").map((line) => line.split(":", 2)).filter(({ length }) => length === 2) as [
      string,
      string,
    ][],
  );
}

function engineOf(info: Map<string, string>): Pick<ServerResult, "engine" | "version"> {
  const valkey = info.get("valkey_version");
  if (valkey) return { engine: "valkey-server", version: valkey };
  const engine = info.has("server_threads") ? "keydb-server" : "redis-server"; // only KeyDB has them
  return { engine, version: info.get("redis_version") ?? "unknown" };
}

function roleOf(info: Map<string, string>): string {
  const role = info.get("role");
  if (role === "active-replica") return "active replica";
  return role === "slave" ? "replica" : "primary";
}

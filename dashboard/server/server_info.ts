/** Parses a server's replies to `INFO` and `CLIENT LIST`. */

import { nameServer } from "../../lib/connect/server.ts";
import { excerpt } from "../../lib/text.ts";
import type { Link } from "../protocol.ts";

/** What `INFO` says of a server's replication and its data. */
export interface ServerInfo {
  /** What it calls its role; absent if the reply has none. */
  readonly role?: string;
  /** Whether it is still loading its data. */
  readonly loading: boolean;
  /** The servers that it replicates from. */
  readonly sources: readonly Source[];
}

/** A server that another one replicates from. */
export interface Source {
  /** Its host and port, as the replica knows it. */
  readonly name: string;
  readonly status: Link["status"];
  /** How long the link has been down, in seconds; absent if it is not down, or if that is unknown. */
  readonly downFor?: number;
}

/** How many sources are looked for: a node of a mesh has one for every other node. */
const MAX_SOURCES = 32;

/**
 * Parses the replies to `INFO replication` and `INFO persistence`
 * ({@link https://redis.io/docs/latest/commands/info/}). A KeyDB node names its first source as Redis does, in
 * `master_host` and so on, and the others in `master_1_host`, `master_2_host` …
 *
 * @param info The replies, one after the other.
 * @returns What they contain; no role and no sources if the text is not such a reply.
 */
export function parseServerInfo(info: string): ServerInfo {
  const fields = new Map(
    Array.from(info.matchAll(/^(\w+):(.*?)\r?$/gm), ([, name, value]) => [name, value]),
  );
  const role = fields.get("role");
  const sources = Array.from(
    { length: MAX_SOURCES },
    (_, index) => sourceIn(fields, index === 0 ? "master" : `master_${index}`),
  ).filter((source) => source !== undefined);
  return {
    ...(role && { role: excerpt(role) }),
    loading: fields.get("loading") === "1",
    sources,
  };
}

function sourceIn(fields: Map<string, string>, prefix: string): Source | undefined {
  const host = fields.get(`${prefix}_host`);
  const port = Number(fields.get(`${prefix}_port`));
  if (!host || !Number.isInteger(port)) return undefined;
  const isUp = fields.get(`${prefix}_link_status`) === "up";
  const isSyncing = fields.get(`${prefix}_sync_in_progress`) === "1";
  const downFor = Number(fields.get(`${prefix}_link_down_since_seconds`) ?? NaN);
  return {
    name: excerpt(nameServer({ host, port })),
    status: isUp ? "up" : isSyncing ? "syncing" : "down",
    ...(!isUp && downFor >= 0 && downFor < 1e9 && { downFor }),
  };
}

/**
 * Parses the reply to `CLIENT LIST`: the names of a server's connections
 * ({@link https://redis.io/docs/latest/commands/client-list/}).
 *
 * @param list The reply.
 * @returns For each name, whether one of its connections is subscribed. Connections without a name are left out.
 */
export function parseClients(list: string): Map<string, boolean> {
  const clients = new Map<string, boolean>();
  for (const [line, name] of list.matchAll(/^.*? name=(\S+).*$/gm)) {
    clients.set(name, clients.get(name) === true || / p?sub=[1-9]/.test(line));
  }
  return clients;
}

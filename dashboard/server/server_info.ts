/** What a server says of itself, parsed: its replies to `INFO` and `CLIENT LIST`. */

import { nameServer } from "../../lib/connect/server.ts";
import { excerpt } from "../../lib/text.ts";
import type { Link } from "../protocol.ts";

/** What `INFO` says of a server's replication and its data. */
export interface ServerInfo {
  /** What it calls its role; absent if it does not say. */
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
  /** For how long the link has been down, in seconds; absent if it is not, or if that is unknown. */
  readonly downFor?: number;
}

/** How many sources are looked for: a node of a mesh has one for every other node. */
const MAX_SOURCES = 32;

/**
 * Takes apart what `INFO replication` and `INFO persistence` say
 * ({@link https://redis.io/docs/latest/commands/info/}). A KeyDB node names its first source as Redis does, in
 * `master_host` and so on, and the others in `master_1_host`, `master_2_host` …
 *
 * @param info The replies, one after the other.
 * @returns What is known; a text that is no such reply says nothing.
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
 * Finds the names of a server's connections in what `CLIENT LIST` says
 * ({@link https://redis.io/docs/latest/commands/client-list/}).
 *
 * @param list The reply.
 * @returns For each name whether a connection of it is subscribed to anything; connections without any are left out.
 */
export function parseClients(list: string): Map<string, boolean> {
  const clients = new Map<string, boolean>();
  for (const [line, name] of list.matchAll(/^.*? name=(\S+).*$/gm)) {
    clients.set(name, clients.get(name) === true || / p?sub=[1-9]/.test(line));
  }
  return clients;
}

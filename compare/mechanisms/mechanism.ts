/** What all mechanisms share: each learns the value of a key, written as a user of ioredis would write it. */

import { Redis, type RedisOptions } from "ioredis";
import { tlsOptions } from "../../lib/connect/tls.ts";
import { SHARED_KEY } from "../../lib/protocol/keys.ts";

/** The channel on which a writer may publish each value besides its `SET`. */
export const VALUE_CHANNEL = `${SHARED_KEY}:values`;

/** The stream to which a writer may add each value besides its `SET`, and how many entries it keeps. */
export const VALUE_STREAM = `${SHARED_KEY}:changes`;
export const STREAM_LENGTH = 1000;

/** What a writer does besides its `SET` so that a mechanism works. */
export type Announcement = "none" | "publish" | "stream";

/** A way to learn the value of `shared_key`. */
export interface Mechanism {
  /** Its name. */
  readonly name: string;
  /** What the writer must do for it. */
  readonly announcement: Announcement;
  /** Whether the server must publish keyspace notifications. */
  readonly needsFlags: boolean;
  /**
   * Observes the key, until the process ends.
   *
   * @param url The server and its database.
   * @param learner Called with each value and loss.
   * @returns Resolves when it observes.
   */
  observe(url: string, learner: Learner): Promise<void>;
}

/** What a mechanism calls. */
export interface Learner {
  /** Called with each value that it learns; the same one may come again. */
  learn(value: string | null): void;
  /** Called when the mechanism itself detects that it lost changes. */
  lose(): void;
}

/**
 * Connects with ioredis's defaults, and keeps commands until the server is back. TLS follows the roles' variables.
 *
 * @param url The server and its database.
 * @param options Options that differ.
 * @returns The client. Errors are not logged: it reconnects.
 */
export function connect(url: string, options: RedisOptions = {}): Redis {
  const client = new Redis(url, {
    maxRetriesPerRequest: null,
    disableClientInfo: true,
    tls: url.startsWith("rediss:") ? tlsOptions(new URL(url).hostname, tlsSettings()) : undefined,
    ...options,
  });
  client.on("error", () => {});
  return client;
}

/**
 * Finds the database in a URL.
 *
 * @param url The server and its database.
 * @returns The database's number; 0 by default.
 */
export function databaseOf(url: string): number {
  return Number(new URL(url).pathname.slice(1) || 0);
}

/** The settings for TLS, from the roles' variables. */
export function tlsSettings() {
  const setting = (name: string) => Deno.env.get(name) || undefined;
  return {
    ca: setting("KEYDB_CA_CERT"),
    cert: setting("KEYDB_CLIENT_CERT"),
    key: setting("KEYDB_CLIENT_KEY"),
  };
}

/** Helpers for the tests of both ways to observe. */

import type { Buffer } from "node:buffer";
import { Redis, type RedisKey, type RedisOptions } from "ioredis";
import { Proxy } from "../cluster/proxy.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { TestClient, until } from "./testing.ts";
import { createStamp, formatStamp } from "../lib/protocol/stamp.ts";

/** A reconciliation interval that is longer than any test, in seconds. */
export const NEVER = 3600;

let keys = 0;

/** Returns a key that no other test uses. */
export function newKey(): string {
  return `key_${++keys}`;
}

/** Returns the text of the stamp of a writer's n-th write. */
export function stamp(seq: number): string {
  return formatStamp(createStamp("w", seq, seq * 1_000_000));
}

/** A connection that counts its reads, and can delay them or let them fail. */
export class SpyClient extends TestClient {
  /** How many reads have begun. */
  reads = 0;
  /** How many replies have arrived. */
  replies = 0;
  /** Called before each read is sent. */
  beforeRead = (): void | Promise<void> => {};
  /** Called with each reply before it is passed on. */
  afterRead = (): void | Promise<void> => {};

  /** An observation reads over a duplicate, whose reads count as this connection's. */
  override duplicate =
    ((options: Partial<RedisOptions>) => new SpiedDuplicate(this, options)) as Redis["duplicate"];

  async spyOn(read: () => Promise<Buffer | null>): Promise<Buffer | null> {
    this.reads++;
    await this.beforeRead();
    const bytes = await read();
    this.replies++;
    await this.afterRead();
    return bytes;
  }
}

class SpiedDuplicate extends Redis {
  #spy: SpyClient;

  constructor(spy: SpyClient, options: Partial<RedisOptions>) {
    super({ ...spy.options, ...options, replyMapping: "legacy" });
    this.#spy = spy;
  }

  override async getBuffer(key: RedisKey): Promise<Buffer | null> {
    return await this.#spy.spyOn(() => super.getBuffer(key));
  }
}

/** A writer on the first node and a reader on the second one, if there is one. */
export class Pair implements AsyncDisposable {
  /** The connection to the writer's node. */
  readonly writer: TestClient;
  /** The connection to the reader's node. */
  readonly reader: TestClient;
  #readerPort: number;

  /** Connects to a cluster's nodes. */
  constructor(cluster: Cluster) {
    this.writer = new TestClient(cluster.url(0));
    this.reader = new TestClient(cluster.url(1));
    this.#readerPort = cluster.node(1).port;
  }

  /** Writes, and waits until the reader's node has the value. */
  async write(key: string, value: string): Promise<void> {
    await this.writer.set(key, value);
    await until(async () => await this.reader.get(key) === value, `${key} on the reader's node`);
  }

  /** Writes while no node publishes notifications. */
  async writeSilently(key: string, value: string): Promise<void> {
    const nodes = [this.writer, this.reader];
    for (const node of nodes) await node.config("SET", "notify-keyspace-events", "");
    await this.write(key, value);
    for (const node of nodes) await node.config("SET", "notify-keyspace-events", "KEA");
  }

  /** Creates a proxy to the reader's node. */
  proxy(): Proxy {
    return new Proxy(this.#readerPort);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.writer, this.reader].map((client) => client[Symbol.asyncDispose]()));
  }
}

/**
 * Makes a replica reload all of its primary's data, slowly enough to be observed. It uses hidden settings from the
 * servers' own tests.
 */
export async function reloadSlowly(cluster: Cluster, index: number): Promise<void> {
  await using primary = new TestClient(cluster.url(0));
  await using replica = new TestClient(cluster.url(index));
  await replica.config("SET", "key-load-delay", "20000"); // µs per key
  await replica.config("SET", "loading-process-events-interval-bytes", "1024");
  await replica.replicaof("NO", "ONE");
  for (let n = 0; n < 100; n++) {
    await primary.set(`filler_${n}`, Array.from({ length: 4 }, () => crypto.randomUUID()).join());
  }
  await replica.set("forked", "history"); // forces a full resync
  await replica.replicaof("127.0.0.1", cluster.node(0).port);
}

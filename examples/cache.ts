/**
 * A local cache whose entries are invalidated by key events: `GET /<key>` answers from memory while the key's
 * subscription is current, and asks the server otherwise. Each cached key costs a connection for its subscription, so
 * the cache suits a few popular keys.
 *
 * ```sh
 * KEYDB_URL=redis://127.0.0.1:6379 deno run --allow-net --allow-env=KEYDB_URL --ignore-env \
 *   examples/cache.ts 8000
 * curl -i http://127.0.0.1:8000/greeting
 * ```
 */

import type { Redis } from "ioredis";
import { type ChangeSubscription, onChange, openConnection, whenReady } from "@observable/keydb";

/** How long an answer may take if it is not in the cache, in milliseconds. */
const LIMIT_MS = 2000;

/** A key's value, and what keeps it current. */
interface Entry {
  /** Absent if the key holds no text. */
  value?: string | null;
  subscription?: ChangeSubscription;
}

/** Keeps the values of the keys that were requested last. */
export class Cache implements Disposable {
  #client: Redis;
  #capacity: number;
  #entries = new Map<string, Entry>();

  /** @param client The connection to read over. @param capacity How many keys are kept at most. */
  constructor(client: Redis, capacity = 20) {
    this.#client = client;
    this.#capacity = capacity;
  }

  /** Returns a key's value; throws if it is not in the cache and the server does not answer in time. */
  async get(key: string): Promise<{ value: string | null; cached: boolean }> {
    const entry = this.#entries.get(key) ?? this.#observe(key);
    this.#entries.delete(key);
    this.#entries.set(key, entry); // moves it to the end: the first one is dropped next
    if (entry.subscription?.current && entry.value !== undefined) {
      return { value: entry.value, cached: true };
    }
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new Error("no server answers")), LIMIT_MS);
    try {
      await whenReady(this.#client, limit.signal);
      const value = await Promise.race([this.#client.get(key), aborted(limit.signal)]);
      return { value, cached: false };
    } finally {
      clearTimeout(timer);
    }
  }

  #observe(key: string): Entry {
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= this.#capacity) this.#drop(oldest, this.#entries.get(oldest)!);
    const entry: Entry = {};
    entry.subscription = onChange(this.#client, key, ({ value, problem }) => {
      entry.value = problem === undefined ? value : undefined; // a read from the server reports why
    }, {
      via: "keyspace", // announces deletion and expiry too
      reconcileInterval: 2, // seconds until a change that was not announced is found
    });
    entry.subscription.finished.catch(() => {}).then(() => this.#drop(key, entry));
    return entry;
  }

  #drop(key: string, entry: Entry): void {
    entry.subscription?.close();
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }

  [Symbol.dispose](): void {
    for (const [key, entry] of this.#entries) this.#drop(key, entry);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

async function respond(cache: Cache, request: Request): Promise<Response> {
  try {
    const { value, cached } = await cache.get(
      decodeURIComponent(new URL(request.url).pathname.slice(1)),
    );
    const headers = { "x-cache": cached ? "hit" : "miss" };
    return new Response(value ?? "no such key", { status: value === null ? 404 : 200, headers });
  } catch (error) {
    return new Response((error as Error).message, { status: 503 });
  }
}

if (import.meta.main) {
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort());
  try {
    await using connection = await openConnection(
      Deno.env.get("KEYDB_URL") ?? "redis://127.0.0.1:6379",
      { name: "cache", signal: stop.signal },
    );
    using cache = new Cache(connection.client);
    const options = {
      hostname: "127.0.0.1",
      port: Number(Deno.args[0] ?? 8000),
      signal: stop.signal,
    };
    await Deno.serve(options, (request) => respond(cache, request)).finished;
  } catch (error) {
    if (!stop.signal.aborted) console.error((error as Error).message);
    Deno.exitCode = stop.signal.aborted ? 0 : 1;
  }
}

/** The server that takes writes: the connected one, or its primary if it is a read-only replica. */

import type { Redis } from "ioredis";
import { orAborted, pause } from "../abort.ts";
import { AccessError } from "./access_error.ts";
import { type Connection, openConnection } from "./connection.ts";
import { messageOf, replyCode } from "./refusal.ts";
import { nameServer, type Server, serverOf } from "./server.ts";
import { settingsOf } from "./tls.ts";

/** How long a primary is trusted to be one without asking again, in milliseconds. */
const BELIEF_MS = 1000;

/** How long connecting to a primary may take, and the pause before its replica is asked again. */
const CONNECT_LIMIT_MS = 3000;
const RETRY_MS = 500;

/** How many replicas of replicas are followed to find the primary. */
const MAX_HOPS = 3;

/**
 * Which server gets the writes.
 *
 * @example Usage
 * ```ts
 * import type { PrimaryStatus } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * function targetOf(status: PrimaryStatus): string {
 *   return status.state === "here" ? status.server : status.primary;
 * }
 * assertEquals(targetOf({ state: "here", server: "keydb_01:6379" }), "keydb_01:6379");
 * ```
 */
export type PrimaryStatus =
  /** They go to the connected server's primary. */
  | { readonly state: "elsewhere"; readonly primary: string; readonly replica: string }
  /** They go to the connected server. */
  | { readonly state: "here"; readonly server: string }
  /** No server gets them for now; the replica is asked again. */
  | { readonly state: "unreachable"; readonly primary: string; readonly reason: string };

/**
 * Options for {@linkcode Primary}.
 *
 * @example Usage
 * ```ts
 * import { openConnection, Primary, type PrimaryOptions } from "@observable/keydb";
 *
 * await using connection = await openConnection("redis://127.0.0.1:6379", { name: "example" });
 * const options: PrimaryOptions = {
 *   name: "example",
 *   signal: AbortSignal.timeout(5000),
 *   onStatus: ({ state }) => console.log(`writes go ${state}`),
 * };
 * await using primary = new Primary(connection.client, options);
 * await primary.write((client) => client.set("told", "yes"));
 * ```
 */
export interface PrimaryOptions {
  /** The connection's name, as `CLIENT LIST` shows it. */
  name: string;
  /** Ends the wait for a primary; without it, the wait has no limit. */
  signal?: AbortSignal;
  /** Called whenever another server gets the writes. */
  onStatus?: (status: PrimaryStatus) => void;
}

/**
 * Writes to the connected server, or to its primary if the server is a read-only replica.
 *
 * A replica names its primary in its reply to `ROLE`
 * ({@link https://redis.io/docs/latest/commands/role/}). It is asked when it connects, and when a write is
 * refused with `READONLY`. While writes go to another server, it is also asked before a write, if the last
 * answer is older than a second, and when that server is lost. So writes follow a failover. The primary must
 * be reachable at the address that its replica names, with the same credentials.
 *
 * @example Usage
 * ```ts
 * import { openConnection, Primary } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * await using connection = await openConnection("redis://127.0.0.1:6379", { name: "example" });
 * await using primary = new Primary(connection.client, { name: "example" });
 * assertEquals(await primary.write((client) => client.set("written", "yes")), "OK");
 * ```
 */
export class Primary implements AsyncDisposable {
  #client: Redis;
  #options: PrimaryOptions;
  /** The connection to the primary, if that is another server than the connected one. */
  #elsewhere?: Elsewhere;
  #asking?: Promise<void>;
  #askedAt = 0;
  #told?: string;
  #closing = new AbortController();
  /** Aborted to end every wait. */
  #signal: AbortSignal;

  /**
   * Finds the server that takes writes.
   *
   * @param client The connection to a server.
   * @param options How to connect to its primary.
   */
  constructor(client: Redis, options: PrimaryOptions) {
    this.#client = client;
    this.#options = options;
    const { signal = this.#closing.signal } = options;
    this.#signal = AbortSignal.any([signal, this.#closing.signal]);
    client.on("ready", this.#onReady);
    if (client.status === "ready") this.#onReady();
  }

  /**
   * Writes to the server that takes writes, and waits for a primary while there is none.
   *
   * @param command Sends the write over the given connection; it may be called more than once.
   * @returns What the command returned.
   * @throws What the command threw, unless another server takes the writes now.
   * @throws The signal's reason, if it is aborted while there is no primary; an error if it is closed.
   */
  async write<T>(command: (client: Redis) => Promise<T>): Promise<T> {
    while (true) {
      const isBelieved = !this.#asking && performance.now() - this.#askedAt <= BELIEF_MS;
      if (this.#elsewhere && !isBelieved) await this.#ask();
      const target = this.#elsewhere;
      try {
        if (!target) return await command(this.#client);
        return await orAborted(command(target.connection.client), target.left.signal);
      } catch (error) {
        if (replyCode(error) !== "READONLY" && !target?.left.signal.aborted) throw error;
        await this.#ask();
        if (!target && !this.#elsewhere) throw error; // not a replica, but read-only
      }
    }
  }

  /** Closes the connection to the primary, if there is one; the given one stays open. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.off("ready", this.#onReady);
    this.#closing.abort(new Error("closed"));
    await this.#asking?.catch(() => {}); // the abort ends it
    await this.#leave();
  }

  /** Asks in advance, so that the first write need not wait. Without the right to ask, the write itself shows it. */
  #onReady = () => void this.#ask().catch(() => {});

  /** Finds the server for writes; concurrent calls get the same answer, in their order. */
  #ask(): Promise<void> {
    return this.#asking ??= this.#follow().finally(() => this.#asking = undefined);
  }

  async #follow(): Promise<void> {
    const signal = this.#signal;
    signal.throwIfAborted();
    while (true) {
      const address = await orAborted(primaryOf(this.#client), signal);
      this.#askedAt = performance.now();
      if (!address) return await this.#comeBack();
      if (await this.#goTo(address)) return;
      await pause(RETRY_MS, signal);
    }
  }

  async #comeBack(): Promise<void> {
    if (!this.#elsewhere) return;
    await this.#leave();
    this.#elsewhere = undefined;
    this.#tell({ state: "here", server: serverOf(this.#client) });
  }

  /** Connects to the primary at an address; if the server there is a replica by now, to its primary. */
  async #goTo(address: Address): Promise<boolean> {
    let next: Address | undefined = address;
    try {
      for (let hop = 0; next && hop < MAX_HOPS; hop++) {
        const primary = nameServer(next);
        if (this.#elsewhere?.primary !== primary || this.#elsewhere.left.signal.aborted) {
          await this.#leave();
          this.#elsewhere = await this.#connect(next);
        }
        next = await orAborted(primaryOf(this.#elsewhere.connection.client), this.#limit());
        if (!next) this.#tell({ state: "elsewhere", primary, replica: serverOf(this.#client) });
      }
      if (next) throw new Error("it is a replica itself");
      return true;
    } catch (error) {
      await this.#leave();
      this.#signal.throwIfAborted();
      if (error instanceof AccessError) throw error;
      const reason = messageOf(error);
      this.#tell({ state: "unreachable", primary: nameServer(next ?? address), reason });
      return false;
    }
  }

  async #connect(address: Address): Promise<Elsewhere> {
    const { username, password, db = 0, tls } = this.#client.options;
    const server = { ...address, username, password, db, tls: tls && settingsOf(tls) };
    const lost = new AbortController();
    const connection = await openConnection([server], {
      name: this.#options.name,
      signal: AbortSignal.any([lost.signal, this.#limit()]),
      onStatus: (status) => {
        if (status.state === "lost") this.#leave();
        if (status.state === "unreachable") lost.abort(new Error(status.reason));
      },
    });
    return { primary: nameServer(address), connection, left: new AbortController() };
  }

  /** Closes the connection to the primary; writes under way are sent again to another server. */
  async #leave(): Promise<void> {
    this.#elsewhere?.left.abort();
    await this.#elsewhere?.connection.close();
  }

  #limit(): AbortSignal {
    return AbortSignal.any([this.#signal, AbortSignal.timeout(CONNECT_LIMIT_MS)]);
  }

  /** Reports a status once until it changes, however often the replica is asked. */
  #tell(status: PrimaryStatus): void {
    const text = JSON.stringify(status);
    if (text !== this.#told) this.#options.onStatus?.(status);
    this.#told = text;
  }
}

/** The address of a server. */
type Address = Pick<Server, "host" | "port">;

/** A connection to the primary. */
interface Elsewhere {
  readonly primary: string;
  readonly connection: Connection;
  /** Aborted when it is closed, because writes go to another server now. */
  readonly left: AbortController;
}

/** Asks a server for its primary. A primary has none; nor has an active replica of KeyDB, as it takes writes. */
async function primaryOf(client: Redis): Promise<Address | undefined> {
  const [role, host, port] = await client.role() as [string, string, number];
  return role === "slave" ? { host, port } : undefined;
}

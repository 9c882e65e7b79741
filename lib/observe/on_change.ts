/** Observation for callbacks: every change is pushed as soon as it is known. */

import type { Redis } from "ioredis";
import { type Hint, type ObserveOptions, strongerHint, Watch } from "./_watch.ts";
import type { Change } from "./change.ts";
import type { Version } from "./version.ts";

export type { ObservationStatus, ObserveOptions } from "./_watch.ts";
export type { Cause, Change } from "./change.ts";
export type { Version } from "./version.ts";

/**
 * Options for {@linkcode onChange}.
 *
 * @example Usage
 * ```ts
 * import { onChange, type OnChangeOptions, openConnection } from "@observable/keydb";
 *
 * await using connection = await openConnection("redis://127.0.0.1:6379", { name: "example" });
 * const options: OnChangeOptions = { concurrency: 1, signal: AbortSignal.timeout(100) };
 * await onChange(connection.client, "in_turn", ({ value }) => console.log(value), options).finished;
 * ```
 */
export interface OnChangeOptions<V extends Version = Version> extends ObserveOptions<V> {
  /**
   * How many changes may be in progress at once, from the read to the end of the callback.
   *
   * @default {64}
   */
  concurrency?: number;
}

/**
 * A running observation with a callback.
 *
 * @example Usage
 * ```ts
 * import { type ChangeSubscription, onChange, openConnection } from "@observable/keydb";
 * import { assertRejects } from "@std/assert";
 *
 * await using connection = await openConnection("redis://127.0.0.1:6379", { name: "example" });
 * const failing: ChangeSubscription = onChange(connection.client, "unwanted", () => {
 *   throw new Error("no, thanks");
 * });
 * await assertRejects(() => failing.finished, Error, "no, thanks");
 * ```
 */
export interface ChangeSubscription extends Disposable, AsyncDisposable {
  /**
   * Resolves when the observation has ended, all callbacks are done and everything it opened is closed.
   * Rejects if the server refuses credentials or rights, if a callback fails, and if the
   * given connection is closed for good. Await it: an unhandled rejection ends the process.
   */
  readonly finished: Promise<void>;
  /**
   * Whether the last delivered change can be trusted now: no newer one is known, and within the last 4 s, a read
   * was answered under the present subscription.
   */
  readonly current: boolean;
  /** Ends the observation at any time; running callbacks finish. */
  close(): void;
}

/**
 * Observes a key with a callback.
 *
 * The first change is the current value. After that, every notification is followed by a read at once; reads
 * are pipelined on one connection, so that their replies keep their order. Callbacks begin in that order
 * and may overlap. While `concurrency` changes are in progress, further notifications conflate into one
 * read, which follows as soon as one change is done: the newest value is never skipped. Skipped values
 * are counted in `conflated` and `missed`.
 *
 * The observation begins at once. It opens a separate connection with the options of the given one, and
 * follows the given one from server to server.
 * The abort signal, `close()`, `using`, `await using` and a failing callback end it and close what it
 * opened; the given connection stays open.
 *
 * @param client The connection whose server, login, TLS and database to use.
 * @param key The key's name.
 * @param callback Called with each change.
 * @param options What to subscribe to, how often to read without a notification, how many callbacks may
 * overlap, and what ends it.
 * @returns The running observation.
 * @throws {RangeError} If `concurrency` is not a positive whole number, or `reconcileInterval` is out of
 * range.
 *
 * @example Usage
 * ```ts
 * import { onChange, openConnection } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * await using connection = await openConnection("redis://127.0.0.1:6379", { name: "example" });
 * const { client } = connection;
 * await client.set("pushed", "some");
 * const values: unknown[] = [];
 * const subscription = onChange(client, "pushed", async (change) => {
 *   values.push(change.value);
 *   if (change.value === "enough") subscription.close();
 *   else await client.set("pushed", "enough");
 * });
 * await subscription.finished;
 * assertEquals(values, ["some", "enough"]);
 * ```
 */
export function onChange<V extends Version = Version>(
  client: Redis,
  key: string,
  callback: (change: Change<V>) => void | Promise<void>,
  options: OnChangeOptions<V> = {},
): ChangeSubscription {
  return new PushObservation(client, key, callback, options);
}

class PushObservation<V extends Version> implements ChangeSubscription {
  #callback: (change: Change<V>) => void | Promise<void>;
  #concurrency: number;
  #active = 0;
  #pending?: Hint;
  #error?: Error;
  #finished = Promise.withResolvers<void>();
  #watch: Watch<V>;

  constructor(
    client: Redis,
    key: string,
    callback: (change: Change<V>) => void | Promise<void>,
    { concurrency = 64, ...options }: OnChangeOptions<V>,
  ) {
    if (!Number.isInteger(concurrency) || concurrency < 1) {
      throw new RangeError(
        `Cannot observe '${key}' as 'concurrency' must be a positive whole number: got ${concurrency}`,
      );
    }
    this.#callback = callback;
    this.#concurrency = concurrency;
    this.#watch = new Watch(client, key, options, {
      onHint: (hint) => this.#onHint(hint),
      onEnd: (error) => {
        this.#error ??= error;
        queueMicrotask(() => this.#finishIfIdle());
      },
    });
  }

  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  get current(): boolean {
    return this.#watch.current;
  }

  close(): void {
    this.#watch.end();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.finished.catch(() => {}); // `finished` reports the error
  }

  #onHint(hint: Hint): void {
    if (this.#active < this.#concurrency) this.#work(hint);
    else this.#pending = strongerHint(this.#pending, hint);
  }

  async #work(hint: Hint): Promise<void> {
    this.#active++;
    try {
      const reading = await this.#watch.read();
      if (reading) {
        const change = this.#watch.accept(reading, hint);
        const done = change && this.#callback(change);
        this.#watch.settle(reading);
        await done;
      }
    } catch (error) {
      this.#error ??= error as Error;
      this.#watch.end();
    }
    this.#active--;
    this.#onDone();
  }

  #onDone(): void {
    const hint = this.#pending;
    if (hint !== undefined && !this.#watch.ended) {
      this.#pending = undefined;
      this.#work(hint);
    }
    this.#finishIfIdle();
  }

  #finishIfIdle(): void {
    if (!this.#watch.ended || this.#active > 0) return;
    const { resolve, reject } = this.#finished;
    this.#watch.closed.then(() => this.#error ? reject(this.#error) : resolve());
  }
}

/** Observation for loops: the loop pulls the next change when it is ready for it. */

import type { Redis } from "ioredis";
import {
  type Hint,
  type ObserveOptions,
  strongerHint,
  Watch,
  type WatchReading,
} from "./_watch.ts";
import type { Change } from "./change.ts";
import type { Version } from "./version.ts";

export type { ObservationStatus, ObserveOptions } from "./_watch.ts";
export type { Cause, Change } from "./change.ts";
export type { Version } from "./version.ts";

/**
 * The changes of a key, one at a time. Leaving the loop ends the observation.
 *
 * @example Usage
 * ```ts
 * import { type ChangeLoop, observe, openConnection } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * await using connection = await openConnection("redis://127.0.0.1:6379", { name: "example" });
 * const loop: ChangeLoop = observe(connection.client, "nothing_yet");
 * const { value: change } = await loop.next();
 * assertEquals(change?.value, null);
 * loop.close();
 * assertEquals((await loop.next()).done, true);
 * ```
 */
export interface ChangeLoop<V extends Version = Version>
  extends AsyncIterableIterator<Change<V>>, Disposable, AsyncDisposable {
  /**
   * Whether the last delivered change can be trusted now: no newer one is known, and within the last 4 s, a read
   * was answered under the present subscription.
   */
  readonly current: boolean;
  /** Ends the observation at any time; a waiting loop ends too. */
  close(): void;
}

/**
 * Observes a key for a loop.
 *
 * The first change is the current value. After that, a notification only marks the key as changed, and the
 * read happens when the loop asks for the next change: a slow loop reads less often, and always the
 * newest value. Skipped values are counted in `conflated` and `missed`.
 *
 * The observation begins at once, before the loop. It opens a separate connection with the options of the
 * given one, and follows the given one from server to server.
 * `break`, `return`, an exception, the abort signal, `close()`, `using` and `await using` end it and close
 * what it opened; the given connection stays open. A waiting loop then ends as if there were no more
 * changes.
 *
 * @param client The connection whose server, login, TLS and database to use.
 * @param key The key's name.
 * @param options What to subscribe to, how often to read without a notification, and what ends it.
 * @returns The changes.
 * @throws {RangeError} If `reconcileInterval` is out of range.
 * @throws {AccessError} From the loop, if the server refuses credentials or rights.
 * @throws {Error} From the loop, if the given connection was closed.
 *
 * @example Usage
 * ```ts
 * import { observe, openConnection } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * await using connection = await openConnection("redis://127.0.0.1:6379", { name: "example" });
 * const { client } = connection;
 * await client.set("observed", "some");
 * const values = [];
 * for await (const change of observe(client, "observed")) {
 *   values.push(change.value);
 *   if (change.value === "enough") break;
 *   await client.set("observed", "enough");
 * }
 * assertEquals(values, ["some", "enough"]);
 * ```
 */
export function observe<V extends Version = Version>(
  client: Redis,
  key: string,
  options: ObserveOptions<V> = {},
): ChangeLoop<V> {
  return new PullObservation(client, key, options);
}

class PullObservation<V extends Version> implements ChangeLoop<V> {
  #pending?: Hint;
  /** The reading whose change was delivered last. */
  #given?: WatchReading;
  #error?: Error;
  #wake = () => {};
  /** Whether a call of `next()` is running, and the calls that wait for their turn. */
  #isBusy = false;
  #waiting: (() => void)[] = [];
  #watch: Watch<V>;

  constructor(client: Redis, key: string, options: ObserveOptions<V>) {
    this.#watch = new Watch(client, key, options, {
      onHint: (hint) => {
        this.#pending = strongerHint(this.#pending, hint);
        this.#wake();
      },
      onEnd: (error) => {
        this.#error = error;
        this.#wake();
      },
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Serves overlapping calls in turn. */
  async next(): Promise<IteratorResult<Change<V>, undefined>> {
    if (this.#isBusy) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isBusy = true;
    try {
      return await this.#next();
    } finally {
      const nextInTurn = this.#waiting.shift();
      if (nextInTurn) nextInTurn();
      else this.#isBusy = false;
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.close();
    await this.#watch.closed;
    return { done: true, value: undefined };
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
    await this.return();
  }

  async #next(): Promise<IteratorResult<Change<V>, undefined>> {
    if (this.#given) this.#watch.settle(this.#given);
    this.#given = undefined;
    while (!this.#watch.ended) {
      const hint = this.#pending;
      if (hint === undefined) {
        await new Promise<void>((resolve) => this.#wake = resolve);
        continue;
      }
      this.#pending = undefined; // a later hint asks for another read
      const reading = await this.#watch.read();
      const change = reading && this.#watch.accept(reading, hint);
      if (change) {
        this.#given = reading;
        return { done: false, value: change };
      }
      if (reading) this.#watch.settle(reading);
    }
    await this.#watch.closed;
    if (this.#error) throw this.#takeError();
    return { done: true, value: undefined };
  }

  /** The loop throws an error once; after that, it has no more changes. */
  #takeError(): Error | undefined {
    const error = this.#error;
    this.#error = undefined;
    return error;
  }
}

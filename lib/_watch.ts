/** The core of an observation, under the loop and the callbacks alike. */

import { Buffer } from "node:buffer";
import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import { type Cause, type Change, Ledger } from "./change.ts";
import { asAccessError, disconnect } from "./connection.ts";
import { notificationChannel, type Via } from "./keys.ts";
import { type Reading, readKey } from "./reading.ts";

/** Whether an observation hears the server, apart from the changes it hands over. */
export type ObservationStatus =
  /** It is subscribed: the server acknowledged it. */
  | { readonly state: "subscribed"; readonly channel: string }
  /** It was subscribed and is not any more; what happens now is not announced. */
  | { readonly state: "interrupted"; readonly channel: string }
  /** A read failed, and is tried again. */
  | { readonly state: "unreadable"; readonly key: string; readonly reason: string };

/** Options of an observation. */
export interface ObserveOptions {
  /**
   * The channels to subscribe to. `keyevent` hears `set` events of all keys; `keyspace` hears all events
   * of this key, deletion and expiry among them.
   *
   * @default {"keyevent"}
   */
  via?: Via;
  /**
   * Seconds between two reads that no notification asked for.
   *
   * @default {5}
   */
  reconcileInterval?: number;
  /** Ends the observation. */
  signal?: AbortSignal;
  /** Called whenever the subscription is there, or gone, or a read failed. */
  onStatus?: (status: ObservationStatus) => void;
}

/** What a face of the observation is told. */
export interface WatchListener {
  /** The key may have changed: read it, after now. */
  onHint(cause: Cause): void;
  /** The observation has ended, with an error where it could not go on. */
  onEnd(error?: Error): void;
}

/** The pause before a failed read is tried again, in milliseconds. */
const READ_RETRY_MS = 250;

const STRENGTH: Record<Cause, number> = { reconcile: 0, notification: 1, resync: 2, initial: 3 };

/** Chooses, of the causes for one read, the one to name. */
export function strongerCause(one: Cause | undefined, other: Cause): Cause {
  return one !== undefined && STRENGTH[one] > STRENGTH[other] ? one : other;
}

/** Hears when a key may have changed, reads it, and judges what was read. */
export class Watch {
  #client: Redis;
  #key: string;
  #channel: string;
  #signal?: AbortSignal;
  #listener: WatchListener;
  #onStatus: (status: ObservationStatus) => void;
  #ledger: Ledger;
  #subscriber: Redis;
  #timer: ReturnType<typeof setInterval>;
  #reads = new Set<(reading: undefined) => void>();
  #ending = new AbortController();
  #closed = Promise.withResolvers<void>();
  #everSubscribed = false;
  #subscribed = false;
  /** Whether every write since the last change must have been announced to us. */
  #announced = true;
  #notifications = 0;

  constructor(client: Redis, key: string, options: ObserveOptions, listener: WatchListener) {
    const { via = "keyevent", reconcileInterval = 5, signal, onStatus = () => {} } = options;
    this.#client = client;
    this.#key = key;
    this.#channel = notificationChannel(via, client.options.db ?? 0, key);
    this.#signal = signal;
    this.#listener = listener;
    this.#onStatus = onStatus;
    this.#ledger = new Ledger(key);
    this.#subscriber = client.duplicate({
      lazyConnect: true,
      autoResubscribe: false, // done here, to know when the server has acknowledged it
      maxRetriesPerRequest: 0, // a subscription that was under way is made anew, not sent again
    });
    this.#timer = setInterval(() => this.#reconcile(), reconcileInterval * 1000);
    if (signal?.aborted) {
      this.end();
      return;
    }
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.#subscribe(via === "keyevent" ? Buffer.from(key) : undefined);
  }

  /** Whether the observation has ended. */
  get ended(): boolean {
    return this.#ending.signal.aborted;
  }

  /** Resolves when the observation has ended and all that it opened is closed. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /**
   * Reads the key, again and again where it fails for a passing reason.
   *
   * @returns The reading, or `undefined` where the observation ended first.
   */
  async read(): Promise<Reading | undefined> {
    while (!this.ended) {
      const { promise, resolve, reject } = Promise.withResolvers<Reading | undefined>();
      this.#reads.add(resolve);
      readKey(this.#client, this.#key).then(resolve, reject);
      try {
        return await promise;
      } catch (error) {
        await this.#recover(error as Error);
      } finally {
        this.#reads.delete(resolve);
      }
    }
    return undefined;
  }

  /** Judges a reading, in the order in which the replies came. */
  accept(reading: Reading, cause: Cause): Change | undefined {
    const change = this.#ledger.accept(reading, cause, this.#announced && cause !== "reconcile");
    if (cause === "resync") this.#announced = this.#subscribed;
    return change;
  }

  /** Ends the observation, also while nothing is happening. */
  end(error?: Error): void {
    if (this.ended) return;
    this.#ending.abort();
    this.#signal?.removeEventListener("abort", this.#onAbort);
    clearInterval(this.#timer);
    disconnect(this.#subscriber).then(this.#closed.resolve);
    for (const resolve of this.#reads) resolve(undefined);
    this.#listener.onEnd(error);
  }

  #onAbort = () => this.end();

  #subscribe(keyName: Buffer | undefined): void {
    const subscriber = this.#subscriber;
    subscriber.on("error", (error) => this.#endIfRefused(error));
    subscriber.on("ready", () => {
      subscriber.subscribe(this.#channel).then(
        () => this.#onSubscribed(),
        (error) => this.#onSubscribeFailed(error),
      );
    });
    subscriber.on("close", () => this.#onClose());
    subscriber.on("messageBuffer", (_channel: Buffer, message: Buffer) => {
      // Before the acknowledgement is handled there is nothing to announce: the read comes after it.
      if (!this.#subscribed || (keyName && !keyName.equals(message))) return;
      this.#notifications++;
      this.#listener.onHint("notification");
    });
    subscriber.connect().catch(() => {}); // told by the event "error", and tried again
  }

  #onSubscribed(): void {
    if (this.ended) return;
    this.#subscribed = true;
    this.#onStatus({ state: "subscribed", channel: this.#channel });
    this.#listener.onHint(this.#everSubscribed ? "resync" : "initial");
    this.#everSubscribed = true;
  }

  /** A connection that is still there is made anew, and with it the subscription. */
  #onSubscribeFailed(error: Error): void {
    this.#endIfRefused(error);
    if (!this.ended && this.#subscriber.status === "ready") this.#subscriber.disconnect(true);
  }

  #onClose(): void {
    if (this.ended || !this.#subscribed) return;
    this.#subscribed = false;
    this.#announced = false;
    this.#onStatus({ state: "interrupted", channel: this.#channel });
  }

  /** Looks whether the key changed without anybody saying so. */
  async #reconcile(): Promise<void> {
    if (!this.#everSubscribed || this.#reads.size > 0) return;
    const notifications = this.#notifications;
    const reading = await this.read();
    if (!reading || !this.#ledger.isNews(reading)) return;
    if (this.#subscribed) {
      // The reply may have overtaken the notification. Behind a PONG there is none left on its way.
      await this.#subscriber.ping().catch(() => {});
    }
    if (this.ended || this.#notifications !== notifications) return;
    this.#listener.onHint("reconcile");
  }

  async #recover(error: Error): Promise<void> {
    if (this.#client.status === "end") this.end(error); // its owner closed it
    this.#endIfRefused(error);
    if (this.ended) return;
    this.#onStatus({ state: "unreadable", key: this.#key, reason: error.message });
    await delay(READ_RETRY_MS, undefined, { signal: this.#ending.signal }).catch(() => {});
  }

  #endIfRefused(error: Error): void {
    const refusal = asAccessError(error, this.#client);
    if (refusal) this.end(refusal);
  }
}

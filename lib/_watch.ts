/** The core of an observation, under the loop and the callbacks alike. */

import { Buffer } from "node:buffer";
import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import { type Cause, type Change, Ledger } from "./change.ts";
import { nowMicros } from "./clock.ts";
import { disconnect, failsOver, HEALING, refusalOf } from "./connection.ts";
import { keepBeating } from "./heartbeat.ts";
import { notificationChannel, type Via } from "./keys.ts";
import { type Reading, readKeyPatiently } from "./reading.ts";
import { explainFailure, messageOf } from "./refusal.ts";
import { serverOf } from "./server.ts";

/**
 * Whether an observation hears the server, apart from the changes it hands over.
 *
 * @example Usage
 * ```ts
 * import { type ObservationStatus, onChange, openConnection } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * await using connection = await openConnection("redis://127.0.0.1:6379", { name: "example" });
 * const seen: unknown[] = [];
 * const trusted = Promise.withResolvers<void>();
 * function onStatus({ state }: ObservationStatus): void {
 *   seen.push(state);
 *   if (state === "current") trusted.resolve();
 * }
 * await connection.client.set("heard", "hello");
 * const callback = ({ value }: { value: string | null }) => void seen.push(value);
 * await using _observation = onChange(connection.client, "heard", callback, { onStatus });
 * await trusted.promise;
 * assertEquals(seen, ["subscribed", "hello", "current"]);
 * ```
 */
export type ObservationStatus =
  /** It is subscribed: the server acknowledged it. */
  | { readonly state: "subscribed"; readonly key: string; readonly channel: string }
  /**
   * It has caught up: it has read since it subscribed, what was new is handed over, and later changes are heard of.
   * From here until `interrupted` or `unreadable`, the value handed over last can be trusted; after these, it is told
   * again. A loop is told when it asks for the next change.
   */
  | { readonly state: "current"; readonly key: string }
  /** It is not subscribed, and tries again; what happens now is not announced. */
  | {
    readonly state: "interrupted";
    readonly key: string;
    readonly channel: string;
    readonly reason: string;
  }
  /** Reads fail, and are tried again. */
  | { readonly state: "unreadable"; readonly key: string; readonly reason: string }
  /** Reads succeed again. */
  | { readonly state: "readable"; readonly key: string }
  /** A value was dropped that is older than one handed over before. */
  | { readonly state: "outdated"; readonly key: string; readonly value: string }
  /** More than one writer goes by the same name: no order can be told between their values. */
  | { readonly state: "contested"; readonly key: string; readonly writer: string };

/**
 * Options of an observation.
 *
 * @example Usage
 * ```ts
 * import { observe, type ObserveOptions, openConnection } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * await using connection = await openConnection("redis://127.0.0.1:6379", { name: "example" });
 * const { client } = connection;
 * await client.set("short_lived", "here");
 * const options: ObserveOptions = { via: "keyspace", reconcileInterval: 2 };
 * for await (const { value } of observe(client, "short_lived", options)) {
 *   if (value === null) break; // deleted, which `keyevent` does not announce
 *   await client.del("short_lived");
 * }
 * assertEquals(await client.exists("short_lived"), 0);
 * ```
 */
export interface ObserveOptions {
  /**
   * The channels to subscribe to. `keyevent` hears `set` events of all keys; `keyspace` hears all events
   * of this key, deletion and expiry among them.
   *
   * @default {"keyevent"}
   */
  via?: Via;
  /**
   * Seconds between two reads that no notification asked for, greater than 0.
   *
   * @default {5}
   */
  reconcileInterval?: number;
  /** Ends the observation. */
  signal?: AbortSignal;
  /** Called with what becomes of subscription and reads; what it throws ends the observation. */
  onStatus?: (status: ObservationStatus) => void;
}

/** That the key may have changed. */
export interface Hint {
  /** Why it may have. */
  readonly cause: Cause;
  /** When the notification arrived, in microseconds since the Unix epoch; absent where it is none. */
  readonly notifiedAt?: number;
}

/** What a face of the observation is told. */
export interface WatchListener {
  /** The key may have changed: read it, after now. */
  onHint(hint: Hint): void;
  /** The observation has ended, with an error where it could not go on. */
  onEnd(error?: Error): void;
}

/** A reading, and which subscription it began under. */
export interface WatchReading extends Reading {
  /** The number of the subscription at the time; it grows with every one. */
  readonly epoch: number;
}

/** The pause before a refused subscription is tried again, in milliseconds. */
const SUBSCRIBE_RETRY_MS = 1000;

/** The longest interval that the platform's timers take, in seconds. */
const MAX_RECONCILE_INTERVAL = (2 ** 31 - 1) / 1000;

/** The options of a connection that say where it leads to, and as whom. */
const ADDRESS = ["host", "port", "username", "password", "tls"] as const;

const STRENGTH: Record<Cause, number> = { reconcile: 0, notification: 1, resync: 2, initial: 3 };

/** Chooses, of the hints for one read, the one to name: where they are alike, the later one. */
export function strongerHint(one: Hint | undefined, other: Hint): Hint {
  return one !== undefined && STRENGTH[one.cause] > STRENGTH[other.cause] ? one : other;
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
  #heartbeat: Disposable;
  #timer: ReturnType<typeof setInterval>;
  #ending = new AbortController();
  #closed = Promise.withResolvers<void>();
  #readsUnderWay = 0;
  #unreadable = false;
  /** The last value that was told of as outdated, since the last change. */
  #outdated?: string;
  #reconciling = false;
  #subscribed = false;
  #everSubscribed = false;
  /** Whether it was told that there is no subscription. */
  #interrupted = false;
  /** Grows with every subscription. */
  #epoch = 0;
  /** Whether it was told that the last value handed over is current. */
  #current = false;
  /** Whether every write since the last change must have been announced to us. */
  #announced = true;
  #notifications = 0;

  constructor(client: Redis, key: string, options: ObserveOptions, listener: WatchListener) {
    const { via = "keyevent", reconcileInterval = 5, signal, onStatus = () => {} } = options;
    if (!(reconcileInterval > 0 && reconcileInterval <= MAX_RECONCILE_INTERVAL)) {
      throw new RangeError(
        `Cannot observe '${key}' as 'reconcileInterval' must be a number of seconds greater than 0 ` +
          `and at most ${MAX_RECONCILE_INTERVAL}: current value is ${reconcileInterval}`,
      );
    }
    const keyName = `${client.options.keyPrefix ?? ""}${key}`;
    this.#client = client;
    this.#key = key;
    this.#channel = notificationChannel(via, client.options.db ?? 0, keyName);
    this.#signal = signal;
    this.#listener = listener;
    this.#onStatus = (status) => {
      try {
        onStatus(status);
      } catch (error) {
        this.end(error as Error);
      }
    };
    this.#ledger = new Ledger(key);
    this.#subscriber = client.duplicate({
      ...HEALING,
      lazyConnect: true,
      keyPrefix: "", // ioredis would put it before the channel's name too
      autoResubscribe: false, // done here, to know when the server has acknowledged it
      maxRetriesPerRequest: 0, // a subscription that was under way is made anew, not sent again
    });
    this.#heartbeat = keepBeating(this.#subscriber);
    this.#timer = setInterval(() => this.#reconcile(), reconcileInterval * 1000);
    if (signal?.aborted) {
      this.end();
      return;
    }
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    client.on("ready", this.#follow);
    this.#subscribe(via === "keyevent" ? Buffer.from(keyName) : undefined);
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
  async read(): Promise<WatchReading | undefined> {
    const epoch = this.#epoch;
    this.#readsUnderWay++;
    const onFailure = (error: Error) => this.#onReadFailed(error);
    const { signal } = this.#ending;
    const reading = await readKeyPatiently(this.#client, this.#key, signal, onFailure);
    this.#readsUnderWay--;
    if (!reading) return undefined;
    if (this.#unreadable) this.#onStatus({ state: "readable", key: this.#key });
    this.#unreadable = false;
    return { ...reading, epoch };
  }

  /**
   * Judges a reading; readings have to come in the order of their replies.
   *
   * @returns The change, or `undefined` where there is none, or the observation has ended meanwhile.
   */
  accept(reading: WatchReading, { cause, notifiedAt }: Hint): Change | undefined {
    if (this.ended) return undefined;
    const announced = this.#announced && cause !== "reconcile";
    const change = this.#ledger.accept(reading, cause, announced, notifiedAt);
    // What was read under the present subscription, all later writes are announced after.
    if (this.#subscribed && reading.epoch === this.#epoch) this.#announced = true;
    if (change) this.#outdated = undefined;
    else if (this.#outdated === undefined) this.#reportIfOutdated(reading);
    const { contested } = this.#ledger;
    if (contested) this.#onStatus({ state: "contested", key: this.#key, writer: contested });
    return change;
  }

  /** Notes that a reading is dealt with: its change was handed over, or there was none. */
  settle({ epoch }: WatchReading): void {
    if (this.ended || this.#current || !this.#subscribed || epoch !== this.#epoch) return;
    this.#current = true;
    this.#onStatus({ state: "current", key: this.#key });
  }

  /** Ends the observation, also while nothing is happening. */
  end(error?: Error): void {
    if (this.ended) return;
    this.#ending.abort();
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#client.off("ready", this.#follow);
    this.#heartbeat[Symbol.dispose]();
    clearInterval(this.#timer);
    disconnect(this.#subscriber).then(this.#closed.resolve);
    this.#listener.onEnd(error);
  }

  #onAbort = () => this.end();

  /**
   * Subscribes on the server that the reads go to: another one's notifications say nothing about it. And where
   * that server is there again, so should the subscription be, without a further pause.
   */
  #follow = () => {
    const subscriber = this.#subscriber;
    const { options } = this.#client;
    const hasMoved = serverOf(subscriber) !== serverOf(this.#client);
    for (const name of ADDRESS) Object.assign(subscriber.options, { [name]: options[name] });
    const connect = () => void subscriber.connect().catch(() => {}); // told by the event "error"
    if (subscriber.status === "reconnecting") connect();
    else if (hasMoved) {
      subscriber.once("reconnecting", connect);
      subscriber.disconnect(true);
    }
  };

  #subscribe(keyName: Buffer | undefined): void {
    const subscriber = this.#subscriber;
    let reason = "connection closed";
    subscriber.on("error", (error) => {
      reason = messageOf(error);
      if (!failsOver(this.#client)) this.#endIfRefused(error); // else #follow leads elsewhere
    });
    subscriber.on("ready", () => {
      reason = "connection closed";
      subscriber.subscribe(this.#channel).then(
        () => this.#onSubscribed(),
        (error) => this.#onSubscribeFailed(error),
      );
    });
    subscriber.on("close", () => this.#onClose(reason));
    // A try that #follow has overtaken may still come.
    subscriber.on("connecting", () => this.ended && subscriber.disconnect());
    subscriber.on("messageBuffer", (_channel: Buffer, message: Buffer) => {
      // Before the acknowledgement is handled there is nothing to announce: the read comes after it.
      if (!this.#subscribed || (keyName && !keyName.equals(message))) return;
      this.#notifications++;
      this.#listener.onHint({ cause: "notification", notifiedAt: nowMicros() });
    });
    subscriber.connect().catch(() => {}); // told by the event "error", and tried again
  }

  #onSubscribed(): void {
    if (this.ended) return;
    this.#subscribed = true;
    this.#epoch++;
    this.#interrupted = false;
    this.#listener.onHint({ cause: this.#everSubscribed ? "resync" : "initial" });
    this.#everSubscribed = true;
    this.#onStatus({ state: "subscribed", key: this.#key, channel: this.#channel });
  }

  /** A connection that is still there is made anew after a pause, and with it the subscription. */
  #onSubscribeFailed(error: Error): void {
    this.#endIfRefused(error);
    if (this.ended || this.#subscriber.status !== "ready") return;
    this.#onInterrupted(explainFailure(error));
    const { stream } = this.#subscriber;
    const { signal } = this.#ending;
    delay(SUBSCRIBE_RETRY_MS, undefined, { signal }).then(
      () => void stream.destroy(), // which may have been left meanwhile
      () => {}, // ended
    );
  }

  #onClose(reason: string): void {
    if (this.ended) return;
    if (this.#subscribed) {
      this.#subscribed = false;
      this.#announced = false;
    }
    if (!this.#interrupted) this.#onInterrupted(reason);
  }

  #onInterrupted(reason: string): void {
    this.#interrupted = true;
    this.#current = false;
    this.#onStatus({ state: "interrupted", key: this.#key, channel: this.#channel, reason });
  }

  /** Looks whether the key changed without anybody saying so, and whether the subscription is alive. */
  async #reconcile(): Promise<void> {
    if (this.#reconciling || this.#readsUnderWay > 0) return;
    this.#reconciling = true;
    const notifications = this.#notifications;
    const reading = await this.read();
    if (this.#subscribed) {
      // The reply may have overtaken a notification. Behind a PONG there is none left on its way, and
      // where none comes in time, ioredis drops the connection.
      await this.#subscriber.ping().catch(() => {});
    }
    this.#reconciling = false;
    const isAnnounced = this.#notifications !== notifications;
    if (this.ended || !reading || isAnnounced) return;
    if (this.#ledger.isNews(reading)) {
      this.#listener.onHint({ cause: "reconcile" });
      return;
    }
    if (reading.value !== this.#outdated) this.#reportIfOutdated(reading);
    this.settle(reading);
  }

  #onReadFailed(error: Error): void {
    if (this.#client.status === "end") this.end(error); // its owner closed it
    this.#endIfRefused(error);
    if (this.ended || this.#unreadable) return;
    this.#unreadable = true;
    this.#current = false;
    this.#onStatus({ state: "unreadable", key: this.#key, reason: explainFailure(error) });
  }

  /** Tells of a value that is dropped: at once, and of others that follow it at most with every look. */
  #reportIfOutdated(reading: Reading): void {
    if (reading.value === null || !this.#ledger.isOutdated(reading)) return;
    this.#outdated = reading.value;
    this.#onStatus({ state: "outdated", key: this.#key, value: reading.value });
  }

  #endIfRefused(error: Error): void {
    const refusal = refusalOf(error, this.#client);
    if (refusal) this.end(refusal);
  }
}

/** The core of an observation, which the loop and the callbacks share. */

import { Buffer } from "node:buffer";
import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import { type Absence, Announcing } from "./_announcing.ts";
import { followClient, type Follower, unfollowClient } from "./_followers.ts";
import { AccessError } from "../connect/access_error.ts";
import { type Cause, type Change, ChangeDetector } from "./change.ts";
import { nowMicros } from "../clock.ts";
import { warnOnce } from "../warning.ts";
import { disconnect, failsOver, HEALING, refusalOf } from "../connect/connection.ts";
import { keepBeating } from "../connect/heartbeat.ts";
import { notificationChannel, type Via } from "./channels.ts";
import { checkNotifications, type NotificationCheck } from "./notifications.ts";
import { type Reading, readKey, readKeyIfShort } from "./reading.ts";
import type { Version } from "./version.ts";
import { explainFailure, messageOf } from "../connect/refusal.ts";
import { serverOf } from "../connect/server.ts";

/**
 * How an observation is doing, apart from the changes that it delivers.
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
   * It is up to date: it has read since it subscribed, has delivered what was new, and notifications arrive. The value
   * delivered last can be trusted until `interrupted`, `unreadable`, `unannounced` or `stale`, and again from the next
   * `current`. In a loop, this comes when the loop asks for the next change.
   */
  | { readonly state: "current"; readonly key: string }
  /** It is not subscribed and tries again; meanwhile, changes are not announced. */
  | {
    readonly state: "interrupted";
    readonly key: string;
    readonly channel: string;
    readonly reason: string;
  }
  /** Reads fail and are retried, or no read was answered within 4 s. */
  | { readonly state: "unreadable"; readonly key: string; readonly reason: string }
  /** Reads succeed again. */
  | { readonly state: "readable"; readonly key: string }
  /**
   * The server does not announce changes of this key: its setting says so, or reads found changes that it did not
   * announce. Until it does, only the regular reads find them.
   */
  | {
    readonly state: "unannounced";
    readonly key: string;
    readonly channel: string;
    /** Its host and port. */
    readonly server: string;
    /** The server's `notify-keyspace-events`, if it reports that. */
    readonly flags?: string;
    /** The missing flags; all needed ones if the server does not report its setting. */
    readonly missing: string;
  }
  /** The server announces changes again. */
  | {
    readonly state: "announced";
    readonly key: string;
    readonly channel: string;
    readonly server: string;
  }
  /** The server does not report whether it announces changes. */
  | {
    readonly state: "unverified";
    readonly key: string;
    readonly server: string;
    /** The flags that `notify-keyspace-events` needs. */
    readonly needed: string;
    readonly reason: string;
  }
  /** A value was dropped, as it is older than one delivered before: the server is behind. */
  | { readonly state: "stale"; readonly key: string; readonly value: string }
  /** Several sources share a name: their values cannot be ordered. */
  | { readonly state: "duplicate-source"; readonly key: string; readonly source: string };

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
export interface ObserveOptions<V extends Version = Version> {
  /**
   * The channels to subscribe to. `keyevent` announces `set` events of all keys; `keyspace` announces all
   * events of this key, deletion and expiry among them.
   *
   * @default {"keyevent"}
   */
  via?: Via;
  /**
   * Seconds between regular reads, which need no notification; greater than 0. They also prove that replies and
   * notifications arrive: with more than 3 s between them, an observation of a key that does not change is not
   * `current` all the time.
   *
   * @default {2}
   */
  reconcileInterval?: number;
  /**
   * Returns the version of a value, or `undefined` if it has none. With it, a value is never delivered after a newer
   * one of the same source, and skipped values are counted. Without it, every value that differs from the last one is
   * delivered. An error that it throws ends the observation.
   */
  versionOf?: (value: string) => V | undefined;
  /** Ends the observation. */
  signal?: AbortSignal;
  /**
   * Called when the state of subscription and reads changes; an error that it throws ends the observation. The default
   * prints a warning if a server does not announce changes.
   */
  onStatus?: (status: ObservationStatus) => void;
}

/** A sign that the key may have changed. */
export interface Hint {
  /** Why it may have changed. */
  readonly cause: Cause;
  /** When the notification arrived, in microseconds since the Unix epoch; absent if there was none. */
  readonly notifiedAt?: number;
}

/** What a {@linkcode Watch} calls. */
export interface WatchListener {
  /** The key may have changed: it must be read again. */
  onHint(hint: Hint): void;
  /** The observation has ended, with an error if it could not go on. */
  onEnd(error?: Error): void;
}

/** A reading, and the state when it began. */
export interface WatchReading extends Reading {
  /** The number of the subscription; it grows with every one. */
  readonly epoch: number;
  /** How many hints there had been. */
  readonly hints: number;
}

/** The pause before a refused subscription is retried, in milliseconds. */
const SUBSCRIBE_RETRY_MS = 1000;

/**
 * How many characters of replies may be under way, if the next values are as long as the last one. Servers close the
 * connection of a subscriber whose buffer holds 32 MiB, or 8 MiB for a minute.
 */
const MAX_UNANSWERED = 8_000_000;

/** The pause before a failed read is retried, in milliseconds. */
const READ_RETRY_MS = 250;

/** The longest interval that the platform's timers support, in seconds. */
const MAX_RECONCILE_INTERVAL = (2 ** 31 - 1) / 1000;

/** The options of a connection that name its server and login. */
const ADDRESS = ["host", "port", "username", "password", "tls"] as const;

const STRENGTH: Record<Cause, number> = { reconcile: 0, notification: 1, resync: 2, initial: 3 };

/** Chooses the more important of two hints for one read; if they are equal, the later one. */
export function strongerHint(one: Hint | undefined, other: Hint): Hint {
  return one !== undefined && STRENGTH[one.cause] > STRENGTH[other.cause] ? one : other;
}

/** How long an answered read proves that the observation is current, in milliseconds. */
const PROOF_MS = 4000;

/**
 * Notices when a key may have changed, reads it, and decides what is a change.
 *
 * Notifications and reads share one connection, which belongs to the observation alone. So both come from the same
 * node, even if the address leads to several; a notification arrives before any reply that shows its change; and an
 * answered read proves that notifications arrive as well. No other code uses the connection: no transaction
 * captures a read, and no blocking command delays one.
 */
export class Watch<V extends Version = Version> implements Follower {
  #client: Redis;
  #key: string;
  #keyName: string;
  /** The same as bytes, to compare it with notifications. */
  #keyBytes: Buffer;
  #via: Via;
  #channel: string;
  #signal?: AbortSignal;
  #listener: WatchListener;
  #onStatus: (status: ObservationStatus) => void;
  #detector: ChangeDetector<V>;
  #connection: Redis;
  #heartbeat: Disposable;
  #lookTimer: ReturnType<typeof setInterval>;
  #proofTimer?: ReturnType<typeof setTimeout>;
  #ending = new AbortController();
  #closed = Promise.withResolvers<void>();
  #readsUnderWay = 0;
  /** How many reads were sent and not answered. */
  #unanswered = 0;
  /** Reads that wait until another one is answered. */
  #waiting: (() => void)[] = [];
  /** The length of the last value, in characters. */
  #lastLength = 0;
  #unreadable = false;
  /** Whether reads ask for the length first: one was lost with its connection, maybe because its value is too long. */
  #asksForLength = false;
  /** Whether the last value read is older than one that was delivered: the server is behind. */
  #isBehind = false;
  /** The last value reported as stale since another state was reported. */
  #stale?: string;
  #looking = false;
  #subscribed = false;
  /** Whether anything was ever read. */
  #hasRead = false;
  /** Whether `interrupted` was reported. */
  #interrupted = false;
  /** Grows with every subscription. */
  #epoch = 0;
  /** Whether `current` was reported. */
  #current = false;
  /** When the last answered read under the present subscription began, by the monotonic clock. */
  #provenAt = 0;
  /** Whether every write since the last change must have been announced to us. */
  #announced = true;
  /** Whether the server announces changes, since the present subscription. */
  #announcing?: Announcing;
  /** How many hints there were, and how many when the last accepted read began. */
  #hints = 0;
  #hintsRead = 0;

  constructor(
    client: Redis,
    key: string,
    options: ObserveOptions<V>,
    listener: WatchListener,
  ) {
    const {
      via = "keyevent",
      reconcileInterval = 2,
      versionOf,
      signal,
      onStatus = warnOfTrouble(),
    } = options;
    if (!(reconcileInterval > 0 && reconcileInterval <= MAX_RECONCILE_INTERVAL)) {
      throw new RangeError(
        `Cannot observe '${key}' as 'reconcileInterval' must be a number of seconds greater than 0 ` +
          `and at most ${MAX_RECONCILE_INTERVAL}: got ${reconcileInterval}`,
      );
    }
    const keyName = `${client.options.keyPrefix ?? ""}${key}`;
    this.#client = client;
    this.#key = key;
    this.#keyName = keyName;
    this.#keyBytes = Buffer.from(keyName);
    this.#via = via;
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
    this.#detector = new ChangeDetector(
      key,
      versionOf && ((value) => {
        try {
          return versionOf(value);
        } catch (error) {
          this.end(error as Error);
        }
      }),
    );
    this.#connection = client.duplicate({
      ...HEALING,
      socketTimeout: undefined, // the heartbeat notices silence first
      lazyConnect: true,
      protocol: 3, // RESP3 allows commands beside a subscription
      keyPrefix: "", // ioredis would also prefix the channel's name
      autoResubscribe: false, // done here, to know when the server acknowledges it
      enableOfflineQueue: false, // a late read says nothing about now
      maxRetriesPerRequest: 0, // commands under way are not sent again
    });
    this.#heartbeat = keepBeating(this.#connection);
    this.#lookTimer = setInterval(() => this.#look(), reconcileInterval * 1000);
    if (signal?.aborted) {
      this.end();
      return;
    }
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    followClient(client, this);
    if (!this.ended) this.#connect();
  }

  /** Whether the observation has ended. */
  get ended(): boolean {
    return this.#ending.signal.aborted;
  }

  /** Resolves when the observation has ended and everything it opened is closed. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /**
   * Whether the value delivered last can be trusted now: `current` was reported, a read proved it recently, and no hint
   * waits for its read.
   */
  get current(): boolean {
    const isProven = performance.now() < this.#provenAt + PROOF_MS;
    return this.#current && isProven && this.#hints === this.#hintsRead;
  }

  /**
   * Reads the key, and retries temporary failures.
   *
   * @returns The reading, or `undefined` if the observation ended or lost its connection first. After a reconnect, a
   * hint follows.
   */
  async read(): Promise<WatchReading | undefined> {
    const epoch = this.#epoch;
    const { signal } = this.#ending;
    this.#readsUnderWay++;
    while (this.#isPresent(epoch)) {
      const reading = await this.#tryToRead(epoch);
      if (reading) {
        this.#readsUnderWay--;
        return reading;
      }
      if (this.#isPresent(epoch)) {
        await delay(READ_RETRY_MS, undefined, { signal }).catch(() => {});
      }
    }
    this.#readsUnderWay--;
  }

  /**
   * Decides whether a reading is a change. Readings must come in the order of their replies.
   *
   * @returns The change, or `undefined` if there is none or the observation has ended.
   */
  accept(reading: WatchReading, { cause, notifiedAt }: Hint): Change<V> | undefined {
    if (this.ended) return undefined;
    const announced = this.#announced && cause !== "reconcile";
    const change = this.#detector.accept(reading, cause, announced, notifiedAt);
    if (this.ended) return undefined; // versionOf() failed
    this.#hasRead = true;
    this.#hintsRead = Math.max(this.#hintsRead, reading.hints);
    // All writes after a read under the present subscription are announced, unless this one was not.
    if (this.#isPresent(reading.epoch)) {
      this.#announced = (!change || cause !== "reconcile") && !this.#announcing?.absence;
    }
    if (change) {
      this.#isBehind = false;
      this.#stale = undefined;
    } else this.#noteIfBehind(reading, this.#stale === undefined);
    const { shared } = this.#detector;
    if (shared) this.#onStatus({ state: "duplicate-source", key: this.#key, source: shared });
    return change;
  }

  /** Notes that a reading is done: its change was delivered, or there was none. */
  settle(reading: WatchReading): void {
    if (this.#current || this.#unreadable || this.#isBehind || this.#announcing?.absence) return;
    if (!this.#isPresent(reading.epoch) || performance.now() >= this.#provenAt + PROOF_MS) return;
    this.#current = true;
    this.#stale = undefined;
    this.#onStatus({ state: "current", key: this.#key });
  }

  /** Ends the observation at any time. */
  end(error?: Error): void {
    if (this.ended) return;
    this.#ending.abort();
    this.#subscribed = this.#current = false;
    this.#signal?.removeEventListener("abort", this.#onAbort);
    unfollowClient(this.#client, this);
    this.#heartbeat[Symbol.dispose]();
    clearInterval(this.#lookTimer);
    this.#stopProofTimer();
    this.#announcing?.end();
    disconnect(this.#connection).then(this.#closed.resolve);
    this.#listener.onEnd(error);
  }

  /**
   * Follows the client to its server. If the observation is waiting to reconnect, it reconnects at once.
   */
  onClientReady(): void {
    const connection = this.#connection;
    const { options } = this.#client;
    const hasMoved = serverOf(connection) !== serverOf(this.#client);
    for (const name of ADDRESS) Object.assign(connection.options, { [name]: options[name] });
    const connect = () => void connection.connect().catch(() => {}); // the event "error" reports it
    if (connection.status === "reconnecting") connect();
    else if (hasMoved) {
      connection.once("reconnecting", connect);
      connection.disconnect(true);
    }
  }

  /** Ends the observation, as the client's owner has closed the client. */
  onClientEnd(): void {
    this.end(new Error(`Cannot observe '${this.#key}' any longer as its connection was closed`));
  }

  #onAbort = () => this.end();

  #connect(): void {
    const connection = this.#connection;
    let reason = "connection closed";
    connection.on("error", (error) => {
      reason = messageOf(error);
      if (!failsOver(this.#client)) this.#endIfRefused(error); // else it follows the client to another server
    });
    connection.on("ready", () => {
      reason = "connection closed";
      this.#subscribe();
    });
    connection.on("close", () => this.#onClose(reason));
    // ioredis's own retry, which onClientReady() preempted, may still come after the end.
    connection.on("connecting", () => this.ended && connection.disconnect());
    const isKeyevent = this.#via === "keyevent";
    connection.on("messageBuffer", (_channel: Buffer, message: Buffer) => {
      // Before the acknowledgement is handled, no notification is needed: the first read follows it.
      if (!this.#subscribed) return;
      if (!isKeyevent || this.#keyBytes.equals(message)) {
        this.#hint({ cause: "notification", notifiedAt: nowMicros() });
      }
      this.#announcing!.heard();
    });
    connection.connect().catch(() => {}); // the event "error" reports it, and it is tried again
  }

  async #subscribe(): Promise<void> {
    const connection = this.#connection;
    try {
      const [, check] = await Promise.all([connection.subscribe(this.#channel), this.#check()]);
      this.#onSubscribed(check);
    } catch (error) {
      this.#onSubscribeFailed(error as Error);
    }
  }

  /** Asks each time: after a restart the server may have other settings. */
  #check = () => checkNotifications(this.#connection, this.#via);

  #onSubscribed(check: NotificationCheck): void {
    if (this.ended || this.#connection.status !== "ready") return;
    if (this.#connection.mode === "subscriber") return this.#endWithoutResp3();
    this.#subscribed = true;
    this.#epoch++;
    this.#interrupted = false;
    this.#provenAt = performance.now(); // from here on, a read must be answered in time
    this.#watchProof();
    this.#onStatus({ state: "subscribed", key: this.#key, channel: this.#channel });
    this.#announcing = new Announcing(check, this.#check, (absence) => this.#onAnnouncing(absence));
    if (check.result === "unknown") {
      const { reason, needed } = check;
      const server = serverOf(this.#connection);
      this.#onStatus({ state: "unverified", key: this.#key, server, needed, reason });
    }
    this.#hint({ cause: this.#hasRead ? "resync" : "initial" });
  }

  #hint(hint: Hint): void {
    this.#hints++;
    this.#listener.onHint(hint);
  }

  #onAnnouncing(absence: Absence | undefined): void {
    if (this.ended || !this.#subscribed) return;
    const about = { key: this.#key, channel: this.#channel, server: serverOf(this.#connection) };
    if (absence) {
      this.#current = false;
      this.#onStatus({ state: "unannounced", ...about, ...absence });
    } else {
      this.#onStatus({ state: "announced", ...about });
      this.#hint({ cause: "reconcile" }); // it may have changed unannounced since the last read
    }
  }

  #endWithoutResp3(): void {
    const server = serverOf(this.#connection);
    this.end(
      new AccessError(
        `Cannot observe '${this.#key}' as the server at ${server} does not speak RESP3: it must be KeyDB, ` +
          "Valkey, or Redis 6 or later",
        undefined,
      ),
    );
  }

  /** Reconnects after a pause, if the connection is still open, to subscribe again. */
  #onSubscribeFailed(error: Error): void {
    this.#endIfRefused(error);
    if (this.ended || this.#connection.status !== "ready") return;
    this.#onInterrupted(explainFailure(error));
    const { stream } = this.#connection;
    const { signal } = this.#ending;
    delay(SUBSCRIBE_RETRY_MS, undefined, { signal }).then(
      () => void stream.destroy(), // no harm if it was replaced meanwhile
      () => {}, // ended
    );
  }

  #onClose(reason: string): void {
    if (this.ended) return;
    if (this.#subscribed) {
      this.#subscribed = false;
      this.#announced = false;
      this.#announcing?.end();
    }
    this.#stopProofTimer();
    if (!this.#interrupted) this.#onInterrupted(reason);
  }

  #onInterrupted(reason: string): void {
    this.#interrupted = true;
    this.#current = false;
    this.#stale = undefined;
    this.#unreadable = false; // `interrupted` takes its place
    this.#onStatus({ state: "interrupted", key: this.#key, channel: this.#channel, reason });
  }

  /** Reads the key, in case it changed without a notification. */
  async #look(): Promise<void> {
    if (this.#looking || this.#readsUnderWay > 0) return;
    this.#looking = true;
    const reading = await this.read();
    this.#looking = false;
    if (!reading || this.ended) return;
    this.#announcing!.look();
    // A hint since the last read asks for its own read.
    if (this.#hints !== this.#hintsRead) return;
    const isNews = this.#detector.isNews(reading);
    if (this.ended) return; // versionOf() failed
    if (isNews) {
      this.#announcing!.foundSilentChange();
      this.#hint({ cause: "reconcile" });
      return;
    }
    this.#noteIfBehind(reading, reading.value !== this.#stale);
    this.settle(reading);
  }

  async #tryToRead(epoch: number): Promise<WatchReading | undefined> {
    while (this.#isCrowded) {
      await new Promise<void>((wake) => this.#waiting.push(wake));
      if (!this.#isPresent(epoch)) return undefined;
    }
    const hints = this.#hints;
    const beganAt = performance.now();
    const read = this.#asksForLength ? readKeyIfShort : readKey;
    this.#unanswered++;
    try {
      const reading = await read(this.#connection, this.#keyName);
      if (!this.#isPresent(epoch)) return undefined;
      this.#lastLength = reading.problem === undefined ? reading.value?.length ?? 0 : Infinity;
      // Reads with and without that first step must not overlap: they would not end in the order of their replies.
      this.#asksForLength &&= reading.problem !== undefined || this.#unanswered > 1;
      this.#onRead(beganAt);
      return { ...reading, epoch, hints };
    } catch (error) {
      if (this.#isPresent(epoch)) this.#onReadFailed(error as Error);
      else this.#asksForLength = true;
    } finally {
      this.#unanswered--;
      if (this.#waiting.length > 0) this.#waiting.splice(0).forEach((wake) => wake());
    }
  }

  /** Whether one more reply, if it is as long as the last one, could fill the server's buffer. */
  get #isCrowded(): boolean {
    return this.#unanswered > 0 && (this.#unanswered + 1) * this.#lastLength > MAX_UNANSWERED;
  }

  /** Whether the connection still has the given subscription. */
  #isPresent(epoch: number): boolean {
    return this.#subscribed && epoch === this.#epoch && this.#connection.status === "ready";
  }

  #onRead(beganAt: number): void {
    this.#provenAt = Math.max(this.#provenAt, beganAt);
    if (!this.#unreadable) return;
    this.#unreadable = false;
    this.#watchProof();
    this.#onStatus({ state: "readable", key: this.#key });
  }

  #onReadFailed(error: Error): void {
    this.#endIfRefused(error);
    if (!this.ended) this.#onUnreadable(explainFailure(error));
  }

  #onUnreadable(reason: string): void {
    if (this.#unreadable) return;
    this.#unreadable = true;
    this.#current = false;
    this.#stale = undefined;
    this.#stopProofTimer();
    this.#onStatus({ state: "unreadable", key: this.#key, reason });
  }

  /** Ends `current` if no read is answered in time. A timer for each read would cost more than the read. */
  #watchProof = () => {
    const leftMs = this.#provenAt + PROOF_MS - performance.now();
    if (leftMs > 0) this.#proofTimer = setTimeout(this.#watchProof, Math.ceil(leftMs));
    else this.#onUnreadable(`no read was answered within ${PROOF_MS / 1000} s`);
  };

  #stopProofTimer(): void {
    clearTimeout(this.#proofTimer);
  }

  /**
   * Notes whether a value that is no change is older than a delivered one. The first is reported at once, later ones at
   * most once per regular read.
   */
  #noteIfBehind(reading: Reading, report: boolean): void {
    this.#isBehind = this.#detector.isStale(reading);
    if (!this.#isBehind) return;
    this.#current = false;
    if (!report) return;
    this.#stale = reading.value!;
    this.#onStatus({ state: "stale", key: this.#key, value: this.#stale });
  }

  #endIfRefused(error: Error): void {
    const refusal = refusalOf(error, this.#client);
    if (refusal) this.end(refusal);
  }
}

/** The default `onStatus`: warns if a server does not announce changes. */
function warnOfTrouble(): (status: ObservationStatus) => void {
  const warn = warnOnce();
  return (status) => {
    if (status.state !== "unannounced") return;
    const { key, server, missing } = status;
    warn(
      `The server at ${server} does not announce changes of ${key}: notify-keyspace-events needs "${missing}". ` +
        "Until then, only regular reads find them",
    );
  };
}

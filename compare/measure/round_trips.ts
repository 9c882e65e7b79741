/** The round trip from a write to its handshake, as the writer sees it, by its own clock. */

import { build, type Histogram } from "hdr-histogram-js";
import type { Redis } from "ioredis";
import { nowMicros } from "../../lib/clock.ts";
import { disconnect } from "../../lib/connect/connection.ts";
import { notificationChannel } from "../../lib/observe/channels.ts";
import { handshakeKeyOf } from "../../lib/protocol/keys.ts";
import { dueAt, type Schedule } from "./schedule.ts";

/** The least pause between two samples, in microseconds: looking at all would be load of its own. */
const PAUSE = 5000;

/**
 * Samples round trips: from the intended time of a write until its handshake can be read where it was written.
 * It hears of every handshake, and reads some: after one was read, the next one that is announced
 * {@linkcode PAUSE} later.
 */
export class RoundTrips implements AsyncDisposable {
  #client: Redis;
  #subscriber: Redis;
  #schedule?: Schedule;
  #firstSeq = 0;
  #histogram = newHistogram();
  #readAt = 0;
  #isReading = false;

  private constructor(client: Redis, subscriber: Redis) {
    this.#client = client;
    this.#subscriber = subscriber;
  }

  /**
   * Begins to hear of the handshakes of a listener.
   *
   * @param client The connection to the server where the writes go.
   * @param listener The listener's name.
   * @returns The samples, none as yet; the caller disposes of them.
   */
  static async of(client: Redis, listener: string): Promise<RoundTrips> {
    const subscriber = client.duplicate();
    const roundTrips = new RoundTrips(client, subscriber);
    const key = handshakeKeyOf(listener);
    subscriber.on("error", () => {}); // without it there are just no samples
    subscriber.on("message", () => roundTrips.#onHandshake(key));
    await subscriber.subscribe(notificationChannel("keyspace", client.options.db ?? 0, key));
    return roundTrips;
  }

  /**
   * Begins with another run, and forgets the samples of the last one.
   *
   * @param schedule The run's schedule.
   * @param firstSeq The sequence number of its first write.
   */
  begin(schedule: Schedule, firstSeq: number): void {
    this.#schedule = schedule;
    this.#firstSeq = firstSeq;
    this.#histogram = newHistogram();
  }

  /** The samples of the run, in microseconds. */
  get histogram(): Histogram {
    return this.#histogram;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await disconnect(this.#subscriber);
  }

  async #onHandshake(key: string): Promise<void> {
    if (this.#isReading || nowMicros() - this.#readAt < PAUSE) return;
    this.#isReading = true;
    try {
      const handshake = await this.#client.get(key);
      this.#readAt = nowMicros();
      this.#record(Number(/ seq (\d+) micros /.exec(handshake ?? "")?.[1]));
    } catch {
      // no sample
    } finally {
      this.#isReading = false;
    }
  }

  /** What answers no write of this run is left out. */
  #record(seq: number): void {
    const index = seq - this.#firstSeq;
    if (!this.#schedule || !(index >= 0 && index < this.#schedule.writes)) return;
    this.#histogram.recordValue(Math.max(0, this.#readAt - dueAt(this.#schedule, index)));
  }
}

function newHistogram(): Histogram {
  return build({ numberOfSignificantValueDigits: 3, autoResize: true });
}

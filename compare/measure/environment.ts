/** Where runs take place: databases, each with its load, and the listeners that observe it at the time. */

import type { Redis } from "ioredis";
import { type ClockOffset, estimateClockOffset } from "../../lib/telemetry/clock_offset.ts";
import { type Connection, openConnection } from "../../lib/connect/connection.ts";
import { Listener, type ListenerRole } from "./listener.ts";
import { LoadGenerator } from "./load.ts";
import { RoundTrips } from "./round_trips.ts";
import type { Subject } from "./subject.ts";

/** Round trips to estimate a clock's offset by. */
const CLOCK_ROUNDS = 64;

/** The listeners of a run. */
export interface ListenerGroup {
  /** Their role. */
  readonly role: ListenerRole;
  /** How many there are. */
  readonly count: number;
  /** Their server's number, from 0; the writer's is 0. */
  readonly node: number;
  /** Their settings. */
  readonly env: Readonly<Record<string, string>>;
}

/** A database with its load and its listeners. */
export interface Setup {
  /** The listeners, all of one group. */
  readonly listeners: readonly Listener[];
  /** Whether some of them have just been started. */
  readonly isFresh: boolean;
  /** Round trips to the first listener. */
  readonly roundTrips: RoundTrips;
  /** Writes stamps. */
  readonly load: LoadGenerator;
  /** Writes unrelated keys. */
  readonly noise: LoadGenerator;
  /** A connection to the listeners' server. */
  readonly client: Redis;
  /** Takes the sequence numbers for some writes; returns the first one. */
  takeSeqs(writes: number): number;
}

/** The databases of a subject. */
export class Environment implements AsyncDisposable {
  #subject: Subject;
  #signal: AbortSignal;
  #slots: Slot[];

  /** @param subject The servers. @param signal Ends all waiting. */
  constructor(subject: Subject, signal: AbortSignal) {
    this.#subject = subject;
    this.#signal = signal;
    this.#slots = Array.from(
      { length: subject.databases },
      (_, database) => new Slot(subject, database, signal),
    );
  }

  /**
   * Prepares a setup. Listeners that are there already, with the same settings, stay; others leave.
   *
   * @param index Which of several setups that are to be ready in turn, from 0.
   * @param group The listeners.
   * @returns The setup, until another one is prepared with this index.
   */
  async prepare(index: number, group: ListenerGroup): Promise<Setup> {
    return await this.#slots[index % this.#slots.length].prepare(group);
  }

  /**
   * Estimates how far this process's clock, which is the writer's too, and a server's are apart.
   *
   * @param node The server's number, from 0.
   * @returns The clock's offset.
   */
  async clockOffset(node: number): Promise<ClockOffset> {
    const { server } = this.#subject.place(node, 0);
    const options = { name: "compare", signal: this.#signal };
    await using connection = await openConnection([server], options);
    return await estimateClockOffset(connection.client, { rounds: CLOCK_ROUNDS });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot[Symbol.asyncDispose]()));
  }
}

/** One database. */
class Slot implements AsyncDisposable {
  #subject: Subject;
  #database: number;
  #signal: AbortSignal;
  #listeners: Listener[] = [];
  #group?: string;
  #nextSeq = 1;
  #always = new AsyncDisposableStack();
  #generators?: Promise<[LoadGenerator, LoadGenerator]>;
  #connections = new Map<number, Promise<Connection>>();
  #roundTrips?: RoundTrips;

  constructor(subject: Subject, database: number, signal: AbortSignal) {
    this.#subject = subject;
    this.#database = database;
    this.#signal = signal;
  }

  async prepare({ count, ...group }: ListenerGroup): Promise<Setup> {
    const key = JSON.stringify(group);
    if (this.#group !== key) await this.#clear();
    this.#group = key;
    const present = this.#listeners.length;
    await Promise.all(this.#listeners.splice(count).map((one) => one[Symbol.asyncDispose]()));
    await this.#fill({ count, ...group });
    const [load, noise] = await (this.#generators ??= this.#startGenerators());
    const { client } = await this.#connect(group.node);
    const { client: writers } = await this.#connect(0);
    this.#roundTrips ??= await RoundTrips.of(writers, this.#listeners[0].name);
    return {
      listeners: this.#listeners,
      isFresh: this.#listeners.length > present,
      roundTrips: this.#roundTrips,
      load,
      noise,
      client,
      takeSeqs: (writes) => (this.#nextSeq += writes) - writes,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#clear();
    await this.#always[Symbol.asyncDispose]();
  }

  /** All that are missing start at once; what cannot start leaves none behind. */
  async #fill({ role, count, node, env }: ListenerGroup): Promise<void> {
    const place = this.#subject.place(node, this.#database);
    const present = this.#listeners.length;
    const starts = Array.from({ length: count - present }, (_, index) => {
      const number = present + index + 1;
      const name = number === 1 ? role : `${role}_${number}`;
      const settings = { ...env, ...place.env };
      const { permissions } = place;
      return Listener.start({ role, name, env: settings, permissions }, this.#signal);
    });
    const results = await Promise.allSettled(starts);
    for (const result of results) {
      if (result.status === "fulfilled") this.#listeners.push(result.value);
    }
    const failure = results.find((result) => result.status === "rejected");
    if (failure) throw failure.reason;
  }

  async #clear(): Promise<void> {
    const listeners = this.#listeners;
    this.#listeners = [];
    this.#group = undefined;
    await this.#roundTrips?.[Symbol.asyncDispose]();
    this.#roundTrips = undefined;
    await Promise.all(listeners.map((listener) => listener[Symbol.asyncDispose]()));
  }

  async #startGenerators(): Promise<[LoadGenerator, LoadGenerator]> {
    const { server } = this.#subject.place(0, this.#database);
    const start = async () => this.#always.use(await LoadGenerator.start(server));
    return await Promise.all([start(), start()]);
  }

  #connect(node: number): Promise<Connection> {
    const connect = async () => {
      const { server } = this.#subject.place(node, this.#database);
      const options = { name: "compare", signal: this.#signal };
      return this.#always.use(await openConnection([server], options));
    };
    const connection = this.#connections.get(node) ?? connect();
    this.#connections.set(node, connection);
    return connection;
  }
}

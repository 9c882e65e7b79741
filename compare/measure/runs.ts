/** Measures each variant at each load, repeatedly and in turn; no other variant runs meanwhile. */

import { setTimeout as delay } from "node:timers/promises";
import { encodeIntoCompressedBase64 } from "hdr-histogram-js";
import type { Redis } from "ioredis";
import { orAborted } from "../../lib/abort.ts";
import { nowMicros } from "../../lib/clock.ts";
import { openConnection } from "../../lib/connect/connection.ts";
import { coreWaitSecondsOf, cpuMeterOf } from "../../cluster/process_cpu.ts";
import type { Load, Point, Run } from "../results.ts";
import { type GeneratedLoad, LoadGenerator } from "./load.ts";
import type { Place, Servers } from "./servers.ts";
import { percentileOf } from "../../statistics/percentiles.ts";
import type { Learned, Subject, Variant, Written } from "./variant.ts";

/** How a measurement runs. */
export interface Course {
  /** How often everything is measured. */
  readonly repetitions: number;
  /** How long a process rests before its first load, while its CPU time without writes is measured, in seconds. */
  readonly restSeconds: number;
  /** Ends it before the next run; finished runs stay in the result. */
  readonly signal: AbortSignal;
  /** Called before each run, with the share that is done. */
  onRun(what: string, done: number): void;
}

/** The load that warms a process up. */
const WARM_UP = { rate: 1000, writes: 1000, noise: 0 };

/** No writes. */
const NOTHING: Written = { firstSeq: 0, schedule: { begin: 0, rate: 1, writes: 0 } };

/** The time from the call to the first write, in microseconds. */
const LEAD = 20_000;

/** How long to wait for the last values, in milliseconds: the slowest mechanism polls once a second. */
const CATCH_UP_MS = 1200;

/**
 * Measures variants. Every other repetition runs them in reverse order, so that slow drifts affect all of them alike.
 *
 * @param servers The servers.
 * @param variants The variants to compare.
 * @param loads The loads.
 * @param course Repetitions, signal and progress.
 * @returns All points, load by load.
 */
export async function measureRuns(
  servers: Servers,
  variants: readonly Variant[],
  loads: readonly Load[],
  { repetitions, restSeconds, signal, onRun }: Course,
): Promise<Point[]> {
  const points = loads.flatMap((load) =>
    variants.map(({ name }) => ({ variant: name, load, runs: [] as Run[] }))
  );
  if (points.length === 0) return points;
  const nodes = [...new Set(loads.map(({ node }) => node))];
  await untilAborted(signal, async () => {
    await using writer = await Writer.start(servers.places[0]);
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const ordered = repetition % 2 === 0 ? variants : variants.toReversed();
      for (const [index, variant] of ordered.entries()) {
        const done = (repetition + index / variants.length) / repetitions;
        onRun(`${variant.name}, ${repetition + 1}/${repetitions}`, done);
        for (const node of nodes) {
          await using bench = await Bench.start(variant, servers.places[node], writer, signal);
          await orAborted(bench.warmUp(), signal);
          const idle = await orAborted(bench.rest(restSeconds), signal);
          for (const load of loads.filter((load) => load.node === node)) {
            const run = await orAborted(bench.run(load, idle), signal);
            points.find((point) => point.variant === variant.name && point.load === load)!
              .runs.push(run);
          }
        }
      }
    }
  });
  return points;
}

/**
 * Runs some work until it is done or the signal is aborted. Results until then count.
 *
 * @param signal The signal.
 * @param work The work; it rejects if the signal is aborted.
 * @throws The work's error, if the signal is not aborted.
 */
export async function untilAborted(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  try {
    signal.throwIfAborted();
    await work();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Writes stamps, numbered on from run to run, and unrelated keys beside them. */
class Writer implements AsyncDisposable {
  #stamps: LoadGenerator;
  #noise: LoadGenerator;
  #seq = nowMicros();

  private constructor(stamps: LoadGenerator, noise: LoadGenerator) {
    this.#stamps = stamps;
    this.#noise = noise;
  }

  static async start({ server }: Place): Promise<Writer> {
    return new Writer(await LoadGenerator.start(server), await LoadGenerator.start(server));
  }

  /** Writes, and returns the schedule and how late the writes were. */
  async write(
    { rate, writes, noise }: Pick<Load, "rate" | "writes" | "noise">,
    { announcement }: Variant,
  ): Promise<Written & Pick<GeneratedLoad, "cpu"> & { readonly lateness: number }> {
    const firstSeq = this.#seq + 1;
    this.#seq += writes;
    const begin = nowMicros() + LEAD;
    const schedule = { begin, rate, writes };
    const noiseSchedule = { begin, rate: noise, writes: Math.ceil(noise * writes / rate) };
    const [stamps] = await Promise.all([
      this.#stamps.run({ kind: "stamps", schedule, firstSeq, announcement }).then(checked),
      noise === 0
        ? undefined
        : this.#noise.run({ kind: "noise", schedule: noiseSchedule, firstSeq: 0 }).then(checked),
    ]);
    const lateness = stamps.lateness.getValueAtPercentile(99);
    return { firstSeq, schedule, lateness, cpu: stamps.cpu };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#stamps, this.#noise].map((one) => one[Symbol.asyncDispose]()));
  }
}

function checked(load: GeneratedLoad): GeneratedLoad {
  if (load.problem) throw new Error(`Cannot write: ${load.problem}`);
  return load;
}

/** CPU time used without writes, in microseconds per second. */
interface IdleUse {
  readonly own: number;
  readonly server: number | null;
}

/** A running variant, and where its CPU time is read. */
class Bench implements AsyncDisposable {
  #variant: Variant;
  #writer: Writer;
  #stack: AsyncDisposableStack;
  #client: Redis;
  #subject: Subject;
  #cpuSeconds: () => Promise<number>;

  private constructor(
    variant: Variant,
    writer: Writer,
    stack: AsyncDisposableStack,
    client: Redis,
    subject: Subject,
  ) {
    this.#variant = variant;
    this.#writer = writer;
    this.#stack = stack;
    this.#client = client;
    this.#subject = subject;
    this.#cpuSeconds = cpuMeterOf(subject.pid);
  }

  static async start(variant: Variant, place: Place, writer: Writer, signal: AbortSignal) {
    await using stack = new AsyncDisposableStack();
    const options = { name: "compare", signal };
    const { client } = stack.use(await openConnection([place.server], options));
    await writer.write({ rate: 1, writes: 1, noise: 0 }, variant); // it may need a value at its start
    const subject = stack.use(await variant.start(place, signal));
    return new Bench(variant, writer, stack.move(), client, subject);
  }

  /** Writes a load that does not count. */
  async warmUp(): Promise<void> {
    await this.#writer.write(WARM_UP, this.#variant);
    await delay(CATCH_UP_MS);
  }

  /** Measures the CPU time without writes, in microseconds per second. */
  async rest(restSeconds: number): Promise<IdleUse> {
    const { own, server, seconds } = await this.#usageOf(() => delay(restSeconds * 1000));
    return { own: own / seconds, server: server === null ? null : server / seconds };
  }

  /** Writes a load, and measures the variant. @param idle The CPU time without writes, which is subtracted. */
  async run(load: Load, idle: IdleUse): Promise<Run> {
    await this.#subject.take(NOTHING); // discards what it learned before
    const { pid } = this.#subject;
    const waitedBefore = await coreWaitSecondsOf(pid);
    let waited: number | null = null;
    const busy = await this.#usageOf(async () => {
      const written = await this.#writer.write(load, this.#variant);
      waited = await coreWaitSecondsOf(pid);
      await delay(CATCH_UP_MS);
      return written;
    });
    const { lateness, cpu, ...written } = busy.result;
    const learned = await this.#subject.take(written); // only now, as it costs CPU time
    const perWrite = (busyMicros: number, idleMicros: number) =>
      (busyMicros - idleMicros * busy.seconds) / load.writes;
    return {
      ...figuresOf(learned, load.writes),
      cpu: perWrite(busy.own, idle.own),
      idleCpu: idle.own,
      serverCpu: busy.server === null ? null : perWrite(busy.server, idle.server!),
      idleServerCpu: idle.server,
      writerCpu: cpu === null ? null : cpu / load.writes,
      waits: waited === null ? null : (waited - waitedBefore!) / (load.writes / load.rate),
      lateness,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
  }

  /** Measures the CPU time of some work, in microseconds. */
  async #usageOf<T>(work: () => Promise<T>) {
    const read = async () => ({
      own: await this.#cpuSeconds() * 1e6,
      server: await serverCpuMicros(this.#client),
      seconds: performance.now() / 1000,
    });
    const before = await read();
    const result = await work();
    const after = await read();
    return {
      result,
      own: after.own - before.own,
      server: after.server === null ? null : after.server - before.server!,
      seconds: after.seconds - before.seconds,
    };
  }
}

function figuresOf({ values, durations, ...others }: Learned, writes: number) {
  return {
    learned: values / writes,
    p50: percentileOf(durations, 50),
    p99: percentileOf(durations, 99),
    histogram: encodeIntoCompressedBase64(durations),
    ...others,
  };
}

/**
 * Asks a server for the CPU time it has used.
 *
 * @param client A connection to it.
 * @returns Microseconds; `null` if the server does not report it.
 */
export async function serverCpuMicros(client: Redis): Promise<number | null> {
  const info = await client.info("cpu").catch(() => ""); // a managed server may refuse it
  const fields = [...info.matchAll(/^used_cpu_(?:sys|user):([\d.]+)\r?$/gm)];
  return fields.reduce((sum, [, seconds]) => sum + Number(seconds) * 1e6, 0) || null;
}

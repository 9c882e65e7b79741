/** One measurement of one listener, from its start to its end. */

import { cpuMeterOf } from "../cluster/process_cpu.ts";
import type { ListenerProcess } from "./listeners.ts";
import { Probe } from "./probe.ts";

/** What one round measures of a listener. */
export interface Measurement {
  /** From the start of its process to its first handshake, in milliseconds. */
  readonly start: number;
  /** From the write to the handshake, in microseconds: after 500 changes, and after 6,000. */
  readonly young: Percentiles;
  readonly warm: Percentiles;
  /** The CPU time of all its threads for one change, after 6,000 changes, in microseconds. */
  readonly cpu: number;
  /** Distinct values handled per second while writes arrive faster than it can handle them. */
  readonly saturated: number;
  /** Its memory after the warm series, in MiB. */
  readonly memory: number;
}

/** Percentiles of durations in microseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** How much is measured. */
export interface Extent {
  /** Changes before the first measured one: even the simplest program loads code at its first change. */
  readonly first: number;
  /** Changes in each of the two series. */
  readonly series: number;
  /** Changes before the warm series. */
  readonly warmAfter: number;
  /** How long the saturating writes last, in milliseconds. */
  readonly saturationMs: number;
}

/** The full extent, and a short one that only detects regressions. */
export const FULL: Extent = { first: 500, series: 2000, warmAfter: 6000, saturationMs: 2000 };
export const SHORT: Extent = { first: 500, series: 1000, warmAfter: 3000, saturationMs: 500 };

/**
 * Measures a listener.
 *
 * @param start Starts it.
 * @param log The file it logs to.
 * @param port Its server's port on this machine.
 * @param extent How much to measure.
 * @returns The measurement. The listener has ended.
 */
export async function measure(
  start: () => Promise<ListenerProcess>,
  log: string,
  port: number,
  { first, series, warmAfter, saturationMs }: Extent,
): Promise<Measurement> {
  using probe = await Probe.connect(port);
  const startedAt = performance.now();
  await using listener = await start();
  await probe.untilFirstHandshake();
  const startMs = performance.now() - startedAt;
  await probe.settle();
  await times(first, () => probe.roundTrip());
  const young = percentilesOf(await times(series, () => probe.roundTrip()));
  await times(warmAfter - first - series, () => probe.roundTrip());
  const cpuSeconds = cpuMeterOf(listener.pid);
  const cpuBefore = await cpuSeconds();
  const warm = percentilesOf(await times(series, () => probe.roundTrip()));
  const cpu = (await cpuSeconds() - cpuBefore) * 1e6 / series;
  const memory = await memoryOf(listener.pid);
  const saturated = await countHandled(log, saturationMs, () => probe.saturate(saturationMs));
  return { start: startMs, young, warm, cpu, saturated, memory };
}

/** Measures the round trip of the probe without a listener. */
export async function measureProbe(port: number, { series }: Extent): Promise<Percentiles> {
  using probe = await Probe.connect(port);
  await times(series, () => probe.ownRoundTrip());
  return percentilesOf(await times(series, () => probe.ownRoundTrip()));
}

async function times(count: number, work: () => Promise<number>): Promise<Float64Array> {
  const durations = new Float64Array(Math.max(0, count));
  for (let index = 0; index < durations.length; index++) durations[index] = await work();
  return durations;
}

function percentilesOf(durations: Float64Array): Percentiles {
  const sorted = durations.toSorted();
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1];
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

/**
 * Counts the distinct values that a listener handles, from its log. A value read twice counts once.
 *
 * @returns Values per second.
 */
async function countHandled(log: string, ms: number, write: () => Promise<void>): Promise<number> {
  const { size } = await Deno.stat(log);
  await write();
  const text = new TextDecoder().decode((await Deno.readFile(log)).subarray(size));
  const values = new Set(
    Array.from(text.matchAll(/ read \S+ probe seq (\d+) /g), ([, seq]) => seq),
  );
  return values.size / (ms / 1000);
}

/** The resident memory of a process, in MiB. */
async function memoryOf(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) / 1024;
}

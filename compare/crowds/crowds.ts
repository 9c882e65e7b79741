/** What a write costs a server that many listeners observe, by their number and by channel. */

import { join } from "node:path";
import type { Redis } from "ioredis";
import { orAborted } from "../../lib/abort.ts";
import { nowMicros } from "../../lib/clock.ts";
import { openConnection } from "../../lib/connect/connection.ts";
import { SHARED_KEY } from "../../lib/protocol/keys.ts";
import { createStamp, formatStamp } from "../../lib/protocol/stamp.ts";
import { cpuMeterOf } from "../../cluster/process_cpu.ts";
import { within } from "../../cluster/waiting.ts";
import { type Course, serverCpuMicros, untilAborted } from "../measure/runs.ts";
import type { Place } from "../measure/servers.ts";
import { newHistogram } from "../../statistics/percentiles.ts";
import { LineProcess } from "../mechanisms/line_process.ts";
import type { Crowd } from "../results.ts";

const MAIN = join(import.meta.dirname!, "main.ts");

/** How long a write may take until all listeners have answered, in milliseconds. */
const ANSWER_LIMIT_MS = 60_000;

/** Writes that do not count. */
const WARM_UP_WRITES = 5;

/** How many notifications a repetition causes, roughly, and the bounds for its writes. */
const NOTIFICATIONS = 1e6;
const WRITES = { least: 5, most: 200 };

/** The numbers of listeners. On `keyevent`, the work grows with their square. */
const COUNTS = {
  keyevent: [1, 3, 10, 30, 100, 200, 300],
  keyspace: [1, 3, 10, 30, 100, 300, 1000],
};
const QUICK_COUNTS = { keyevent: [1, 5, 20, 50], keyspace: [1, 10, 100] };

/** What to measure of one crowd. */
type Plan = Pick<Crowd, "channel" | "listeners" | "writes">;

/**
 * Plans the crowds.
 *
 * @param quick Whether to measure fewer.
 * @returns The crowds, for each channel the small ones first.
 */
export function planCrowds(quick: boolean): Plan[] {
  const counts = quick ? QUICK_COUNTS : COUNTS;
  return (["keyevent", "keyspace"] as const).flatMap((channel) =>
    counts[channel].map((listeners) => {
      const notifications = listeners * (channel === "keyevent" ? 1 + listeners : 1);
      const writes = Math.round(NOTIFICATIONS / notifications / (quick ? 5 : 1));
      const bounded = Math.min(WRITES.most, Math.max(WRITES.least, writes));
      return { channel, listeners, writes: bounded };
    })
  );
}

/**
 * Checks whether a server reports its CPU time, without which there is nothing to measure.
 *
 * @param place The server.
 * @returns Whether it does.
 */
export async function countsCpu({ server }: Place): Promise<boolean> {
  await using connection = await openConnection([server], { name: "compare" });
  return await serverCpuMicros(connection.client) !== null;
}

/**
 * Measures crowds, one at a time. The next value is written when all listeners have answered.
 *
 * @param place The server.
 * @param plans The crowds.
 * @param course Repetitions, signal and progress.
 * @returns The measurements.
 */
export async function measureCrowds(
  place: Place,
  plans: readonly Plan[],
  { repetitions, signal, onRun }: Course,
): Promise<Crowd[]> {
  const crowds = plans.map((plan) => ({ ...plan, runs: [] as Crowd["runs"][number][] }));
  await untilAborted(signal, async () => {
    const options = { name: "compare", signal };
    await using connection = await openConnection([place.server], options);
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const [index, crowd] of crowds.entries()) {
        const { channel, listeners, writes } = crowd;
        const done = (repetition + index / crowds.length) / repetitions;
        onRun(`${listeners} listeners on ${channel}, ${repetition + 1}/${repetitions}`, done);
        const args = [channel, place.url, `${listeners}`];
        await using process = await LineProcess.start<number[]>(MAIN, args, place.env);
        await orAborted(writeAndWait(connection.client, process, WARM_UP_WRITES), signal);
        crowd.runs.push(await orAborted(measure(connection.client, process, writes), signal));
      }
    }
  });
  return crowds;
}

async function measure(client: Redis, process: LineProcess<number[]>, writes: number) {
  const cpuSeconds = cpuMeterOf(process.pid);
  const usage = async () => ({
    server: await serverCpuMicros(client) ?? NaN,
    client: await cpuSeconds() * 1e6,
  });
  const before = await usage();
  const durations = await writeAndWait(client, process, writes);
  const after = await usage();
  const histogram = newHistogram();
  for (const micros of durations) histogram.recordValue(Math.max(0, micros));
  return {
    serverCpu: (after.server - before.server) / writes,
    clientCpu: (after.client - before.client) / writes,
    p50: histogram.getValueAtPercentile(50),
    p99: histogram.getValueAtPercentile(99),
  };
}

async function writeAndWait(client: Redis, process: LineProcess<number[]>, writes: number) {
  const durations: number[] = [];
  for (let write = 0; write < writes; write++) {
    const value = formatStamp(createStamp("crowd", nowMicros(), nowMicros()));
    const [answered] = await Promise.all([
      within(process.next(), "all listeners' answers", ANSWER_LIMIT_MS),
      client.set(SHARED_KEY, value),
    ]);
    durations.push(...answered);
  }
  return durations;
}

/** One repetition: a load on a setup, and what the listeners report of it. */

import type { Histogram } from "hdr-histogram-js";
import type { Redis } from "ioredis";
import { orAborted } from "../../lib/abort.ts";
import { nowMicros } from "../../lib/clock.ts";
import type { ListenerReport } from "./listener.ts";
import type { GeneratedLoad } from "./load.ts";
import { type Schedule, secondsOf } from "./schedule.ts";
import type { Setup } from "./environment.ts";

/** From the decision to run until the first write, in microseconds: time to tell the threads. */
const LEAD = 20_000;

/** How long listeners may take to handle the newest value after the load, in milliseconds. */
const CATCH_UP_LIMIT_MS = 3000;

/** What is offered. */
export interface Offer {
  /** Writes a second; `null` for all at once. */
  readonly rate: number | null;
  /** How many writes there are. */
  readonly writes: number;
  /** Unrelated writes a second. */
  readonly noise: number;
}

/** What a run has brought, as it was reported. */
export interface RawRun {
  readonly schedule: Schedule;
  readonly lastSeq: number;
  /** Each listener's reports, from the run's begin until it had handled the newest value. */
  readonly reports: readonly (readonly ListenerReport[])[];
  readonly caughtUp: boolean;
  readonly load: GeneratedLoad;
  readonly noise?: GeneratedLoad;
  readonly roundTrips: Histogram;
  /** CPU seconds of the listeners' server, where it tells. */
  readonly serverCpu: number | null;
}

/**
 * Does one run. It begins when nothing is left of the one before, and ends when every listener has handled the
 * newest value, or takes too long to.
 *
 * @param setup The listeners and the load generators.
 * @param offer What to write.
 * @param signal Ends it at once.
 * @returns What was reported.
 * @throws {Error} Where a listener or a load generator fails.
 * @throws The signal's reason.
 */
export async function runOnce(setup: Setup, offer: Offer, signal: AbortSignal): Promise<RawRun> {
  const { listeners, client, roundTrips } = setup;
  const { rate, writes } = offer;
  for (const listener of listeners) listener.forget();
  const cpuBefore = await serverCpuOf(client);
  const firstSeq = setup.takeSeqs(writes);
  const lastSeq = firstSeq + writes - 1;
  const schedule = { begin: nowMicros() + LEAD, rate, writes };
  roundTrips.begin(schedule, firstSeq);
  const [load, noise] = await orAborted(
    Promise.all([
      setup.load.run({ kind: "stamps", schedule, firstSeq }),
      offer.noise > 0 ? makeNoise(setup, offer.noise, schedule) : undefined,
    ]),
    signal,
  );
  const inTime = listeners.map((listener) => listener.handles(lastSeq, CATCH_UP_LIMIT_MS, signal));
  const caughtUp = (await Promise.all(inTime)).every((isHandled) => isHandled);
  const cpuAfter = await serverCpuOf(client);
  return {
    schedule,
    lastSeq,
    reports: listeners.map(({ reports }) => [...reports]), // more of them come
    caughtUp,
    load,
    noise,
    roundTrips: roundTrips.histogram,
    serverCpu: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore,
  };
}

/** From the lead on, and as long as the load. */
function makeNoise(setup: Setup, rate: number, schedule: Schedule): Promise<GeneratedLoad> {
  const begin = nowMicros();
  const seconds = secondsOf(schedule) + (schedule.begin - begin) / 1e6;
  const noise = { begin, rate, writes: Math.ceil(rate * seconds) };
  return setup.noise.run({ kind: "noise", schedule: noise, firstSeq: 0 });
}

/** Reads the CPU seconds that a server has used; `null` where it does not count them. */
async function serverCpuOf(client: Redis): Promise<number | null> {
  const info = await client.info("cpu").catch(() => ""); // a managed server may refuse it
  const seconds = ["used_cpu_sys", "used_cpu_user"].map((name) => {
    return Number(new RegExp(`^${name}:([\\d.]+)\r?$`, "m").exec(info)?.[1] ?? 0);
  });
  return seconds[0] + seconds[1] || null;
}

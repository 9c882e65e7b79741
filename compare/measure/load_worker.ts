/**
 * Generates load on its own thread, so that nothing else delays it. Each message is a load; the answer is its result.
 * Started by `load.ts`.
 */

import { once } from "node:events";
import { setImmediate, setTimeout as delay } from "node:timers/promises";
import { parentPort } from "node:worker_threads";
import { encodeIntoCompressedBase64 } from "hdr-histogram-js";
import type { ChainableCommander } from "ioredis";
import { nowMicros } from "../../lib/clock.ts";
import { createStamp, formatStamp } from "../../lib/protocol/stamp.ts";
import { cpuSecondsOfThread } from "../../cluster/process_cpu.ts";
import { openConnection } from "../../lib/connect/connection.ts";
import type { Server } from "../../lib/connect/server.ts";
import { addWrite } from "../mechanisms/writer.ts";
import { type Load, type LoadResult, NOISE_KEYS, NOISE_PREFIX } from "./load.ts";
import { newHistogram } from "../../statistics/percentiles.ts";
import { dueAt, followSchedule, type ScheduleClock } from "./schedule.ts";

/** How long before the due time the timer ends, as it is exact only to a millisecond, in milliseconds. */
const TIMER_ERROR_MS = 1.3;

/** Never notified: a wait on it always ends by its time-out. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** Waits with a timer, then blocks the thread, which is exact to some ten microseconds. */
const CLOCK: ScheduleClock = {
  now: nowMicros,
  async sleepUntil(micros) {
    await setImmediate(); // lets the pipeline be sent first
    const early = (micros - nowMicros()) / 1000 - TIMER_ERROR_MS;
    if (early > 0) await delay(early);
    const rest = (micros - nowMicros()) / 1000;
    if (rest > 0) Atomics.wait(NEVER, 0, 0, rest);
  },
};

const port = parentPort!;
const [server] = await once(port, "message") as [Server];
let lost: string | undefined;
const connection = await openConnection([server], {
  name: "load",
  signal: new AbortController().signal,
  onStatus: (status) => {
    if (status.state === "lost") lost = `the connection was lost (${status.reason})`;
  },
});
port.on("message", async (load: Load) => port.postMessage(await generate(load)));
port.postMessage("ready");

async function generate(load: Load): Promise<LoadResult> {
  const lateness = newHistogram();
  const batches: Promise<Replies>[] = [];
  lost = undefined;
  const cpuBefore = cpuSecondsOfThread();
  await followSchedule(load.schedule, (from, to) => {
    const pipeline = connection.client.pipeline();
    const now = nowMicros();
    for (let index = from; index < to; index++) {
      const due = dueAt(load.schedule, index);
      lateness.recordValue(now - due);
      addWriteOf(load, pipeline, index, due);
    }
    batches.push(pipeline.exec());
  }, CLOCK);
  const replies = (await Promise.all(batches)).flatMap((replies) => replies!);
  const cpu = cpuSecondsOfThread();
  const failure = replies.find(([error]) => error !== null)?.[0];
  return {
    lateness: encodeIntoCompressedBase64(lateness),
    cpu: cpu === null ? null : (cpu - cpuBefore!) * 1e6,
    problem: failure?.message ?? lost,
  };
}

/** The result of a pipeline: an error or a reply for each command. */
type Replies = Awaited<ReturnType<ChainableCommander["exec"]>>;

function addWriteOf(
  { kind, firstSeq, announcement = "none" }: Load,
  pipeline: ChainableCommander,
  index: number,
  due: number,
): void {
  if (kind === "noise") {
    pipeline.set(`${NOISE_PREFIX}${index % NOISE_KEYS}`, "x");
  } else {
    addWrite(pipeline, formatStamp(createStamp("load", firstSeq + index, due)), [announcement]);
  }
}

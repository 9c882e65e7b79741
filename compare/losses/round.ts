/** One round: values are written, something breaks, and each mechanism knows the newest value afterwards, or does not. */

import { setTimeout as delay } from "node:timers/promises";
import { nowMicros } from "../../lib/clock.ts";
import { createStamp, formatStamp } from "../../lib/protocol/stamp.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { connect } from "../mechanisms/mechanism.ts";
import { addWrite } from "../mechanisms/writer.ts";
import type { Outcome } from "../results.ts";
import type { Fault } from "./faults.ts";
import type { Subject } from "./subject.ts";

/** The pause between two writes, in milliseconds. */
const WRITE_MS = 40;

/** How long values are written before the fault, and while it lasts, in milliseconds. */
const BEFORE_MS = 600;
const HOLD_MS = 2000;

/** How long a mechanism may take to know the newest value after the fault, and how often it is asked, in milliseconds. */
const KNOW_LIMIT_MS = 6000;
const ASK_MS = 25;

/** How long a mechanism may take to know a value while nothing is broken, in milliseconds. */
const WHOLE_LIMIT_MS = 3000;

/**
 * Does a round. The last value is written while the fault lasts: no later one leads to it.
 *
 * @param cluster The servers.
 * @param subjects The mechanisms.
 * @param fault What breaks.
 * @returns The outcomes, in the subjects' order.
 */
export async function doRound(
  cluster: Cluster,
  subjects: readonly Subject[],
  fault: Fault,
): Promise<Outcome[]> {
  await using writer = new Writer(cluster.url(0));
  await untilWhole(writer, subjects);
  await writer.write(BEFORE_MS);
  await Promise.all(subjects.map((subject) => subject.update()));
  const begin = writer.seq + 1;
  const losses = subjects.map((subject) => subject.losses);
  const injected = Promise.resolve(fault.inject(cluster, subjects));
  await Promise.all([injected, writer.write(HOLD_MS)]);
  await writer.write(WRITE_MS * 3); // where it took longer to break
  const newest = writer.seq;
  await fault.heal(cluster, subjects);
  const healedAt = performance.now();
  const seconds = await Promise.all(
    subjects.map((subject) => untilKnown(subject, newest, healedAt)),
  );
  await fault.restore?.(cluster);
  return subjects.map((subject, index) => {
    let lost = 0;
    for (let seq = begin; seq <= newest; seq++) if (!subject.known.has(seq)) lost++;
    return { seconds: seconds[index], lost, knewLoss: subject.losses > losses[index] };
  });
}

/** Resolves to how long it took. */
async function untilKnown(
  subject: Subject,
  seq: number,
  healedAt: number,
): Promise<number | null> {
  while (true) {
    await subject.update();
    const ms = performance.now() - healedAt;
    if (subject.newest >= seq) return Math.max(0, ms - ASK_MS) / 1000;
    if (ms > KNOW_LIMIT_MS) return null;
    await delay(ASK_MS);
  }
}

/** Writes until every mechanism has heard of it: one that does not, after an earlier round, is started again. */
async function untilWhole(writer: Writer, subjects: readonly Subject[]): Promise<void> {
  const first = writer.seq + 1;
  let deaf = subjects;
  let restartAt = performance.now() + WHOLE_LIMIT_MS;
  while (deaf.length > 0) {
    await writer.write(WRITE_MS);
    await Promise.all(deaf.map((subject) => subject.update()));
    deaf = deaf.filter(({ newest }) => newest < first);
    if (performance.now() < restartAt) continue;
    await Promise.all(deaf.map((subject) => subject.kill()));
    await Promise.all(deaf.map((subject) => subject.start()));
    restartAt = performance.now() + WHOLE_LIMIT_MS;
  }
}

/** Writes stamps, and what else mechanisms need. */
class Writer implements AsyncDisposable {
  /** The last value's number. They go on from round to round, as the time does. */
  seq = nowMicros();
  #client;

  constructor(url: string) {
    this.#client = connect(url);
  }

  /** Writes again and again. @param ms For how long, in milliseconds. */
  async write(ms: number): Promise<void> {
    const end = performance.now() + ms;
    while (performance.now() < end) {
      const pipeline = this.#client.pipeline();
      const value = formatStamp(createStamp("writer", ++this.seq, nowMicros()));
      addWrite(pipeline, value, ["publish", "stream"]);
      await pipeline.exec();
      await delay(WRITE_MS);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#client.disconnect();
    return Promise.resolve();
  }
}

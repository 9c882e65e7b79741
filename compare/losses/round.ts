/** One round: values are written, a fault occurs, and each mechanism learns the newest value afterwards or does not. */

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

/** How long values are written before and during the fault, in milliseconds. */
const BEFORE_MS = 600;
const HOLD_MS = 2000;

/** How long a mechanism may take to learn the newest value after the fault, and the pause between questions, in ms. */
const KNOW_LIMIT_MS = 6000;
const ASK_MS = 25;

/** How long a mechanism without the newest value may take to learn the next one, in milliseconds. */
const NEXT_LIMIT_MS = 3000;

/** How long a mechanism may take to learn a value without any fault, in milliseconds. */
const WHOLE_LIMIT_MS = 3000;

/**
 * Does a round. The last value is written during the fault, so no later write reveals it.
 *
 * @param cluster The servers.
 * @param subjects The mechanisms.
 * @param fault The fault.
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
  await writer.write(WRITE_MS * 3); // writes go on if the fault took longer to start
  const newest = writer.seq;
  await fault.heal(cluster, subjects);
  const healedAt = nowMicros();
  const { writtenAt } = writer;
  const known = await Promise.all(
    subjects.map((subject) => knows(subject, newest, KNOW_LIMIT_MS)),
  );
  const losers = subjects.filter((_, index) => !known[index]);
  const deaf = await findDeaf(writer, losers);
  await fault.restore?.(cluster);
  return subjects.map((subject, index) => {
    let lost = 0;
    for (let seq = begin; seq <= newest; seq++) if (!subject.known.has(seq)) lost++;
    const after = writtenAt + (subject.known.get(newest) ?? 0) - healedAt;
    return {
      seconds: known[index] ? Math.max(0, after) / 1e6 : null,
      deaf: deaf.includes(subject),
      lost,
      knewLoss: subject.losses > losses[index],
    };
  });
}

/** Checks whether a mechanism learns a value in time. */
async function knows(subject: Subject, seq: number, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (true) {
    await subject.update();
    if (subject.known.has(seq)) return true;
    if (performance.now() > end) return false;
    await delay(ASK_MS);
  }
}

/** Finds the mechanisms that do not learn the next value either. */
async function findDeaf(writer: Writer, subjects: readonly Subject[]): Promise<Subject[]> {
  if (subjects.length === 0) return [];
  await writer.write(0);
  const heard = await Promise.all(
    subjects.map((subject) => knows(subject, writer.seq, NEXT_LIMIT_MS)),
  );
  return subjects.filter((_, index) => !heard[index]);
}

/** Writes until every mechanism has learned a value. One that is deaf after an earlier round is restarted. */
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

/** Writes stamps, and what else the mechanisms need. */
class Writer implements AsyncDisposable {
  /** The last value's number. Numbers grow from round to round, as they start from the time. */
  seq = nowMicros();
  /** When it was written, in microseconds since the Unix epoch. */
  writtenAt = 0;
  #client;

  constructor(url: string) {
    this.#client = connect(url);
  }

  /** Writes again and again, at least once. @param ms For how long, in milliseconds. */
  async write(ms: number): Promise<void> {
    const end = performance.now() + ms;
    do {
      const pipeline = this.#client.pipeline();
      this.writtenAt = nowMicros();
      const value = formatStamp(createStamp("writer", ++this.seq, this.writtenAt));
      addWrite(pipeline, value, ["publish", "stream"]);
      await pipeline.exec();
      await delay(WRITE_MS);
    } while (performance.now() < end);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#client.disconnect();
    return Promise.resolve();
  }
}

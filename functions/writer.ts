/**
 * Sets `shared_key` to a stamp, at once and then every `update_interval` seconds. The interval is itself a
 * key that anyone may change at any time.
 */

import type { Redis } from "ioredis";
import { logFailure, retryUntilDone } from "../lib/role/failures.ts";
import { askOnce } from "../lib/connect/one_shot.ts";
import type { Change } from "../lib/observe/change.ts";
import { nowMicros } from "../lib/clock.ts";
import { refusalOf, whenReady } from "../lib/connect/connection.ts";
import { explainFailure } from "../lib/connect/refusal.ts";
import { INTERVAL_RULE, parseInterval } from "../lib/protocol/interval.ts";
import { IntervalTimer } from "../lib/role/interval_timer.ts";
import { SHARED_KEY, UPDATE_INTERVAL_KEY } from "../lib/protocol/keys.ts";
import type { Log } from "../lib/telemetry/log.ts";
import type { Totals } from "../lib/telemetry/metrics.ts";
import { onChange } from "../lib/observe/on_change.ts";
import { type Reading, readKey, readKeyPatiently } from "../lib/observe/reading.ts";
import { type RoleContext, runRole } from "../lib/role/role.ts";
import { RUN } from "../lib/role/run.ts";
import { nameServer, serverOf } from "../lib/connect/server.ts";
import { createStamp, formatStamp, parseStamp } from "../lib/protocol/stamp.ts";
import { counted, excerpt } from "../lib/text.ts";
import { traceWrite } from "../lib/telemetry/tracing.ts";

/** What the writer works with. */
export interface WriterContext extends RoleContext {
  /** Ticks when it is time to write. */
  readonly timer: IntervalTimer;
}

/** It is time to write. */
export interface WriteEvent {
  /** The sequence number of the write. */
  readonly seq: number;
}

/**
 * Handles one write: sets the stamp, retries until a server acknowledges it, and then logs it. Every retry, to any
 * server, sends the same stamp, so that no number stands for two values.
 */
export async function handleWrite({ seq }: WriteEvent, context: RoleContext): Promise<void> {
  const { name, write, log, metrics } = context;
  const stamp = createStamp(name, seq, nowMicros(), RUN);
  const value = formatStamp(stamp);
  const facts = { writer: name, seq, micros: stamp.micros };
  log.debug(`${name} sets ${SHARED_KEY}: ${value}`, { event: "attempt", ...facts });
  await traceWrite(stamp, (over) => {
    const set = () =>
      write((client) => {
        over(client);
        return client.set(SHARED_KEY, value);
      });
    return retryUntilDone(`set ${SHARED_KEY}`, set, context);
  });
  metrics.recordWrite(stamp, nowMicros());
  log.info(`${name} set ${SHARED_KEY}: ${value}`, { event: "set", ...facts });
}

/** Handles a change of the interval: sets the timer if the value is valid, and the key if it does not exist. */
export async function handleInterval(change: Change, context: WriterContext): Promise<void> {
  const { name, config, write, log, timer } = context;
  const { value, problem } = change;
  const seconds = parseInterval(value ?? "");
  if (seconds !== undefined) {
    if (seconds !== timer.interval) log.info(`${name} now writes every ${seconds} seconds`);
    timer.interval = seconds;
  } else if (value === null && problem === undefined) {
    const set = () =>
      write((client) => client.set(UPDATE_INTERVAL_KEY, config.updateInterval, "NX"));
    await retryUntilDone(`set ${UPDATE_INTERVAL_KEY}`, set, context);
  } else {
    log.warn(
      `${UPDATE_INTERVAL_KEY} must be ${INTERVAL_RULE}: ` +
        `${problem ?? `got "${excerpt(value!)}"`}; it stays at ${timer.interval}`,
    );
  }
}

/** Writes at each tick of the timer, and follows changes of the interval. */
export async function write(roleContext: RoleContext): Promise<void> {
  const { config, client, signal, observing } = roleContext;
  const context = { ...roleContext, timer: new IntervalTimer(config.updateInterval, signal) };
  await using interval = onChange(
    client,
    UPDATE_INTERVAL_KEY,
    (change) => logFailure("follow the interval", () => handleInterval(change, context), context),
    { ...observing, concurrency: 1 },
  );
  await Promise.all([writeInRhythm(context), interval.finished]);
}

async function writeInRhythm(context: WriterContext): Promise<void> {
  let seq = await nextSeq(context);
  for await (const _tick of context.timer) {
    await whenReady(context.client, context.signal);
    await logFailure(`set ${SHARED_KEY}`, () => handleWrite({ seq }, context), context);
    seq = follow(seq); // even after a failure: the write may have reached the server
  }
}

/**
 * Continues the sequence of the key's value, whoever wrote it. Asks all servers: the connected one may not have the
 * last write of an earlier writer yet, and no number may stand for two values.
 */
async function nextSeq({ client, config, log, metrics, signal }: RoleContext): Promise<number> {
  const here = await readKeyPatiently(client, SHARED_KEY, signal, (error) => {
    const refusal = refusalOf(error, client);
    if (refusal) throw refusal;
    const reason = explainFailure(error);
    if (!metrics.outages.begin(SHARED_KEY, reason)) return;
    log.warn(`Cannot read ${SHARED_KEY} (${reason}); trying again`);
  });
  if (metrics.outages.end(SHARED_KEY)) log.info(`Can read ${SHARED_KEY} again`);
  const others = config.servers.filter((server) => nameServer(server) !== serverOf(client));
  const ask = (client: Redis) => readKey(client, SHARED_KEY);
  const there = await Promise.all(
    others.map((server) => askOnce(server, ask, signal).catch(() => undefined)),
  );
  const readings = [here, ...there].filter((reading) => reading !== undefined);
  return follow(Math.max(0, ...readings.map((reading) => seqIn(reading, log))));
}

/** The sequence number in a reading, or 0 if there is none. Warns if the value is not a stamp. */
function seqIn({ value, problem }: Reading, log: Log): number {
  const stamp = value === null ? undefined : parseStamp(value);
  if (!stamp && (value !== null || problem !== undefined)) {
    const found = problem ?? `got "${excerpt(value!)}"`;
    log.warn(`${SHARED_KEY} holds no stamp to continue: ${found}`);
  }
  return stamp?.seq ?? 0;
}

/** The next number. After the last safe integer, the sequence starts again at 1. */
function follow(seq: number): number {
  return seq < Number.MAX_SAFE_INTEGER ? seq + 1 : 1;
}

function summarizeWriter(totals: Totals): string {
  const failures = totals.failed > 0 ? `, ${totals.failed} failed` : "";
  return `${counted(totals.handled, "write")}${failures}, write round trip ${totals.percentiles()}`;
}

if (import.meta.main) {
  await runRole({
    name: "writer",
    purpose: "Sets shared_key at once, then every update_interval seconds.",
    counts: "writes",
    run: write,
    summarize: summarizeWriter,
  });
}

/** What every listener does with a change, from a loop or a callback. */

import type { Change } from "../observe/change.ts";
import { nowMicros } from "../clock.ts";
import { type ListenerAccount, writeHandshake } from "../protocol/handshake.ts";
import type { LogFacts } from "../telemetry/log.ts";
import type { Metrics, Totals } from "../telemetry/metrics.ts";
import type { RoleContext } from "./role.ts";
import { RUN } from "./run.ts";
import type { Stamp, StampVersion } from "../protocol/stamp.ts";
import { counted, excerpt } from "../text.ts";
import { formatDifference, timeDifference } from "../protocol/timing.ts";
import { traceHandshake, traceRead } from "../telemetry/tracing.ts";

/** A change that was logged and needs an answer. */
export interface Reported {
  readonly change: Change<StampVersion>;
  readonly stamp: Stamp;
  /** The listener's counts at that moment: more changes may come before the answer. */
  readonly account: ListenerAccount;
}

/** The listener's name, log and metrics, and the connection that it reads over, for its traces. */
type ReportingContext =
  & Pick<RoleContext, "name" | "log" | "metrics">
  & Partial<Pick<RoleContext, "client">>;

/**
 * Logs what was read and how long ago it was written, and counts conflated and missed values. Warns of missed values,
 * and of a value that is not a stamp.
 *
 * @param change The change.
 * @param context The listener's name, log, metrics and connection.
 * @returns What to answer, or `undefined` if there is nothing to answer.
 *
 * @example Usage
 * ```ts
 * import { reportChange } from "./listening.ts";
 * import { createLog } from "../telemetry/log.ts";
 * import { Metrics } from "../telemetry/metrics.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const context = { name: "me", log: createLog("me", "error", "text"), metrics: new Metrics() };
 * const change = { key: "k", value: "hello", cause: "initial", readAt: 0, conflated: 2, missed: 0 } as const;
 * assertEquals(reportChange(change, context), undefined);
 * assertEquals(context.metrics.conflated, 2);
 * ```
 */
export function reportChange(
  change: Change<StampVersion>,
  { name, log, metrics, client }: ReportingContext,
): Reported | undefined {
  const { key, value, problem, version } = change;
  const stamp = version?.stamp;
  metrics.recordChange(change);
  traceRead(name, change, client);
  const facts = factsOf(change);
  if (change.missed > 0) {
    const values = change.missed === 1 ? "value" : "values";
    log.warn(`${name} missed ${change.missed} ${values} of ${key} (${change.cause})`);
  }
  if (stamp) {
    const difference = timeDifference(stamp, change.readAt);
    // The initial value may be of any age: that says nothing about how fast changes arrive.
    if (change.cause !== "initial") metrics.recordTimeDifference(difference.seconds * 1e6);
    log.info(
      `${name} read ${key}: ${value}, Time difference: ${formatDifference(difference)}`,
      facts,
    );
  } else if (problem !== undefined) {
    log.warn(`${name} cannot read ${key}: ${problem}`, facts);
  } else if (value === null) {
    log.info(`${name} read ${key}: it does not exist`, facts);
  } else {
    log.warn(`${name} read ${key}, which holds no stamp: "${excerpt(value)}"`, facts);
  }
  return stamp && { change, stamp, account: accountOf(change, metrics) };
}

/**
 * Answers a change: writes the handshake, with the listener's counts at the time of the read, and records it.
 *
 * @param phrase The listener's phrase.
 * @param reported The change, as {@linkcode reportChange} returned it.
 * @param context The listener's name, write function and metrics.
 * @throws The error of the write.
 *
 * @example Usage
 * ```ts
 * import { answerChange, reportChange } from "./listening.ts";
 * import type { Change } from "../observe/change.ts";
 * import type { StampVersion } from "../protocol/stamp.ts";
 * import type { RoleContext } from "./role.ts";
 *
 * async function handle(change: Change<StampVersion>, context: RoleContext): Promise<void> {
 *   const reported = reportChange(change, context);
 *   if (reported) await answerChange("Hello", reported, context);
 * }
 * ```
 */
export async function answerChange(
  phrase: string,
  { change, stamp, account }: Reported,
  { name, write, metrics }: Pick<RoleContext, "name" | "write" | "metrics">,
): Promise<void> {
  await traceHandshake(name, change, (over) =>
    write((client) => {
      over(client);
      return writeHandshake(client, name, phrase, stamp, account);
    }));
  metrics.recordAnswer(change, nowMicros());
}

function accountOf(
  { readAt }: Change<StampVersion>,
  { handedOver, conflated, missed }: Metrics,
): ListenerAccount {
  return { readAt, changes: handedOver, conflated, missed, run: RUN };
}

/** The facts of a change, for machines: its cause, when it was read (µs), conflated and missed values, the stamp. */
function factsOf({ cause, readAt, conflated, missed, version }: Change<StampVersion>): LogFacts {
  const { writer, seq, micros } = version?.stamp ?? {};
  return { event: "change", cause, readAt, conflated, missed, writer, seq, micros };
}

/**
 * Summarizes a listener's work in one line.
 *
 * @param totals Its counts and durations.
 * @returns Such as `12 changes handled, 0 conflated, 0 missed, time difference p50 … s, p99 … s`.
 *
 * @example Usage
 * ```ts
 * import { summarizeListener } from "./listening.ts";
 * import { Metrics } from "../telemetry/metrics.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   summarizeListener(new Metrics()),
 *   "0 changes handled, 0 conflated, 0 missed, time difference p50 -",
 * );
 * ```
 */
export function summarizeListener(totals: Totals): string {
  const { handled, conflated, missed, failed } = totals;
  const failures = failed > 0 ? `, ${failed} failed` : "";
  return `${
    counted(handled, "change")
  } handled, ${conflated} conflated, ${missed} missed${failures}, ` +
    `time difference ${totals.percentiles()}`;
}

/** Work whose failure a role survives. */

import { pause } from "../abort.ts";
import { failsOver, refusalOf } from "../connect/connection.ts";
import { explainFailure, isPassing, isRefusedLogin } from "../connect/refusal.ts";
import type { RoleContext } from "./role.ts";

/** The pause before refused work is retried, in milliseconds. */
const RETRY_MS = 250;

/**
 * Does a piece of work, and logs and counts its failure, so that the role goes on. Repeated failures for the same
 * reason are logged once, and then at the level `debug`. The next success is logged too.
 *
 * @param task What is attempted, as it completes the sentence "could not …".
 * @param work The work.
 * @param context The role's name, connection, log and metrics, and the signal that ends the role.
 * @throws {AccessError} If the server refused access: the next attempt would fail too.
 *
 * @example Usage
 * ```ts
 * import { Redis } from "ioredis";
 * import { logFailure } from "./failures.ts";
 * import { createLog } from "../telemetry/log.ts";
 * import { Metrics } from "../telemetry/metrics.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const context = {
 *   name: "me",
 *   client: new Redis({ lazyConnect: true }),
 *   log: createLog("me", "info", "text"),
 *   metrics: new Metrics(),
 *   signal: new AbortController().signal,
 * };
 * await logFailure("win", () => Promise.reject(new Error("no luck")), context);
 * assertEquals(context.metrics.failed, 1);
 * ```
 */
export async function logFailure(
  task: string,
  work: () => Promise<void>,
  { name, client, log, metrics, signal }: Pick<
    RoleContext,
    "name" | "client" | "log" | "metrics" | "signal"
  >,
): Promise<void> {
  try {
    await work();
    if (metrics.outages.end(task)) log.info(`${name} can ${task} again`);
  } catch (error) {
    const refusal = refusalOf(error, client);
    if (refusal) throw refusal;
    if (signal.aborted) return; // the work was interrupted, and did not fail
    metrics.failed++;
    const reason = explainFailure(error);
    const level = metrics.outages.begin(task, reason) ? "error" : "debug";
    log[level](`${name} could not ${task}: ${reason}`);
  }
}

/**
 * Retries a piece of work while the server refuses it for a temporary reason, or while the connection fails over to
 * another server. Logs the first refusal, each new reason, and the success after a refusal.
 *
 * @param task What is done, as it completes the sentence "cannot …".
 * @param work The work. It may be done more than once.
 * @param context The role's name, connection and log, and the signal that ends the tries.
 * @throws The error of the work if its reason is not temporary, or the signal's reason.
 *
 * @example Usage
 * ```ts
 * import { Redis } from "ioredis";
 * import { retryUntilDone } from "./failures.ts";
 * import { createLog } from "../telemetry/log.ts";
 * import { assertEquals } from "@std/assert";
 *
 * let tries = 0;
 * async function work(): Promise<void> {
 *   if (++tries < 2) throw new Error("OOM command not allowed when used memory > 'maxmemory'.");
 * }
 * const context = {
 *   name: "me",
 *   client: new Redis({ lazyConnect: true }),
 *   log: createLog("me", "error", "text"),
 *   signal: new AbortController().signal,
 * };
 * await retryUntilDone("win", work, context);
 * assertEquals(tries, 2);
 * ```
 */
export async function retryUntilDone(
  task: string,
  work: () => Promise<unknown>,
  { name, client, log, signal }: Pick<RoleContext, "name" | "client" | "log" | "signal">,
): Promise<void> {
  let lastReason: string | undefined;
  while (true) {
    try {
      await work();
      if (lastReason !== undefined) log.info(`${name} can ${task} again`);
      return;
    } catch (error) {
      const isLeft = isRefusedLogin(error) && failsOver(client);
      if (!isPassing(error) && !isLeft) throw error;
      const reason = explainFailure(error);
      if (reason !== lastReason) log.warn(`${name} cannot ${task} (${reason}); trying again`);
      lastReason = reason;
      await pause(RETRY_MS, signal);
    }
  }
}

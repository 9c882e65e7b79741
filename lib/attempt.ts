/** Work whose failure a role survives. */

import { asAccessError } from "./refusal.ts";
import type { RoleContext } from "./role.ts";

/**
 * Does a piece of work so that its failure is logged and counted, and the role goes on.
 *
 * @param task What is attempted, as it completes the sentence "could not …".
 * @param work The work.
 * @param context The role's name, connection, log and metrics.
 * @throws {AccessError} Where the server refused a right: that would fail the next time as well.
 *
 * @example Usage
 * ```ts
 * import { Redis } from "ioredis";
 * import { attempt } from "./attempt.ts";
 * import { createLog } from "./log.ts";
 * import { Metrics } from "./metrics.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const context = {
 *   name: "me",
 *   client: new Redis({ lazyConnect: true }),
 *   log: createLog("me", "info", "text"),
 *   metrics: new Metrics(),
 * };
 * await attempt("win", () => Promise.reject(new Error("no luck")), context);
 * assertEquals(context.metrics.failed, 1);
 * ```
 */
export async function attempt(
  task: string,
  work: () => Promise<void>,
  { name, client, log, metrics }: Pick<RoleContext, "name" | "client" | "log" | "metrics">,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const refusal = asAccessError(error, client);
    if (refusal) throw refusal;
    metrics.failed++;
    log.error(`${name} could not ${task}: ${error instanceof Error ? error.message : error}`);
  }
}

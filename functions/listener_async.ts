/**
 * Observes `shared_key` with event callbacks (push): every change is read and handled as soon as it is announced, even
 * while earlier ones are still being handled, up to a limit.
 */

import { logFailure } from "../lib/role/failures.ts";
import type { Change } from "../lib/observe/change.ts";
import { HANDSHAKE_KEY, SHARED_KEY } from "../lib/protocol/keys.ts";
import { answerChange, reportChange, summarizeListener } from "../lib/role/listening.ts";
import { onChange } from "../lib/observe/on_change.ts";
import { type RoleContext, runRole } from "../lib/role/role.ts";
import { type StampVersion, versionOfStamp } from "../lib/protocol/stamp.ts";
import { simulateWork } from "../lib/role/simulated_work.ts";

/** The phrase of this listener's answers. */
export const PHRASE = "Handshake from listener_async";

/** Handles one change: logs the time difference and answers with the handshake. */
export async function handleChange(
  change: Change<StampVersion>,
  context: RoleContext,
): Promise<void> {
  const reported = reportChange(change, context);
  if (!reported) return;
  await simulateWork(context.config.simulatedWork, context.signal);
  await answerChange(PHRASE, reported, context);
  context.log.info(`${context.name} set ${HANDSHAKE_KEY}: ${PHRASE}`);
}

/** Handles change after change in a callback. */
export async function listen(context: RoleContext): Promise<void> {
  const options = {
    ...context.observing,
    versionOf: versionOfStamp,
    concurrency: context.config.callbackConcurrency,
  };
  const subscription = onChange(context.client, SHARED_KEY, async (change) => {
    await logFailure("handle a change", () => handleChange(change, context), context);
  }, options);
  await subscription.finished;
}

if (import.meta.main) {
  await runRole({
    name: "listener_async",
    purpose:
      "Observes shared_key with callbacks, which may overlap, and answers with handshake_key.",
    counts: "changes",
    observes: true,
    run: listen,
    summarize: summarizeListener,
  });
}

/**
 * Observes `shared_key` with a blocking loop (pull), one change at a time: the next one starts only after the
 * handshake of the last one is written. A loop that falls behind skips to the newest value.
 */

import { logFailure } from "../lib/role/failures.ts";
import type { Change } from "../lib/observe/change.ts";
import { HANDSHAKE_KEY, SHARED_KEY } from "../lib/protocol/keys.ts";
import { answerChange, reportChange, summarizeListener } from "../lib/role/listening.ts";
import { observe } from "../lib/observe/observe.ts";
import { type RoleContext, runRole } from "../lib/role/role.ts";
import { type StampVersion, versionOfStamp } from "../lib/protocol/stamp.ts";
import { simulateWork } from "../lib/role/simulated_work.ts";

/** The phrase of this listener's answers. */
export const PHRASE = "Handshake triggered by key event";

/** Handles one change: logs the time difference and answers with the handshake. */
export async function handleChange(
  change: Change<StampVersion>,
  context: RoleContext,
): Promise<void> {
  const reported = reportChange(change, context);
  if (!reported) return;
  await simulateWork(context.config.simulatedWork, context.signal);
  await answerChange(PHRASE, reported, context);
  context.log.info(`Set ${HANDSHAKE_KEY}: ${PHRASE}`);
}

/** Handles change after change in a loop. */
export async function listen(context: RoleContext): Promise<void> {
  const options = { ...context.observing, versionOf: versionOfStamp };
  for await (const change of observe(context.client, SHARED_KEY, options)) {
    await logFailure("handle a change", () => handleChange(change, context), context);
  }
}

if (import.meta.main) {
  await runRole({
    name: "listener_sync",
    purpose: "Observes shared_key with a for await loop and answers with handshake_key.",
    counts: "changes",
    observes: true,
    run: listen,
    summarize: summarizeListener,
  });
}

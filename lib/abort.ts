/** Waits that an abort signal ends. */

import { setTimeout as delay } from "node:timers/promises";

/**
 * Waits for a promise until a signal is aborted.
 *
 * @param promise What to wait for; its outcome is ignored if the signal comes first.
 * @param signal Ends the wait.
 * @returns What the promise resolves to.
 * @throws The signal's reason, if it is aborted first.
 */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort);
  return await Promise.race([promise, aborted.promise])
    .finally(() => signal.removeEventListener("abort", onAbort));
}

/**
 * Waits for a time.
 *
 * @param ms The time, in milliseconds.
 * @param signal Ends the wait.
 * @throws The signal's reason, if it is aborted first.
 */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}

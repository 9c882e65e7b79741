/** Waiting that an abort signal ends. */

/**
 * Waits for a promise, but no longer than until a signal is aborted.
 *
 * @param promise What to wait for; where the signal comes first, its outcome is ignored.
 * @param signal Ends the wait.
 * @returns What the promise resolves to.
 * @throws The signal's reason, where it is aborted first.
 */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort);
  return await Promise.race([promise, aborted.promise])
    .finally(() => signal.removeEventListener("abort", onAbort));
}

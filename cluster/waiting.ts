/** Waits for events, with a time limit and an error that names the event. */

import { setTimeout as delay } from "node:timers/promises";

/** How long to wait by default, in milliseconds. */
export const WAIT_MS = 10_000;

/** Pause between two checks, in milliseconds. */
const POLL_MS = 5;

/** What is awaited, for the error; a function if it is known only later. */
type Described = string | (() => string);

/** Waits for a promise. If it takes too long, the error names what was awaited. */
export async function within<T>(promise: Promise<T>, what: Described, ms = WAIT_MS): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tooLate(what, ms)), ms);
  return await Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
}

/** Checks again and again until the condition holds. An aborted signal ends the wait with its reason. */
export async function until(
  isRight: () => boolean | Promise<boolean>,
  what: Described,
  ms = WAIT_MS,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!await isRight()) {
    signal?.throwIfAborted();
    if (performance.now() > deadline) throw tooLate(what, ms);
    await delay(POLL_MS);
  }
}

function tooLate(what: Described, ms: number): Error {
  return new Error(`Waited ${ms} ms for ${typeof what === "string" ? what : what()}`);
}

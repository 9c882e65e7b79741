/** Waiting for what happens on its own, with an end that has a name. */

import { setTimeout as delay } from "node:timers/promises";

/** How long to wait by default, in milliseconds. */
export const WAIT_MS = 10_000;

/** Pause between two questions, in milliseconds. */
const POLL_MS = 5;

/** What is awaited, for people; a function if that is known only later. */
type Described = string | (() => string);

/** Waits for a promise, and says what was awaited if it takes too long. */
export async function within<T>(promise: Promise<T>, what: Described, ms = WAIT_MS): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tooLate(what, ms)), ms);
  return await Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
}

/** Asks again and again until the answer is right. An aborted signal ends the wait with its reason. */
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

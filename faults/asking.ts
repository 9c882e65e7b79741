/** Talks to a node directly, not over the roles' connections. */

import type { Redis } from "ioredis";
import { askOnce } from "../lib/connect/one_shot.ts";
import { parseServerUrl } from "../lib/connect/server.ts";
import { until } from "../cluster/waiting.ts";

const { signal } = new AbortController();

/**
 * Asks a node over a new connection, and does not wait for one that is gone or hangs.
 *
 * @param url The node's URL.
 * @param command Sends the command.
 * @returns The answer; `undefined` if it does not arrive in time, or is an error.
 */
export async function ask<T>(
  url: string,
  command: (client: Redis) => Promise<T>,
): Promise<T | undefined> {
  return await askOnce(parseServerUrl(url)!, command, signal).catch(() => undefined);
}

/**
 * Makes a node do something, and repeats that until the node confirms it: what is not done would be no fault.
 *
 * @param url The node's URL.
 * @param what What it does, for the error.
 * @param command Sends the command, maybe more than once.
 * @throws {Error} If the node does not confirm it within 10 s.
 */
export async function order(
  url: string,
  what: string,
  command: (client: Redis) => Promise<unknown>,
): Promise<void> {
  const isDone = async () => await ask(url, command) !== undefined;
  await until(isDone, `the node at ${url} to ${what}`);
}

/** Talking to a node behind the roles' backs. */

import type { Redis } from "ioredis";
import { askOnce } from "../lib/connect/one_shot.ts";
import { parseServerUrl } from "../lib/connect/server.ts";

const { signal } = new AbortController();

/**
 * Asks a node, over a connection of its own, and does not wait for one that is gone or hangs.
 *
 * @param url The node's URL.
 * @param command Sends what is asked.
 * @returns The answer, or `undefined` if there is none in time, or a refusal.
 */
export async function ask<T>(
  url: string,
  command: (client: Redis) => Promise<T>,
): Promise<T | undefined> {
  return await askOnce(parseServerUrl(url)!, command, signal).catch(() => undefined);
}

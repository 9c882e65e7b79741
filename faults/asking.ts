/** Asks a node directly, not over the roles' connections. */

import type { Redis } from "ioredis";
import { askOnce } from "../lib/connect/one_shot.ts";
import { parseServerUrl } from "../lib/connect/server.ts";

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

/** Talking to a node behind the roles' backs. */

import { Redis } from "ioredis";
import { disconnect } from "../lib/connection.ts";

/** How long a node may take to answer, in milliseconds. */
const LIMIT_MS = 1000;

/**
 * Asks a node, over a connection of its own, and does not wait for one that is gone or hangs.
 *
 * @param url The node's URL.
 * @param command Sends what is asked.
 * @returns The answer, or `undefined` where there is none in time, or a refusal.
 */
export async function ask<T>(
  url: string,
  command: (client: Redis) => Promise<T>,
): Promise<T | undefined> {
  const client = new Redis(url, {
    lazyConnect: true,
    enableReadyCheck: false,
    disableClientInfo: true,
    connectTimeout: LIMIT_MS,
    commandTimeout: LIMIT_MS,
    disconnectTimeout: 100,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
  });
  client.on("error", () => {}); // then there is no answer
  try {
    await client.connect();
    return await command(client);
  } catch {
    return undefined;
  } finally {
    await disconnect(client);
  }
}

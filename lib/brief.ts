/** A short question to a server, over a connection of its own. */

import { Redis } from "ioredis";
import { orAborted } from "./_abort.ts";
import { connectionOptions } from "./connector.ts";
import type { Server } from "./server.ts";

/** How long the answer may take, the connection included, in milliseconds. */
const LIMIT_MS = 1000;

/**
 * Connects to a server, asks it something, and closes the connection.
 *
 * @param server The server.
 * @param ask Asks, over the given connection.
 * @param signal Ends the wait for the answer.
 * @returns The answer, or `undefined` where there is none within a second, for whatever reason.
 *
 * @example Usage
 * ```ts
 * import { askBriefly } from "./brief.ts";
 * import { parseServerUrl } from "./server.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const nobody = parseServerUrl("redis://127.0.0.1:1")!;
 * const signal = new AbortController().signal;
 * assertEquals(await askBriefly(nobody, (client) => client.ping(), signal), undefined);
 * ```
 */
export async function askBriefly<T>(
  server: Server,
  ask: (client: Redis) => Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  const client = new Redis({
    ...connectionOptions(server),
    lazyConnect: true,
    enableReadyCheck: false,
    disableClientInfo: true,
    connectTimeout: LIMIT_MS,
    retryStrategy: null,
  });
  client.on("error", () => {}); // then there is no answer
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  try {
    return await orAborted(client.connect().then(() => ask(client)), limit);
  } catch {
    return undefined;
  } finally {
    client.disconnect();
  }
}

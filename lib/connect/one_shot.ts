/** A single question to a server, over a separate connection. */

import { Redis } from "ioredis";
import { orAborted } from "../abort.ts";
import type { AccessError } from "./access_error.ts";
import { connectionOptions } from "./connector.ts";
import { asAccessError } from "./refusal.ts";
import type { Server } from "./server.ts";
import { checkKind } from "./server_kind.ts";

/** How long the answer may take, the connection included, in milliseconds. */
const LIMIT_MS = 1000;

/**
 * Connects to a server, asks it something, and closes the connection.
 *
 * @param server The server.
 * @param ask Asks, over the given connection.
 * @param signal Ends the wait for the answer.
 * @returns The answer, or `undefined` if there is none within a second, for any other reason.
 * @throws {AccessError} If the server refuses the credentials or a right, or is a cluster node or a Sentinel.
 *
 * @example Usage
 * ```ts
 * import { askOnce } from "./one_shot.ts";
 * import { parseServerUrl } from "./server.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const nobody = parseServerUrl("redis://127.0.0.1:1")!;
 * const signal = new AbortController().signal;
 * assertEquals(await askOnce(nobody, (client) => client.ping(), signal), undefined);
 * ```
 */
export async function askOnce<T>(
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
  let refusal: AccessError | undefined;
  client.on("error", (error) => refusal ??= asAccessError(error, client)); // or there is no answer
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  try {
    const asking = client.connect().then(() => Promise.all([checkKind(client), ask(client)]));
    const [unusable, answer] = await orAborted(asking, limit);
    refusal ??= unusable;
    if (!refusal) return answer;
  } catch (error) {
    refusal ??= asAccessError(error, client);
  } finally {
    client.disconnect();
  }
  if (refusal) throw refusal;
}

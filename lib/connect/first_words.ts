/** What a server sends to a client that has sent nothing yet. */

import type { RedisOptions } from "ioredis";
import { Connector } from "./connector.ts";

/** How long to listen, in milliseconds. */
const LISTEN_MS = 500;

/**
 * Connects to a server and listens, without sending anything. A server that accepts no more clients sends an error at
 * once and closes. If a client has written by then, the operating system drops that error, and the client gets `EPIPE`
 * or `ECONNRESET` instead.
 *
 * @param options The connection's options.
 * @returns The server's error, such as `ERR max number of clients reached`, or `undefined` if it sends none.
 *
 * @example Usage
 * ```ts
 * import { connectionOptions } from "./connector.ts";
 * import { firstWords } from "./first_words.ts";
 * import { parseServerUrl } from "./server.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await firstWords(connectionOptions(parseServerUrl("redis://127.0.0.1:1")!)), undefined);
 * ```
 */
export async function firstWords(options: RedisOptions): Promise<string | undefined> {
  const connector = new Connector({ connectTimeout: LISTEN_MS, disconnectTimeout: 0, ...options });
  const socket = await connector.connect();
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const timer = setTimeout(() => resolve(undefined), LISTEN_MS);
  socket.once("data", (bytes) => resolve(/^-(.+?)\r?\n/.exec(`${bytes}`)?.[1]));
  socket.once("close", () => resolve(undefined));
  socket.resume();
  const words = await promise;
  clearTimeout(timer);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  if (!socket.closed) {
    socket.destroy();
    await closed;
  }
  return words;
}

/** What a server says to a client that has said nothing yet. */

import type { RedisOptions } from "ioredis";
import { Connector } from "./connector.ts";

/** How long to listen, in milliseconds. */
const LISTEN_MS = 500;

/**
 * Connects to a server and listens. One that takes no more clients says so at once and closes; what was written to
 * it by then makes the operating system drop its words, and leaves `EPIPE` or `ECONNRESET`.
 *
 * @param options The connection's options.
 * @returns The error that it says, such as `ERR max number of clients reached`, or `undefined` if it says none.
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

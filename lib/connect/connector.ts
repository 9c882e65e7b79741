/** How ioredis reaches a server, and finds out what is wrong where TLS is. */

import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { AbstractConnector, type RedisOptions } from "ioredis";
import type { Server } from "./server.ts";
import { tlsOptions } from "./tls.ts";
import { diagnose } from "./tls_diagnosis.ts";

/**
 * Tells ioredis how to connect to a server.
 *
 * @param server The server.
 * @returns Every option that differs from server to server, so that one server's replace all of another's.
 *
 * @example Usage
 * ```ts
 * import { connectionOptions } from "./connector.ts";
 * import { parseServerUrl } from "./server.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(connectionOptions(parseServerUrl("redis://keydb_01")!).host, "keydb_01");
 * ```
 */
export function connectionOptions(server: Server): RedisOptions {
  const { host, port, username, password, db, tls } = server;
  return { host, port, username, password, db, tls: tls && tlsOptions(host, tls), Connector };
}

/**
 * What ioredis calls a connector, for its option `Connector`. It takes the place of ioredis's own, which
 * neither knows why a handshake failed nor survives Deno's TLS sockets: they may emit more than one
 * error, and ioredis listens for the first.
 *
 * @example Usage
 * ```ts
 * import { Redis } from "ioredis";
 * import { Connector } from "./connector.ts";
 *
 * new Redis("rediss://keydb_01:6379", { Connector, lazyConnect: true });
 * ```
 */
export class Connector extends AbstractConnector {
  #options: RedisOptions;
  #diagnosing = new AbortController();

  /** @param options The connection's options. */
  constructor(options: unknown) {
    super((options as RedisOptions).disconnectTimeout!);
    this.#options = options as RedisOptions;
  }

  /**
   * Makes a socket.
   *
   * @returns The socket. Where it has failed already, ioredis finds the reason in `firstError`, which is an
   * `AccessError` where TLS with the server is impossible.
   */
  async connect(): Promise<Socket> {
    this.connecting = true;
    this.#diagnosing = new AbortController();
    this.firstError = undefined;
    const { host, port, tls } = this.#options;
    const socket = tls ? connectTls({ host, port, ...tls }) : connectPlain({ host, port: port! });
    this.stream = socket;
    socket.on("error", (error) => this.firstError ??= error);
    if (tls) await this.#shakeHands(socket, { host, port, tls });
    return socket;
  }

  /** Closes the socket; ioredis's own way would wait for the end of one that has ended long ago. */
  override disconnect(): void {
    this.#diagnosing.abort();
    if (this.stream?.destroyed) this.connecting = false;
    else super.disconnect();
  }

  async #shakeHands(socket: Socket, options: RedisOptions): Promise<void> {
    const timer = setTimeout(() => socket.destroy(timeoutError()), this.#options.connectTimeout);
    await new Promise<void>((resolve) => {
      socket.once("secureConnect", resolve);
      socket.once("close", () => resolve());
    });
    clearTimeout(timer);
    if (!socket.destroyed || !this.connecting) return;
    const refusal = await diagnose(this.firstError, options, this.#diagnosing.signal);
    if (refusal) this.firstError = refusal;
  }
}

function timeoutError(): Error {
  return Object.assign(new Error("connect ETIMEDOUT"), { code: "ETIMEDOUT" });
}

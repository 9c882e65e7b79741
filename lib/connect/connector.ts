/** How ioredis reaches a server, and finds out what is wrong with TLS. */

import { connect as connectPlain, Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { AbstractConnector, type RedisOptions } from "ioredis";
import { DenoSocket } from "./_deno_socket.ts";
import type { Server } from "./server.ts";
import { tlsOptions } from "./tls.ts";
import { diagnose } from "./tls_diagnosis.ts";

/** The stream over which ioredis talks to a server. */
type NetStream = Awaited<ReturnType<AbstractConnector["connect"]>>;

/**
 * Makes the options with which ioredis connects to a server.
 *
 * @param server The server.
 * @returns Every option that differs from server to server, so that they replace all those of another server.
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
 * A connector for the option `Connector` of ioredis. It replaces ioredis's own, which does not know why a
 * handshake failed, and does not survive Deno's TLS sockets: they may emit more than one error, and ioredis
 * listens for the first. Without TLS, it connects over Deno's own sockets, which cost less than those of
 * `node:net`.
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
  #closing = new AbortController();

  /** @param options The connection's options. */
  constructor(options: unknown) {
    super((options as RedisOptions).disconnectTimeout!);
    this.#options = options as RedisOptions;
  }

  /**
   * Opens a socket.
   *
   * @returns The socket. If it has failed already, ioredis finds the reason in `firstError`, which is an
   * `AccessError` if TLS with the server is impossible.
   */
  async connect(): Promise<NetStream> {
    this.connecting = true;
    this.#closing = new AbortController();
    this.firstError = undefined;
    const { host, port, tls } = this.#options;
    const fast = tls ? undefined : await this.#connectFast();
    if (fast) return this.#use(fast);
    const socket = tls ? connectTls({ host, port, ...tls }) : connectPlain({ host, port: port! });
    this.#use(socket);
    if (tls) await this.#shakeHands(socket, { host, port, tls });
    return socket;
  }

  /** Closes the socket. ioredis's own method would wait for the end of a socket that has already ended. */
  override disconnect(): void {
    this.#closing.abort();
    if (!this.stream || this.stream.destroyed) this.connecting = false;
    else super.disconnect();
  }

  #use(socket: NetStream): NetStream {
    socket.on("error", (error) => this.firstError ??= error);
    return this.stream = socket;
  }

  /**
   * Connects over Deno's own sockets.
   *
   * @returns The socket, or `undefined` if that failed: `node:net` then tries all addresses of a name, and reports
   * an error code.
   */
  async #connectFast(): Promise<NetStream | undefined> {
    const { host, port, connectTimeout } = this.#options;
    const late = AbortSignal.timeout(connectTimeout!);
    const signal = AbortSignal.any([this.#closing.signal, late]);
    try {
      const connection = await Deno.connect({ hostname: host, port: port!, signal });
      return new DenoSocket(connection) as unknown as NetStream; // with all that ioredis uses
    } catch {
      if (!signal.aborted) return undefined;
      this.firstError = late.aborted ? timeoutError() : undefined;
      return new Socket().destroy();
    }
  }

  async #shakeHands(socket: NetStream, options: RedisOptions): Promise<void> {
    const timer = setTimeout(() => socket.destroy(timeoutError()), this.#options.connectTimeout);
    await new Promise<void>((resolve) => {
      socket.once("secureConnect", resolve);
      socket.once("close", () => resolve());
    });
    clearTimeout(timer);
    if (!socket.destroyed || !this.connecting) return;
    const refusal = await diagnose(this.firstError, options, this.#closing.signal);
    if (refusal) this.firstError = refusal;
  }
}

function timeoutError(): Error {
  return Object.assign(new Error("connect ETIMEDOUT"), { code: "ETIMEDOUT" });
}

/** Makes the sockets of a connection, and finds out what is wrong where TLS is. */

import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { AbstractConnector, type RedisOptions } from "ioredis";
import { AccessError } from "./refusal.ts";
import { diagnose } from "./tls_diagnosis.ts";

/**
 * What ioredis calls a connector, for its option `Connector`; it takes the place of ioredis's own, which
 * neither knows why a connection failed nor survives Deno's TLS sockets: they may emit more than one
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
  /** Whether the latest socket was connected, and the server has not answered on it. */
  #unanswered = false;

  /** @param options The connection's options. */
  constructor(options: unknown) {
    super((options as RedisOptions).disconnectTimeout!);
    this.#options = options as RedisOptions;
  }

  /**
   * Makes a socket.
   *
   * @returns The socket, which may have failed already.
   * @throws {AccessError} Where TLS with the server is impossible; ioredis does not try again after that.
   */
  async connect(): Promise<Socket> {
    this.connecting = true;
    if (this.#unanswered) await this.#throwIfHopeless();
    if (!this.connecting) throw new Error("Connection is closed."); // in the words of ioredis
    this.#unanswered = false;
    this.firstError = undefined;
    const { host, port, tls } = this.#options;
    const socket = tls ? connectTls({ host, port, ...tls }) : connectPlain({ host, port: port! });
    this.stream = socket;
    socket.on("error", (error) => this.firstError ??= error);
    socket.once(tls ? "secureConnect" : "connect", () => this.#unanswered = true);
    if (tls) await this.#handshake(socket);
    return socket;
  }

  /** Hears that the server has answered: ioredis asks, with the reply to `INFO`, whether it may be used. */
  override check(): boolean {
    this.#unanswered = false;
    return true;
  }

  /** Closes the socket; ioredis's own way would wait for the end of one that has ended long ago. */
  override disconnect(): void {
    if (this.stream?.destroyed) this.connecting = false;
    else super.disconnect();
  }

  async #handshake(socket: Socket): Promise<void> {
    const { connectTimeout } = this.#options;
    const timer = setTimeout(() => socket.destroy(timeoutError()), connectTimeout);
    await new Promise<void>((resolve) => {
      socket.once("secureConnect", resolve);
      socket.once("close", () => resolve());
    });
    clearTimeout(timer);
    if (socket.destroyed && this.connecting) await this.#throwIfHopeless();
  }

  /** Some failures of TLS last; those of the network do not. */
  async #throwIfHopeless(): Promise<void> {
    const sentence = await diagnose(this.firstError, this.#options);
    if (sentence) throw new AccessError(sentence, this.firstError);
  }
}

function timeoutError(): Error {
  return Object.assign(new Error("connect ETIMEDOUT"), { code: "ETIMEDOUT" });
}

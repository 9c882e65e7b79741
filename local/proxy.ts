/** A TCP proxy on this machine that can cut the line between a client and a server, or go silent. */

/** Forwards connections on a free port of 127.0.0.1 to another port, while the line is whole. */
export class Proxy implements AsyncDisposable {
  /** The proxy's port on 127.0.0.1. */
  readonly port: number;
  /** The port on 127.0.0.1 that new connections are forwarded to. */
  target: number;
  #listener: Deno.TcpListener;
  #open = new Set<Deno.TcpConn>();
  #whole = true;
  #silence = Promise.withResolvers<void>();
  #accepting: Promise<void>;

  /** @param target The port on 127.0.0.1 that connections are forwarded to at first. */
  constructor(target: number) {
    this.target = target;
    this.#silence.resolve();
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#accepting = this.#accept();
  }

  /** Closes all connections, and every new one until {@linkcode heal}. */
  cut(): void {
    this.#whole = false;
    for (const connection of this.#open) close(connection);
  }

  /** Holds back whatever comes from now on, either way, and keeps the connections open. */
  goSilent(): void {
    this.#silence = Promise.withResolvers();
  }

  /** Forwards what was held back, and new connections. */
  heal(): void {
    this.#whole = true;
    this.#silence.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#silence.resolve();
    this.#listener.close();
    await this.#accepting;
  }

  async #accept(): Promise<void> {
    const forwarding: Promise<void>[] = [];
    for await (const client of this.#listener) {
      if (this.#whole) forwarding.push(this.#forward(client));
      else close(client);
    }
    await Promise.all(forwarding);
  }

  async #forward(client: Deno.TcpConn): Promise<void> {
    try {
      const server = await Deno.connect({ hostname: "127.0.0.1", port: this.target });
      if (!this.#whole) close(server); // cut meanwhile; what follows ends at once
      for (const connection of [client, server]) connection.setNoDelay(true);
      await Promise.all([this.#pipe(client, server), this.#pipe(server, client)]);
    } catch {
      close(client); // the server is not there: to the client, neither is the proxy
    }
  }

  /** Forwards one direction; its end, whichever way, ends the other direction too. */
  async #pipe(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    this.#open.add(from);
    const holding = new TransformStream<Uint8Array, Uint8Array>({
      transform: async (chunk, controller) => {
        await this.#silence.promise;
        controller.enqueue(chunk);
      },
    });
    await from.readable.pipeThrough(holding).pipeTo(to.writable).catch(() => {});
    this.#open.delete(from);
    close(from);
    close(to);
  }
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error; // closed already
  }
}

/** A TCP proxy on this machine that simulates network faults between a client and a server. */

import { setTimeout as delay } from "node:timers/promises";

/**
 * How many delayed chunks each direction may hold. It bounds memory, and is large enough that a delay does not
 * limit the throughput.
 */
const CHUNKS_UNDER_WAY = 256;

/** A piece of what one side sent, and when it is due. */
interface DelayedChunk {
  readonly bytes: Uint8Array;
  readonly dueAt: number;
}

/** One connection through the proxy. */
interface Link {
  /** The client's end, then the server's. */
  readonly ends: Deno.TcpConn[];
  /** Whether everything that either side sends is lost from now on. */
  dead: boolean;
}

/** Forwards connections from a free port of 127.0.0.1 to another port, until a fault is simulated. */
export class Proxy implements AsyncDisposable {
  /** The proxy's port on 127.0.0.1. */
  readonly port: number;
  /** The port that new connections are forwarded to. */
  target: number;
  #listener: Deno.TcpListener;
  #links = new Set<Link>();
  #whole = true;
  #dropping = false;
  #delayMs = 0;
  #silence = Promise.withResolvers<void>();
  #accepting: Promise<void>;
  #hostname: string;
  #onBytes: (bytes: Uint8Array, isRequest: boolean) => void;

  /**
   * @param target The first port that connections are forwarded to.
   * @param onBytes Called with all bytes that arrive, from the client (a request) or from the server.
   * @param hostname The host of that port, if not this machine.
   */
  constructor(
    target: number,
    onBytes: (bytes: Uint8Array, isRequest: boolean) => void = () => {},
    hostname: string = "127.0.0.1",
  ) {
    this.target = target;
    this.#hostname = hostname;
    this.#onBytes = onBytes;
    this.#silence.resolve();
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#accepting = this.#accept();
  }

  /** The number of connections. */
  get connections(): number {
    return this.#links.size;
  }

  /** Closes all connections, and every new one until {@linkcode heal}. */
  cut(): void {
    this.shut();
    this.reset();
  }

  /** Closes every new connection until {@linkcode heal}, and keeps the existing ones. */
  shut(): void {
    this.#whole = false;
  }

  /** Closes all connections at once, with everything in transit; new ones are forwarded. */
  reset(): void {
    for (const link of this.#links) closeEnds(link);
  }

  /** Holds back everything from now on, in both directions, and keeps the connections open. */
  goSilent(): void {
    this.#silence = Promise.withResolvers();
  }

  /**
   * Discards everything from now on, in both directions, and keeps the connections open. So do new connections until
   * {@linkcode heal}. Connections that have lost bytes stay dead even after it: half-open, as if a machine in between
   * had disappeared.
   */
  drop(): void {
    this.#dropping = true;
    for (const link of this.#links) link.dead = true;
  }

  /**
   * Delays everything from now on, in both directions and in order.
   *
   * @param ms The delay, in milliseconds.
   */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Forwards what was held back, ends delays and losses, and accepts connections again. */
  heal(): void {
    this.#whole = true;
    this.#dropping = false;
    this.#delayMs = 0;
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
    const link: Link = { ends: [client], dead: this.#dropping };
    this.#links.add(link);
    try {
      const server = await Deno.connect({ hostname: this.#hostname, port: this.target });
      link.ends.push(server);
      for (const connection of link.ends) connection.setNoDelay(true);
      await Promise.all([this.#pipe(link, client, server), this.#pipe(link, server, client)]);
    } catch {
      // The server is not there, or the line was cut meanwhile: close the client's connection.
    } finally {
      closeEnds(link);
      this.#links.delete(link);
    }
  }

  /** Forwards one direction. When it ends, the other direction ends too. */
  async #pipe(link: Link, from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const timing = new TransformStream<Uint8Array, DelayedChunk>(
      {
        transform: async (bytes, controller) => {
          this.#onBytes(bytes, from === link.ends[0]);
          await this.#silence.promise; // reads nothing meanwhile, so the sender gets back-pressure
          controller.enqueue({ bytes, dueAt: performance.now() + this.#delayMs });
        },
      },
      undefined,
      { highWaterMark: CHUNKS_UNDER_WAY },
    );
    const holding = new TransformStream<DelayedChunk, Uint8Array>({
      transform: async ({ bytes, dueAt }, controller) => {
        const wait = dueAt - performance.now();
        if (wait > 0) await delay(wait);
        await this.#silence.promise;
        if (!link.dead) controller.enqueue(bytes);
      },
    });
    await from.readable.pipeThrough(timing).pipeThrough(holding).pipeTo(to.writable)
      .catch(() => {});
    closeEnds(link);
  }
}

function closeEnds({ ends }: Link): void {
  for (const connection of ends) close(connection);
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error; // already closed
  }
}

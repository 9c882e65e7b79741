/** A TCP proxy on this machine that spoils the line between a client and a server, in several ways. */

import { setTimeout as delay } from "node:timers/promises";

/**
 * How many chunks of one direction may be on their way while they are delayed. It bounds memory, and lets
 * a delay slow the line down without narrowing it.
 */
const CHUNKS_UNDER_WAY = 256;

/** A piece of what one side sent, and when it is to arrive. */
interface DelayedChunk {
  readonly bytes: Uint8Array;
  readonly dueAt: number;
}

/** One connection through the proxy. */
interface Link {
  /** The client's end, then the server's. */
  readonly ends: Deno.TcpConn[];
  /** Whether whatever either side sends is lost, from some moment on. */
  dead: boolean;
}

/** Forwards connections on a free port of 127.0.0.1 to another port, while the line is whole. */
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
   * @param target The port that connections are forwarded to at first.
   * @param onBytes Called with whatever comes, from the client or to it.
   * @param hostname The host of that port, if it is not this one.
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

  /** How many connections there are. */
  get connections(): number {
    return this.#links.size;
  }

  /** Closes all connections, and every new one until {@linkcode heal}. */
  cut(): void {
    this.shut();
    this.reset();
  }

  /** Closes every new connection until {@linkcode heal}, and keeps those that there are. */
  shut(): void {
    this.#whole = false;
  }

  /** Closes all connections at once, whatever is on its way; new ones are forwarded. */
  reset(): void {
    for (const link of this.#links) closeEnds(link);
  }

  /** Holds back whatever comes from now on, either way, and keeps the connections open. */
  goSilent(): void {
    this.#silence = Promise.withResolvers();
  }

  /**
   * Swallows whatever comes from now on, either way, and keeps the connections open. New ones fare no
   * better until {@linkcode heal}, and those that have lost bytes stay dead after it: half-open, as
   * if a machine in between went away.
   */
  drop(): void {
    this.#dropping = true;
    for (const link of this.#links) link.dead = true;
  }

  /**
   * Lets whatever comes from now on arrive later, either way and in its order.
   *
   * @param ms How much later, in milliseconds.
   */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Forwards what was held back, at once what comes from now on, and new connections. */
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
      // The server is not there, or the line was cut meanwhile: to the client, the proxy is not there.
    } finally {
      closeEnds(link);
      this.#links.delete(link);
    }
  }

  /** Forwards one direction; its end, whichever way, ends the other direction too. */
  async #pipe(link: Link, from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const timing = new TransformStream<Uint8Array, DelayedChunk>(
      {
        transform: async (bytes, controller) => {
          this.#onBytes(bytes, from === link.ends[0]);
          await this.#silence.promise; // nothing more is read meanwhile: the sender feels it
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
    if (!(error instanceof Deno.errors.BadResource)) throw error; // closed already
  }
}

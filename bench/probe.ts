/** The probe that measures all listeners: it writes a stamp, and waits for the notification of the handshake. */

import { nowMicros } from "../lib/clock.ts";
import { HANDSHAKE_KEY, SHARED_KEY } from "../lib/protocol/keys.ts";
import { createStamp, formatStamp } from "../lib/protocol/stamp.ts";

/** How long a listener may take to start, in milliseconds. */
const LIMIT_MS = 10_000;

/** How many connections write stamps during saturation. */
const WRITERS = 8;

const CHANNEL = `__keyspace@0__:${HANDSHAKE_KEY}`;
const ENCODER = new TextEncoder();

/** The length of a handshake's notification, in bytes; all are alike. */
const NOTIFICATION = ENCODER.encode(
  `*3\r\n$7\r\nmessage\r\n$${CHANNEL.length}\r\n${CHANNEL}\r\n$3\r\nset\r\n`,
).length;

/** The length of the reply to a write, in bytes. */
const OK = "+OK\r\n".length;

/**
 * Uses two connections without a client library, so that its share of a round trip is the same for every listener.
 *
 * @example Usage
 * ```ts
 * import { Probe } from "./probe.ts";
 *
 * async function show(port: number): Promise<void> {
 *   using probe = await Probe.connect(port);
 *   console.log(await probe.ownRoundTrip(), await probe.roundTrip());
 * }
 * ```
 */
export class Probe implements Disposable {
  #port: number;
  #writer: Reader;
  #subscriber: Reader;
  #seq = 0;

  private constructor(port: number, writer: Reader, subscriber: Reader) {
    this.#port = port;
    this.#writer = writer;
    this.#subscriber = subscriber;
  }

  /** Connects to a server on this machine. @param port Its port. */
  static async connect(port: number): Promise<Probe> {
    const [writer, subscriber] = [await Reader.connect(port), await Reader.connect(port)];
    await subscriber.write(command("SUBSCRIBE", CHANNEL));
    await subscriber.skip(
      `*3\r\n$9\r\nsubscribe\r\n$${CHANNEL.length}\r\n${CHANNEL}\r\n:1\r\n`.length,
    );
    return new Probe(port, writer, subscriber);
  }

  /** Writes a stamp, and waits for the listener's handshake. Resolves to the duration in microseconds. */
  async roundTrip(): Promise<number> {
    return await this.#time(command("SET", SHARED_KEY, this.#nextStamp()));
  }

  /** Writes a handshake itself: a round trip without a listener, in microseconds. */
  async ownRoundTrip(): Promise<number> {
    return await this.#time(command("SET", HANDSHAKE_KEY, "probe"));
  }

  /**
   * Writes stamps over several connections, each as fast as the server replies, so that the server serves other clients
   * between two writes.
   *
   * @param ms For how long, in milliseconds.
   */
  async saturate(ms: number): Promise<void> {
    const end = performance.now() + ms;
    const writers = await Promise.all(
      Array.from({ length: WRITERS }, () => Reader.connect(this.#port)),
    );
    const writing = Promise.all(writers.map(async (writer) => {
      using connection = writer;
      while (performance.now() < end) {
        await connection.write(command("SET", SHARED_KEY, this.#nextStamp()));
        await connection.skip(OK);
      }
    }));
    while (performance.now() < end) await this.#subscriber.read(50);
    await writing;
  }

  /** Waits until no more handshakes arrive. */
  async settle(): Promise<void> {
    while (await this.#subscriber.read(200) > 0);
    this.#subscriber.forget();
  }

  /** Writes stamps until the first handshake arrives, from a listener that is starting. */
  async untilFirstHandshake(): Promise<void> {
    const end = performance.now() + LIMIT_MS;
    do {
      await this.#writer.write(command("SET", SHARED_KEY, this.#nextStamp()));
      await this.#writer.skip(OK);
      if (performance.now() > end) throw new Error(`No handshake within ${LIMIT_MS} ms`);
    } while (await this.#subscriber.read(5) === 0);
    await this.settle();
  }

  [Symbol.dispose](): void {
    this.#writer[Symbol.dispose]();
    this.#subscriber[Symbol.dispose]();
  }

  async #time(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    const begin = performance.now();
    await this.#writer.write(bytes);
    await this.#subscriber.skip(NOTIFICATION);
    const micros = (performance.now() - begin) * 1000;
    await this.#writer.skip(OK);
    return micros;
  }

  #nextStamp(): string {
    return formatStamp(createStamp("probe", ++this.#seq, nowMicros()));
  }
}

/** A connection that only counts bytes. */
class Reader implements Disposable {
  /** How many bytes have arrived. */
  received = 0;
  #connection: Deno.TcpConn;
  #buffer = new Uint8Array(65536);
  #expected = 0;
  #reading?: Promise<number>;

  private constructor(connection: Deno.TcpConn) {
    connection.setNoDelay(true);
    this.#connection = connection;
  }

  static async connect(port: number): Promise<Reader> {
    return new Reader(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      done += await this.#connection.write(bytes.subarray(done));
    }
  }

  /** Waits for a number of bytes. */
  async skip(count: number): Promise<void> {
    this.#expected += count;
    while (this.received < this.#expected) await this.#read();
  }

  /** Waits briefly for any bytes. Resolves to how many arrived. */
  async read(ms: number): Promise<number> {
    const late = Promise.withResolvers<number>();
    const timer = setTimeout(() => late.resolve(0), ms);
    return await Promise.race([this.#read(), late.promise]).finally(() => clearTimeout(timer));
  }

  /** Discards what has arrived. */
  forget(): void {
    this.#expected = this.received;
  }

  [Symbol.dispose](): void {
    this.#connection.close();
    this.#reading?.catch(() => {}); // closing rejects it
  }

  #read(): Promise<number> {
    return this.#reading ??= this.#connection.read(this.#buffer).then((count) => {
      if (count === null) throw new Error("The server has closed the connection");
      this.received += count;
      return count;
    }).finally(() => this.#reading = undefined);
  }
}

function command(...words: string[]): Uint8Array<ArrayBuffer> {
  const parts = words.map((word) => `$${ENCODER.encode(word).length}\r\n${word}\r\n`);
  return ENCODER.encode(`*${words.length}\r\n${parts.join("")}`);
}

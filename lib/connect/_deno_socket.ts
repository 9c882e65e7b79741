/** A stream for ioredis over Deno's own sockets, which cost less than those of `node:net`. */

import { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";

/** How much is read at a time, at most and at least, in bytes. */
const CHUNK_BYTES = 65_536;
const LEAST_BYTES = 8192;

/**
 * What ioredis uses of a `net.Socket`, over a connection that is open. Like that, it emits `data`, `end`, `error`
 * and, as the last, `close`.
 */
export class DenoSocket extends EventEmitter {
  /** ioredis has nothing to wait for. */
  readonly connecting = false;
  /** Whether it is being closed, and whether that was said. */
  destroyed = false;
  closed = false;
  /** How many bytes have come. */
  bytesRead = 0;
  #connection: Deno.TcpConn;
  #unwritten: Uint8Array[] = [];
  #isWriting = false;
  #isReading = false;
  /** Whether nothing more is to be written. */
  #hasEnded = false;

  /** @param connection The connection, which is closed with the stream. */
  constructor(connection: Deno.TcpConn) {
    super();
    this.#connection = connection;
  }

  /** Whether more can be written. */
  get writable(): boolean {
    return !this.destroyed && !this.#hasEnded;
  }

  /** Sends small writes at once. */
  setNoDelay(on: boolean): void {
    this.#connection.setNoDelay(on);
  }

  /** Has the system look now and then whether the other side is still there. */
  setKeepAlive(on: boolean): void {
    this.#connection.setKeepAlive(on);
  }

  /** Begins to read. */
  resume(): this {
    if (!this.#isReading) this.#read();
    return this;
  }

  /**
   * Writes, after all that was written before.
   *
   * @param data Bytes, or text as UTF-8.
   * @returns Whether all is written.
   */
  write(data: string | Uint8Array): boolean {
    if (!this.writable) return false;
    this.#unwritten.push(typeof data === "string" ? Buffer.from(data) : data);
    if (!this.#isWriting) this.#write();
    return this.#unwritten.length === 0;
  }

  /** Tells the other side, after all that was written, that no more comes. What that still sends is read. */
  end(): this {
    if (!this.writable) return this;
    this.#hasEnded = true;
    if (!this.#isWriting) this.#closeWrite();
    return this;
  }

  /** Closes the connection. @param error Why, if that is an error. */
  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.#unwritten = [];
    this.#connection.close();
    // Whoever destroys a stream may still want to listen.
    queueMicrotask(() => {
      if (error) this.emit("error", error);
      this.closed = true;
      this.emit("close", error !== undefined);
    });
    return this;
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      let chunk = new Uint8Array(CHUNK_BYTES);
      let used = 0;
      for (let count; (count = await this.#connection.read(chunk.subarray(used))) !== null;) {
        this.bytesRead += count;
        // What is emitted belongs to the listener: the next bytes go behind it, or into another chunk.
        const data = Buffer.from(chunk.buffer, used, count);
        used += count;
        if (CHUNK_BYTES - used < LEAST_BYTES) {
          chunk = new Uint8Array(CHUNK_BYTES);
          used = 0;
        }
        this.emit("data", data);
      }
      this.emit("end");
      this.destroy();
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      while (this.#unwritten.length > 0) {
        const [first, ...others] = this.#unwritten;
        const bytes = others.length > 0 ? Buffer.concat([first, ...others]) : first;
        this.#unwritten = [];
        for (let done = 0; done < bytes.length;) {
          done += await this.#connection.write(bytes.subarray(done));
        }
      }
      this.#isWriting = false;
      if (this.#hasEnded) await this.#closeWrite();
    } catch (error) {
      this.destroy(error as Error); // unless it is closed already
    }
  }

  async #closeWrite(): Promise<void> {
    await this.#connection.closeWrite().catch(() => {}); // the other side has gone
  }
}

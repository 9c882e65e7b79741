/** A stream for ioredis over Deno's own sockets, which cost less than those of `node:net`. */

import { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";

/** How many bytes a read asks for, at most and at least. */
const CHUNK_BYTES = 65_536;
const LEAST_BYTES = 8192;

/**
 * The part of a `net.Socket` that ioredis uses, over an open connection. It emits `data`, `end`, `error` and finally
 * `close`, as a `net.Socket` does.
 */
export class DenoSocket extends EventEmitter {
  /** The connection is open: ioredis need not wait for it. */
  readonly connecting = false;
  /** Whether it is being closed, and whether `close` was emitted. */
  destroyed = false;
  closed = false;
  /** How many bytes were received. */
  bytesRead = 0;
  #connection: Deno.TcpConn;
  #unwritten: Uint8Array[] = [];
  #isWriting = false;
  #isReading = false;
  /** Whether `end()` was called. */
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

  /** Lets the system check now and then whether the other side is still there. */
  setKeepAlive(on: boolean): void {
    this.#connection.setKeepAlive(on);
  }

  /** Begins to read. */
  resume(): this {
    if (!this.#isReading) this.#read();
    return this;
  }

  /**
   * Writes data after all earlier writes.
   *
   * @param data Bytes, or text as UTF-8.
   * @returns Whether everything is written already.
   */
  write(data: string | Uint8Array): boolean {
    if (!this.writable) return false;
    this.#unwritten.push(typeof data === "string" ? Buffer.from(data) : data);
    if (!this.#isWriting) this.#write();
    return this.#unwritten.length === 0;
  }

  /** Ends the writing side after all earlier writes. What the other side still sends is read. */
  end(): this {
    if (!this.writable) return this;
    this.#hasEnded = true;
    if (!this.#isWriting) this.#closeWrite();
    return this;
  }

  /** Closes the connection. @param error The reason, if it is an error. */
  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.#unwritten = [];
    this.#connection.close();
    // Deferred: the caller may add listeners after this call.
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
        // The listener owns what is emitted: the next bytes go behind it, or into another chunk.
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

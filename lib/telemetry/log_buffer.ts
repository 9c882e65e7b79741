/** Buffers lines for standard output, and writes them together when the process is idle. */

/** How long a line may wait by default, in milliseconds. */
const LONGEST_WAIT_MS = 5;

/** How many lines may wait, so that a process that is never idle does not fill its memory. */
const MOST_LINES = 1000;

const ENCODER = new TextEncoder();
const LINE_FEED = 10;

/** Takes lines. */
export interface LogOutput {
  /** Takes a line. */
  write(line: string): void;
  /** Returns how many lines could not be written since the last one that could; the caller logs it. */
  takeLost(): number;
}

/**
 * Writes lines to standard output in their order, after 5 ms at the latest, and when the process exits, even after an
 * error. Only SIGKILL or a power failure can lose the lines of the last 5 ms.
 *
 * A line that cannot be written, for example because the disk is full, is counted and does no other harm. Lines to a
 * pipe without a reader are not counted, as Deno does not report that they are lost.
 *
 * If Deno exports logs to OpenTelemetry, each line goes to the console separately, as Deno exports what is written
 * there.
 *
 * @example Usage
 * ```ts
 * import { LogBuffer } from "./log_buffer.ts";
 *
 * const buffer = new LogBuffer();
 * buffer.write("Starting writer");
 * buffer.flush();
 * ```
 */
export class LogBuffer implements LogOutput {
  #longestWaitMs: number;
  #write: (bytes: Uint8Array) => number;
  #lines: string[] = [];
  #timer?: ReturnType<typeof setTimeout>;
  /** How many lines could not be written, and whether the last was written in part. */
  #lost = 0;
  #isCut = false;
  /** The number of lost lines that a waiting line reports. */
  #told = 0;

  /**
   * @param longestWaitMs How long a line may wait, in milliseconds; 0 writes each at once.
   * @param write Writes bytes to standard output; returns how many it wrote.
   */
  constructor(
    longestWaitMs = LONGEST_WAIT_MS,
    write: (bytes: Uint8Array) => number = (bytes) => Deno.stdout.writeSync(bytes),
  ) {
    this.#longestWaitMs = longestWaitMs;
    this.#write = write;
    for (const event of ["error", "unhandledrejection", "unload"]) {
      globalThis.addEventListener(event, () => this.flush());
    }
  }

  write(line: string): void {
    this.#lines.push(line);
    if (this.#longestWaitMs === 0 || this.#lines.length >= MOST_LINES) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.#longestWaitMs);
  }

  takeLost(): number {
    const lost = this.#lost;
    this.#told += lost;
    this.#lost = 0;
    return lost;
  }

  /** Writes all waiting lines. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines;
    this.#lines = [];
    if (lines.length === 0) return;
    if (IS_EXPORTED) { for (const line of lines) console.log(line); }
    else this.#writeAll(lines);
  }

  #writeAll(lines: readonly string[]): void {
    const begin = this.#isCut ? "\n" : "";
    const bytes = ENCODER.encode(`${begin}${lines.join("\n")}\n`);
    let done = 0;
    try {
      while (done < bytes.length) done += this.#write(bytes.subarray(done));
      this.#isCut = false;
    } catch {
      const written = bytes.subarray(begin.length, done).filter((byte) =>
        byte === LINE_FEED
      ).length;
      // The line that reports a number is lost too: the number counts, not the line.
      this.#lost = lines.length - written + (this.#told > 0 ? this.#told - 1 : 0);
      if (done > 0) this.#isCut = bytes[done - 1] !== LINE_FEED;
    }
    this.#told = 0;
  }
}

/** Whether Deno exports to OpenTelemetry: if so, it registers itself with OpenTelemetry's API. */
const IS_EXPORTED = Symbol.for("opentelemetry.js.api.1") in globalThis;

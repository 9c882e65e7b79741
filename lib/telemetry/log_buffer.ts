/** Lines on their way to standard output: they are written together, when the process has nothing better to do. */

/** For how long a line may wait by default, in milliseconds. */
const LONGEST_WAIT_MS = 5;

/** How many lines may wait, so that a process that is never idle does not fill its memory. */
const MOST_LINES = 1000;

const ENCODER = new TextEncoder();
const LINE_FEED = 10;

/** Takes lines. */
export interface LogOutput {
  /** Takes a line. */
  write(line: string): void;
  /** Says how many lines could not be written since the last that could; whoever asks logs it. */
  takeLost(): number;
}

/**
 * Writes lines to standard output after 5 ms at the latest, in their order, and at the exit of the process, also if
 * an error ends it. Only SIGKILL, or the power, can take the lines of the last 5 ms.
 *
 * A line that cannot be written, for example because the disk is full, does no harm, and is counted. Lines to a
 * pipe without a reader are not counted: Deno does not say that they are lost.
 *
 * If Deno exports logs to OpenTelemetry, each line goes to the console by itself, as that is what it exports.
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
  /** The number that waits in a line of its own. */
  #told = 0;

  /**
   * @param longestWaitMs For how long a line may wait, in milliseconds; 0 writes each at once.
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

  /** Writes all lines that wait. */
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
      // The line with the last number is itself among the lost.
      this.#lost = lines.length - written + (this.#told > 0 ? this.#told - 1 : 0);
      if (done > 0) this.#isCut = bytes[done - 1] !== LINE_FEED;
    }
    this.#told = 0;
  }
}

/** Whether Deno exports to OpenTelemetry: it registers itself with its API then. */
const IS_EXPORTED = Symbol.for("opentelemetry.js.api.1") in globalThis;

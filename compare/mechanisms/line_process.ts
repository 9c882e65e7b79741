/** Runs a program of ours in its own process: it prints `ready` when it works, and then lines of JSON. */

import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { endProcess } from "../../cluster/node.ts";
import { within } from "../../cluster/waiting.ts";
import { importFlags } from "../../offline/flags.ts";

/** How long it may take to become ready, and to stop, in milliseconds. */
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 1000;

/** A running program. `T` is the type of its lines. */
export class LineProcess<T> implements AsyncDisposable {
  #process: Deno.ChildProcess;
  #lines: AsyncIterator<string>;
  #complaints: Promise<string>;
  #input: WritableStreamDefaultWriter<Uint8Array>;

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#lines = createInterface({ input: Readable.fromWeb(process.stdout) })
      [Symbol.asyncIterator]();
    this.#complaints = new Response(process.stderr).text();
    this.#input = process.stdin.getWriter();
  }

  /**
   * Starts a program.
   *
   * @param file Its file.
   * @param args Its arguments.
   * @param env Settings that override those of this process.
   * @returns The process, when it is ready. The caller disposes of it.
   * @throws {Error} If it ends or takes too long.
   */
  static async start<T>(
    file: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<LineProcess<T>> {
    const flags = await importFlags();
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", "--no-lock", ...flags, file, ...args],
      env: { ...env, NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    });
    const process = new LineProcess<T>(command.spawn());
    try {
      await within(process.#read(), `the start of ${args[0]}`, START_LIMIT_MS);
    } catch (error) {
      await process[Symbol.asyncDispose]();
      throw error;
    }
    return process;
  }

  /** The process's id. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Asks for a line, and waits for it. */
  async ask(): Promise<T> {
    await this.#input.write(new TextEncoder().encode("\n"));
    return await this.next();
  }

  /** Waits for a line that it prints unasked. */
  async next(): Promise<T> {
    return JSON.parse(await this.#read());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endProcess(this.#process, STOP_LIMIT_MS);
    await this.#lines.return?.();
    await this.#input.abort().catch(() => {});
    await this.#complaints;
  }

  async #read(): Promise<string> {
    const { done, value } = await this.#lines.next();
    if (done) throw new Error(firstError(await this.#complaints));
    return value;
  }
}

/** The message of an uncaught error. */
function firstError(output: string): string {
  const error = /^error: (?:Uncaught (?:\(in promise\) )?)?(?:\w*Error: )?(.+)/m.exec(output);
  return error?.[1] ?? output;
}

/** Runs whole programs for tests, and finds what they leave behind. */

import { join } from "node:path";
import { assertEquals } from "@std/assert";
import { importFlags } from "../offline/flags.ts";
import { endProcess } from "../cluster/node.ts";
import { until, within } from "../cluster/waiting.ts";

const ROOT = join(import.meta.dirname!, "..");

/** How long a program may take to print something, and to end, in milliseconds. */
const LIMIT_MS = 30_000;

/** How long a program that a failed test left running may take to stop, in milliseconds. */
const STOP_LIMIT_MS = 3000;

/** A running program with its own temporary folder, so that its leftovers can be found. */
export class ProgramUnderTest implements AsyncDisposable {
  /** Its output so far. */
  output = "";
  /** Its temporary folder. */
  readonly tmp: string;
  /** Its process. */
  readonly process: Deno.ChildProcess;
  #reading: Promise<unknown>;

  private constructor(tmp: string, process: Deno.ChildProcess) {
    this.tmp = tmp;
    this.process = process;
    this.#reading = Promise.all([this.#read(process.stdout), this.#read(process.stderr)]);
  }

  /** Starts a program of this project. @param file Its file. @param args Its arguments. */
  static async start(file: string, ...args: string[]): Promise<ProgramUnderTest> {
    return await ProgramUnderTest.run(["-q", "-A", ...await importFlags(), file, ...args]);
  }

  /** Runs `deno run`. @param args Its arguments. @param env Variables besides those of this process. */
  static async run(args: string[], env: Record<string, string> = {}): Promise<ProgramUnderTest> {
    const tmp = await Deno.makeTempDir();
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", ...args],
      cwd: ROOT,
      env: { ...env, TMPDIR: tmp },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new ProgramUnderTest(tmp, process);
  }

  /** Waits until the output matches. */
  async shows(pattern: RegExp, ms = LIMIT_MS): Promise<void> {
    await until(() => pattern.test(this.output), () => `${pattern} in:\n${this.output}`, ms);
  }

  /** Waits for the end. Resolves to the exit code. */
  async exitCode(ms = LIMIT_MS): Promise<number> {
    const { code } = await within(this.process.status, "the program's end", ms);
    await this.#reading;
    return code;
  }

  /** Returns the ids of its child processes; an empty list if the system does not show them. */
  processes(): string[] {
    if (Deno.build.os !== "linux") return [];
    const ids = Array.from(Deno.readDirSync("/proc"), ({ name }) => name)
      .filter((id) => /^\d+$/.test(id));
    return ids.filter((id) => isStartedWith(this.tmp, id));
  }

  /** Asserts that no process or file is left. */
  assertNothingIsLeft(): void {
    assertEquals(Array.from(Deno.readDirSync(this.tmp), ({ name }) => name), []);
    assertEquals(this.processes(), []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endProcess(this.process, STOP_LIMIT_MS);
    await this.#reading;
    await Deno.remove(this.tmp, { recursive: true });
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) this.output += text;
  }
}

/** Children inherit the environment, and with it the temporary folder. */
function isStartedWith(tmp: string, id: string): boolean {
  try {
    return Deno.readTextFileSync(`/proc/${id}/environ`).includes(tmp);
  } catch {
    return false; // it has ended, or belongs to another user
  }
}

/** The demo as its users run it, and what it leaves behind. */

import { join } from "node:path";
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { importFlags } from "../offline/flags.ts";
import { testOnEachEngine, until, within } from "./testing.ts";

const ROOT = join(import.meta.dirname!, "..");

/** How long the demo may take to start and to stop, in milliseconds. */
const LIMIT_MS = 30_000;

/** A running demo with a temporary folder of its own, so that leftovers are seen. */
class DemoUnderTest implements AsyncDisposable {
  /** What it has printed so far. */
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

  static async start(...args: string[]): Promise<DemoUnderTest> {
    const tmp = await Deno.makeTempDir();
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", ...await importFlags(), "local/demo.ts", ...args],
      cwd: ROOT,
      env: { TMPDIR: tmp },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new DemoUnderTest(tmp, process);
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) this.output += text;
  }

  /** Waits until the output matches. */
  async shows(pattern: RegExp): Promise<void> {
    await until(() => pattern.test(this.output), `${pattern} in:\n${this.output}`, LIMIT_MS);
  }

  /** Waits for the end; resolves to the exit code. */
  async exitCode(): Promise<number> {
    const { code } = await within(this.process.status, "the demo's end", LIMIT_MS);
    await this.#reading;
    return code;
  }

  /** Asserts that no port, process or file is left. */
  async assertNothingIsLeft(): Promise<void> {
    const ports = new Set(this.output.match(/(?<=on port )\d+/g));
    assert(ports.size > 0);
    for (const port of ports) {
      const connecting = Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
      const isOpen = await connecting.then((connection) => (connection.close(), true), () => false);
      assertFalse(isOpen, `port ${port} is still open`);
    }
    assertEquals(Array.from(Deno.readDirSync(this.tmp), ({ name }) => name), []);
    assertEquals(processesMentioning(this.tmp), []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.tmp, { recursive: true });
  }
}

/** Processes whose environment mentions a text; where the system does not show them, none. */
function processesMentioning(text: string): string[] {
  if (Deno.build.os !== "linux") return [];
  const ids = Array.from(Deno.readDirSync("/proc"), ({ name }) => name).filter((id) =>
    /^\d+$/.test(id)
  );
  return ids.filter((id) => {
    try {
      return Deno.readTextFileSync(`/proc/${id}/environ`).includes(text);
    } catch {
      return false; // it has ended meanwhile, or belongs to somebody else
    }
  });
}

testOnEachEngine(
  "The demo shows the pattern, ends by itself and leaves nothing",
  async (engine) => {
    await using demo = await DemoUnderTest.start("--engine", engine.name, "--for", "3");
    assertEquals(await demo.exitCode(), 0, demo.output);
    const [first] = demo.output.split("\n");
    assertStringIncludes(first, `Engine ${engine.name} ${engine.version}: ${engine.description}`);
    await demo.shows(/writer +│ writer set shared_key: writer seq 2 /);
    await demo.shows(/listener_sync +│ listener_sync read shared_key: writer seq 2 /);
    await demo.shows(/listener_sync +│ Set handshake_key: Handshake triggered by key event/);
    await demo.shows(/listener_async +│ listener_async read shared_key: writer seq 2 /);
    await demo.shows(
      /listener_async +│ listener_async set handshake_key: Handshake from listener_async/,
    );
    for (const role of ["writer", "listener_sync", "listener_async"]) {
      await demo.shows(new RegExp(`${role} stopped: `));
    }
    assertFalse(demo.output.includes("\u001b"), "colours, although this is no terminal");
    await demo.assertNothingIsLeft();
  },
);

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`The demo stops everything at ${signal}`, async () => {
    await using demo = await DemoUnderTest.start("--engine", "embedded");
    await demo.shows(/listener_sync read shared_key: writer/);
    demo.process.kill(signal);
    assertEquals(await demo.exitCode(), 0, demo.output);
    await demo.assertNothingIsLeft();
  });
}

Deno.test({
  name: "The demo names the role that died, and fails",
  ignore: Deno.build.os !== "linux", // elsewhere the role's process cannot be found
  async fn() {
    await using demo = await DemoUnderTest.start("--engine", "embedded");
    await demo.shows(/listener_sync read shared_key: writer/);
    const roles = processesMentioning(demo.tmp).filter((id) =>
      Deno.readTextFileSync(`/proc/${id}/cmdline`).includes("listener_sync.ts")
    );
    assertEquals(roles.length, 1);
    Deno.kill(Number(roles[0]), "SIGKILL");
    assertEquals(await demo.exitCode(), 1, demo.output);
    await demo.shows(/demo +│ listener_sync has ended with exit code 137/);
    await demo.assertNothingIsLeft();
  },
});

for (
  const [args, problem] of [
    [["--for", "ever"], 'than 0 and at most 86400: current value is "ever"'],
    [["--for", "0"], 'than 0 and at most 86400: current value is "0"'],
    [["--for", "3000000"], 'than 0 and at most 86400: current value is "3000000"'],
    [["--loud"], "Unknown option '--loud'"],
    [["--engine", "memcached"], "--engine must be one of keydb-server, "],
  ] as const
) {
  Deno.test(`The demo refuses ${args.join(" ")}`, async () => {
    await using demo = await DemoUnderTest.start(...args);
    assertEquals(await demo.exitCode(), 2);
    assertStringIncludes(demo.output, problem);
  });
}

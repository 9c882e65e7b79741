/** What the tests of the examples share. */

import { assert } from "@std/assert";
import { ProgramUnderTest } from "../tests/program_testing.ts";
import type { Proxy } from "../cluster/proxy.ts";

/** Starts an example with the command that its header names. */
export async function startExample(
  name: string,
  url: string,
  ...args: string[]
): Promise<ProgramUnderTest> {
  const file = `examples/${name}.ts`;
  const header = await Deno.readTextFile(new URL(`./${name}.ts`, import.meta.url));
  const [, flags] = /deno run (--[^\\]*) \\\n \* {3}examples\//.exec(header) ?? [];
  assert(flags, `the header of ${file} names no command`);
  return await ProgramUnderTest.run(["--no-prompt", ...flags.split(" "), file, ...args], {
    KEYDB_URL: url,
  });
}

/** Names the server behind a proxy. */
export function urlOf({ port }: Proxy): string {
  return `redis://127.0.0.1:${port}`;
}

/** Waits until an example serves, and resolves to its address. */
export async function addressOf(program: ProgramUnderTest): Promise<string> {
  await program.shows(/http:\S+/);
  return /http:\S+/.exec(program.output)![0];
}

/** Stops an example as Ctrl-C does, and resolves to its exit code. */
export async function interrupt(program: ProgramUnderTest): Promise<number> {
  program.process.kill("SIGINT");
  return await program.exitCode(2000);
}

/** The program that runs the rounds of faults, as its users run it. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ProgramUnderTest } from "./program_testing.ts";
import { testOnEachEngine } from "./testing.ts";

function start(...args: string[]): Promise<ProgramUnderTest> {
  return ProgramUnderTest.start("faults/main.ts", ...args);
}

testOnEachEngine("The fault runner prints each round and a table", async (engine) => {
  await using program = await start(
    ...["--engine", engine.name, "--rounds", "1", "--seed", "5", "--fault", "kill-subscribers"],
  );
  assertEquals(await program.exitCode(), 0, program.output);
  assertStringIncludes(program.output, `Engine ${engine.name} ${engine.version}: `);
  assertMatch(
    program.output,
    /^1\/1 seed 5 kill-subscribers: all subscribers killed every \d+ ms; /m,
  );
  assertMatch(program.output, /^\| kill-subscribers +\| +1 \|/m);
  assertMatch(program.output, /^All rounds held$/m);
  program.assertNothingIsLeft();
}, ["redis-server"]);

testOnEachEngine("The fault runner stops everything at SIGINT", async (engine) => {
  await using program = await start("--engine", engine.name, "--fault", "pause-node");
  await program.shows(/^1\/20 seed \d+ /m); // the second round has begun
  program.process.kill("SIGINT");
  assertEquals(await program.exitCode(), 130, program.output);
  program.assertNothingIsLeft();
}, ["redis-server"]);

for (
  const [args, problem] of [
    [
      ["--rounds", "many"],
      '--rounds must be a whole number from 1 to 100000: got "many"',
    ],
    [["--seed", "-1"], "--seed"],
    [
      ["--engine", "embedded"],
      "--engine must be one of keydb-server, valkey-server, redis-server: ",
    ],
    [["--fault", "rain"], "--fault must be one of kill-node, "],
    [["--loud"], "Unknown option '--loud'"],
  ] as const
) {
  Deno.test(`The fault runner refuses ${args.join(" ")}`, async () => {
    await using program = await start(...args);
    assertEquals(await program.exitCode(), 2);
    assertStringIncludes(program.output, problem);
  });
}

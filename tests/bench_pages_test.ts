import { assertEquals } from "@std/assert";
import { ProgramUnderTest } from "./program_testing.ts";

Deno.test("The measurement of open pages prints what they got, and leaves nothing", async () => {
  const args = ["--pages", "3", "--seconds", "2", "--engine", "embedded"];
  await using bench = await ProgramUnderTest.start("bench/pages.ts", ...args);
  assertEquals(await bench.exitCode(), 0, bench.output);
  await bench.shows(/^3 pages for 2 s, 10 writes a second\nupdates a second: [1-9]/);
  await bench.shows(/listener_sync: p50 0\.\d+ s, .*; without pages p50 0\.\d+ s/);
  bench.assertNothingIsLeft();
});

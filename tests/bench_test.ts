import { assertEquals, assertMatch } from "@std/assert";
import { ProgramUnderTest } from "./program_testing.ts";
import { testOnEachEngine } from "./testing.ts";

Deno.test("The measurement of open pages prints their updates, and leaves nothing behind", async () => {
  const args = ["--pages", "3", "--seconds", "2", "--engine", "embedded"];
  await using bench = await ProgramUnderTest.start("bench/main.ts", "pages", ...args);
  assertEquals(await bench.exitCode(), 0, bench.output);
  await bench.shows(/^3 pages for 2 s, 10 writes a second\nupdates a second: [1-9]/);
  await bench.shows(/listener_sync: p50 0\.\d+ s.*; without pages p50 0\.\d+ s/);
  bench.assertNothingIsLeft();
});

Deno.test("The soak prints the listeners' reports and draws them, and leaves nothing behind", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const args = ["--seconds", "4", "--every", "1", "--rate", "50", "--engine", "embedded"];
    await using soak = await ProgramUnderTest.start(
      "bench/main.ts",
      ...["soak", ...args, "--picture", `${dir}/soak`],
    );
    assertEquals(await soak.exitCode(), 0, soak.output);
    await soak.shows(/^embedded .*, one node, .*: 50 writes a second for 4 s$/m);
    await soak.shows(/^listener_sync +0\.\d +\d+ +\d+ +0 +\d+\.\d\d +\d+\.\d\d +\d+$/m);
    await soak.shows(/^listener_async +0\.\d /m);
    for (const name of ["soak.svg", "soak-dark.svg"]) {
      assertMatch(await Deno.readTextFile(`${dir}/${name}`), /^<svg .*listener_async/s);
    }
    soak.assertNothingIsLeft();
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("The bench refuses a listener that it does not know", async () => {
  await using bench = await ProgramUnderTest.start("bench/main.ts", "--only", "listner");
  assertEquals(await bench.exitCode(), 2);
  await bench.shows(/^--only must name parts of "listener_sync", .*: got "listner"$/m);
});

testOnEachEngine(
  "The bench prints ratios to the reference, and leaves nothing behind",
  async ({ name }) => {
    const args = ["--short", "--rounds", "1", "--only", "listener_sync", "--engine", name];
    await using bench = await ProgramUnderTest.start("bench/main.ts", ...args);
    assertEquals(await bench.exitCode(), 0, bench.output);
    await bench.shows(new RegExp(`^One node of ${name} .*, Deno .*, 1 rounds$`, "m"));
    await bench.shows(/^\| listener_sync +\|( +\d+\.\d\d \(.*?\) \|){9}$/m);
    await bench.shows(/^\| ioredis on Deno \|( +1\.00 \(1\.00–1\.00\) \|){9}$/m);
    bench.assertNothingIsLeft();
  },
  ["redis-server"],
);

/** The comparison as its users run it, and what it leaves behind. */

import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { findBrowser, startBrowser } from "./browser.ts";
import { ProgramUnderTest } from "./program_testing.ts";
import { TestClient, testOnEachEngine, testOnEngines } from "./testing.ts";
import { assertPicturesAreDrawn, findPictures, openPage } from "./page/report_page.ts";
import { RESULTS, type Results, SCENARIO_NAMES } from "../compare/results.ts";

/** How long a quick comparison may take in a test, in milliseconds: longer than for people. */
const LIMIT_MS = 180_000;

function start(...args: string[]): Promise<ProgramUnderTest> {
  return ProgramUnderTest.start("compare/main.ts", ...args);
}

/** A folder for a report, outside the program's own temporary folder. */
class OutDir implements AsyncDisposable {
  readonly path = join(Deno.makeTempDirSync(), "report");

  /** Reads report.json; it has to be of its form. */
  async results(): Promise<Results> {
    return RESULTS.parse(JSON.parse(await Deno.readTextFile(join(this.path, "report.json"))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(join(this.path, ".."), { recursive: true });
  }
}

testOnEachEngine("A quick comparison measures every scenario", async (engine, t) => {
  await using out = new OutDir();
  await using program = await start("--quick", "--engine", engine.name, "--out", out.path);
  assertEquals(await program.exitCode(LIMIT_MS), 0, program.output);
  const results = await out.results();
  assertEquals(results.scenarios.map(({ name }) => name), [...SCENARIO_NAMES]);
  assertEquals([results.quick, results.interrupted, results.repetitions], [true, false, 3]);
  for (const { name, skipped, points } of results.scenarios) {
    if (name === "replica" && engine.nodes === 1) {
      assertEquals(skipped, "There is only one server.");
      continue;
    }
    const runs = points.flatMap(({ variants }) => variants).flatMap(({ runs }) => runs);
    assert(runs.length >= 3, `${name} has ${runs.length} runs`);
    for (const run of runs) {
      const listeners = name === "listeners" ? [1, 4] : [1];
      const accounted = run.handled + run.conflated + run.missed;
      const expected = listeners.map((count) => run.writes * count);
      assert(run.invalid !== null || expected.includes(accounted), JSON.stringify(run));
      assertEquals([run.failed, run.negative], [0, 0]);
    }
  }
  const { clock } = results;
  assert(Math.abs(clock!.offset) <= clock!.uncertainty, JSON.stringify(clock)); // it is one host
  for (const file of ["report.html", "report.md", "pictures/rates.svg"]) {
    assert((await Deno.stat(join(out.path, file))).size > 1000, file);
  }
  assertStringIncludes(
    program.output,
    `Written to ${out.path}: report.html, report.json, report.md with pictures/`,
  );
  program.assertNothingIsLeft();
  const path = await findBrowser();
  await t.step({
    name: "and its page shows them",
    ignore: !path,
    fn: () => assertPageIsWhole(path!, join(out.path, "report.html"), SCENARIO_NAMES.length - 1),
  });
}, ["embedded"]);

async function assertPageIsWhole(path: string, page: string, pictures: number): Promise<void> {
  const browser = await startBrowser(path);
  try {
    for (const colorScheme of ["light", "dark"] as const) {
      const seen = await openPage(browser, page, { colorScheme }, findPictures);
      assertPicturesAreDrawn(seen, colorScheme, pictures);
    }
  } finally {
    await browser.close();
  }
}

testOnEachEngine("Ctrl-C leaves a valid report of what was done", async (engine) => {
  await using out = new OutDir();
  await using program = await start(
    ...["--engine", engine.name, "--scenario", "burst", "waiting", "--repetitions", "1000"],
    ...["--out", out.path],
  );
  await program.shows(/burst 10000, \w+, \d{2,}\/1000/); // the second line, after ten seconds
  program.process.kill("SIGINT");
  assertEquals(await program.exitCode(), 130, program.output);
  const results = await out.results();
  assert(results.interrupted);
  assertEquals(results.scenarios.map(({ name }) => name), ["burst"]);
  assert(results.scenarios[0].points[0].variants[0].figures.catchUp!.median > 0);
  assertStringIncludes(await Deno.readTextFile(join(out.path, "report.md")), "interrupted");
  program.assertNothingIsLeft();
}, ["redis-server"]);

testOnEngines(
  "The comparison works on servers of one's own and leaves nothing there",
  async (_t, cluster) => {
    await using out = new OutDir();
    const urls = [`${cluster.url(0)}/2`, `${cluster.url(1)}/2`];
    const scenario = ["--scenario", "replica", "--quick", "--repetitions", "1"];
    await using program = await start("--url", urls.join(","), ...scenario, "--out", out.path);
    assertEquals(await program.exitCode(), 0, program.output);
    const results = await out.results();
    assertEquals(results.scenarios[0].points[0].variants.map(({ variant }) => variant), [
      "writer's node",
      "another node",
    ]);
    assertMatch(
      results.command,
      /^deno task compare --quick --url redis:\/\/127\.0\.0\.1:\d+\/2,redis/,
    );
    assert(!JSON.stringify(results).includes("secret"), "a password is in the report");
    await using client = new TestClient(urls[0]);
    assertEquals(await client.dbsize(), 0);
  },
  { engines: ["keydb-server", "redis-server"], password: "a secret" },
);

for (
  const [args, problem] of [
    [["--scenario", "rain"], "--scenario must be one of rates, waiting, "],
    [["rates"], 'There is nothing to do with "rates": names of scenarios stand behind --scenario'],
    [["--engine", "memcached"], "--engine must be one of keydb-server, "],
    [["--engine", "embedded", "--url", "redis://a"], "--engine and --url exclude each other"],
    [["--url", "http://:secret@a"], "--url must be redis://[user:password@]host[:port][/db]"],
    [["--repetitions", "0"], "--repetitions must be a whole number from 1 to 1000"],
    [["--loud"], "Unknown option '--loud'"],
  ] as const
) {
  Deno.test(`The comparison refuses ${args.join(" ")}`, async () => {
    await using program = await start(...args);
    assertEquals(await program.exitCode(), 2);
    assertStringIncludes(program.output, problem);
    assert(!program.output.includes("secret"));
  });
}

Deno.test("The comparison says where it cannot write, before it measures", async () => {
  await using program = await start("--engine", "embedded", "--out", "deno.json/report");
  assertEquals(await program.exitCode(), 1);
  assertMatch(program.output, /^Cannot write the report to deno\.json\/report: /);
});

/** The comparison as its users run it, and what it leaves behind. */

import { join } from "node:path";
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { findBrowser, startBrowser } from "./browser.ts";
import { ProgramUnderTest } from "./program_testing.ts";
import { TestClient, testOnEachEngine, testOnEngines } from "./testing.ts";
import { assertPicturesAreDrawn, findPictures, openPage } from "./page/report_page.ts";
import { readReport } from "../compare/report/report_files.ts";
import type { Results } from "../compare/results.ts";

/** The published reports, a folder each. */
const REPORTS = join(import.meta.dirname!, "../docs/comparison");

/** How long a comparison may take in a test, in milliseconds; longer than for users. */
const LIMIT_MS = 300_000;

function start(...args: string[]): Promise<ProgramUnderTest> {
  return ProgramUnderTest.start("compare/main.ts", ...args);
}

/** A folder for a report, outside the program's own temporary folder. */
class OutDir implements AsyncDisposable {
  readonly path = join(Deno.makeTempDirSync(), "report");

  /** Reads report.json, and validates it. */
  async results(): Promise<Results> {
    return await readReport(join(this.path, "report.json"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(join(this.path, ".."), { recursive: true });
  }
}

testOnEachEngine("A comparison measures all parts, and its page shows them", async (engine, t) => {
  await using out = new OutDir();
  await using program = await start(
    ...["--quick", "--engine", engine.name, "--only", "loop,stream", "--repetitions", "1"],
    ...["--out", out.path],
  );
  assertEquals(await program.exitCode(LIMIT_MS), 0, program.output);
  const results = await out.results();
  assertEquals([results.quick, results.interrupted, results.absent], [true, false, {}]);
  assertEquals(results.losses.length, 8);
  for (const { fault, outcomes } of results.losses) {
    assertEquals(Object.keys(outcomes), ["observer, loop", "stream"]);
    const [{ seconds }] = outcomes["observer, loop"]; // the stream may take longer than the limit on a busy machine
    assert(seconds !== null, `${fault}: the observer never had the newest value`);
  }
  assertEquals(results.costs.map(({ variant, load }) => [variant, load.rate]), [
    ...[["observer, loop", 100], ["stream", 100], ["observer, loop", 1000], ["stream", 1000]],
  ]);
  for (const { variant, load, runs: [run] } of results.costs) {
    const least = load.rate === 100 ? 0.2 : 0; // a busy machine learns few of 1,000 a second
    assert(run.learned > least && run.learned <= 1, `${variant} learned ${run.learned}`);
    assert(run.p50! > 0 && run.p50! <= run.p99!, `${variant}: ${run.p50} and ${run.p99} µs`);
    assert(run.cpu > 0 && run.serverCpu! > 0 && run.writerCpu! > 0, JSON.stringify(run));
    const { totalCount } = decodeFromCompressedBase64(run.histogram); // also values that were skipped
    assert(totalCount >= run.learned * load.writes && totalCount <= load.writes, `${totalCount}`);
  }
  assertEquals(Object.keys(results.traffic), ["observer, loop", "stream"]);
  assertEquals(results.patterns.map(({ handler }) => handler), ["none", "wait 20", "compute 20"]);
  const [, { points: [loop, callback] }] = results.patterns;
  const [handled, overlapping] = [loop, callback].map(({ runs: [{ learned }] }) => learned);
  assert(overlapping > handled, `callbacks should overlap: ${overlapping} and ${handled}`);
  assert(results.crowds.every(({ runs: [run] }) => run.serverCpu > 0 && run.p50 > 0));
  for (const file of ["report.html", "report.md", "pictures/listeners.svg"]) {
    assert((await Deno.stat(join(out.path, file))).size > 1000, file);
  }
  assertMatch(program.output, /\n\| every value, whatever breaks +\| stream /);
  assertStringIncludes(
    program.output,
    `Written to ${out.path}: report.html, report.json, report.md with pictures/`,
  );
  program.assertNothingIsLeft();
  const path = await findBrowser();
  await t.step({
    name: "its page",
    ignore: !path,
    fn: () => assertPageIsWhole(path!, join(out.path, "report.html"), 1),
  });
}, ["redis-server"]);

testOnEachEngine("The comparison names what an engine cannot show", async (engine) => {
  await using out = new OutDir();
  await using program = await start(
    ...[
      "--quick",
      "--engine",
      engine.name,
      "--part",
      "losses",
      "costs",
      "listeners",
      "--repetitions",
      "1",
    ],
    ...["--only", "keyspace,tracking", "--rate", "100", "--out", out.path],
  );
  assertEquals(await program.exitCode(LIMIT_MS), 0, program.output);
  const { absent, costs } = await out.results();
  assertEquals(absent["losses"], "the embedded engine is one node in JavaScript");
  assertMatch(absent["tracking"], /unknown/i);
  assertEquals(absent["listeners"], "the server does not say what CPU time it uses");
  assertEquals(
    new Set(costs.map(({ variant }) => variant)),
    new Set(["keyspace + GET, and on reconnect"]),
  );
  assertStringIncludes(program.output, "Not measured: tracking (");
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

testOnEachEngine("Ctrl-C leaves a valid report of the finished runs", async (engine) => {
  await using out = new OutDir();
  await using program = await start(
    ...["--engine", engine.name, "--part", "listeners", "--quick", "--repetitions", "1000"],
    ...["--out", out.path],
  );
  await program.shows(/100 listeners on keyspace, 1\/1000|listeners on \w+, [2-9]\/1000/, LIMIT_MS);
  program.process.kill("SIGINT");
  assertEquals(await program.exitCode(), 130, program.output);
  const results = await out.results();
  assert(results.interrupted);
  assert(results.crowds[0].runs[0].serverCpu > 0);
  assertStringIncludes(await Deno.readTextFile(join(out.path, "report.md")), "interrupted");
  program.assertNothingIsLeft();
}, ["redis-server"]);

testOnEngines(
  "The comparison works on the user's own servers and leaves nothing there",
  async (_t, cluster) => {
    await using out = new OutDir();
    const urls = [`${cluster.url(0)}/2`, `${cluster.url(1)}/2`];
    const parts = ["--quick", "--part", "losses", "costs", "--only", "keyevent", "--rate", "100"];
    await using program = await start(
      ...[`--url=${urls.join(", ")}`, ...parts, "--repetitions", "1", "--out", out.path],
    );
    assertEquals(await program.exitCode(LIMIT_MS), 0, program.output);
    const results = await out.results();
    assertEquals(results.servers.length, 2);
    assertEquals(Object.keys(results.absent), ["losses"]);
    const [{ load, runs: [{ learned }] }, ...others] = results.costs;
    assertEquals([load, others], [{ rate: 100, writes: 200, node: 0, noise: 0 }, []]);
    assert(learned > 0.2, `${learned}`);
    assertEquals(results.traffic["keyevent + GET"].connections, 2);
    assertMatch(
      results.command,
      /^deno task compare "--url=redis:\/\/127\.0\.0\.1:\d+\/2, ?redis:\/\/127\.0\.0\.1:\d+\/2" --quick/,
    );
    assert(!JSON.stringify(results).includes("secret"), "a password is in the report");
    await using client = new TestClient(urls[0]);
    assertEquals(await client.dbsize(), 0);
  },
  { engines: ["keydb-server", "redis-server"], password: "a secret" },
);

for (
  const [args, problem] of [
    [["--part", "rain"], "--part must be one of losses, costs, "],
    [["--only", "rain"], '--only must name parts of "observer, loop", '],
    [["costs"], 'Unexpected argument "costs"; use --part costs'],
    [["--engine", "memcached"], "--engine must be one of keydb-server, "],
    [["--engine", "embedded", "--url", "redis://a"], "--engine and --url exclude each other"],
    [["--url", "http://:secret@a"], "--url must be redis://[user:password@]host[:port][/db]"],
    [["--rate", "10,0"], '--rate must be a whole number from 1 to 100000: got "0"'],
    [["--part", "losses", "--rate", "10"], "--rate is for part costs"],
    [["--repetitions", "0"], "--repetitions must be a whole number from 1 to 1000"],
    [["--from", "report.json", "--quick"], "--from measures nothing: remove --quick"],
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

for (const { name } of Deno.readDirSync(REPORTS)) {
  Deno.test(`docs/comparison/${name} is what --from writes`, async () => {
    const dir = join(REPORTS, name);
    await using out = new OutDir();
    await using program = await start("--from", join(dir, "report.json"), "--out", out.path);
    assertEquals(await program.exitCode(), 0, program.output);
    const { losses } = await out.results();
    const answers = /\n\| every value, whatever breaks +\| stream /;
    assertEquals(answers.test(program.output), losses.length > 0, program.output);
    const pictures = Array.from(Deno.readDirSync(join(out.path, "pictures")), ({ name }) => name);
    for (
      const file of [
        "report.md",
        "report.json",
        ...pictures.map((name) => `pictures/${name}`),
      ]
    ) {
      const [written, kept] = await Promise.all(
        [out.path, dir].map((dir) => Deno.readTextFile(join(dir, file))),
      );
      assert(written === kept, `${file}: write it again with --from and --out`);
    }
  });
}

Deno.test("The comparison reports that it cannot write, before it measures", async () => {
  await using program = await start("--engine", "embedded", "--out", "deno.json/report");
  assertEquals(await program.exitCode(), 1);
  assertMatch(program.output, /^Cannot write the report to deno\.json\/report: /);
});

import { assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { exampleReport } from "./_example.ts";
import { formatReport, formatSummary } from "./report.ts";

/** Returns the cells of the first table row that begins with some cells. */
function row(report: string, ...first: string[]): string[] {
  const rows = report.split("\n").filter((line) => line.startsWith("| "))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  return rows.find((cells) => first.every((cell, index) => cells[index] === cell)) ?? [];
}

/** Returns the part of a report below a heading. */
function section(report: string, heading: string): string {
  const [, text = ""] = report.split(`${heading}\n`);
  return text.split(/\n## /)[0];
}

Deno.test("formatReport() starts with the answers and their figures", () => {
  const report = formatReport(exampleReport());
  assertMatch(report, /^# What to build on[^]*?\n## The answer\n[^]*\n## What each loses\n/);
  assertEquals(row(report, "the newest value, whatever breaks"), [
    "the newest value, whatever breaks",
    "stream · observer, loop",
    "2 of 2 rounds",
    "p50 100 µs, p99 900 µs, CPU of both 140 µs a write",
    "the newest value in 0, values in between in 0 of 2 rounds",
  ]);
  assertEquals(row(report, "every value, whatever breaks").slice(1, 3), [
    "stream",
    "2 of 2 rounds",
  ]);
  assertEquals(row(report, "the value soon").slice(1, 3), ["stream", "p50 100 µs"]);
  assertEquals(row(report, "the value soon, on another node").slice(1, 3), [
    "keyevent + GET · observer, loop", // not distinguishable
    "p50 300 µs",
  ]);
});

Deno.test("formatReport() counts rounds in every cell of the losses", () => {
  const losses = section(formatReport(exampleReport()), "## What each loses");
  assertEquals(row(losses, "observer, loop")[1], "2/2 in 200 ms; gaps 2, said 2");
  assertEquals(row(losses, "keyevent + GET")[1], "1/2 in 200 ms, deaf 1; gaps 1, said 0");
  assertEquals(row(losses, "stream")[1], "2/2 in 500 ms; gaps 0");
});

Deno.test("formatReport() shows intervals, n, duration and repetitions", () => {
  const costs = section(formatReport(exampleReport()), "### 100 writes a second");
  assertStringIncludes(costs, "5 × 1,000 writes in 10 s, 99 % of them sent at most 300 µs late.");
  assertMatch(row(costs, "stream")[3], /^faster: 0\.50 \(0\.4\d–0\.5\d\)$/);
  assertMatch(
    row(costs, "observer, loop")[3],
    /^not distinguishable \(n = 5\): 1\.02 \(0\.\d\d–1\.\d\d\)$/,
  );
  assertEquals(row(costs, "stream")[6], "69 µs"); // 60 for a write, and 900 in the second with 100
  const duels = section(formatReport(exampleReport()), "## Loop against callback");
  assertMatch(row(duels, "wait 20 ms, 100/s", "handled")[4], /^more: 4\.15 \(/);
  assertMatch(row(duels, "wait 20 ms, 100/s", "staleness")[4], /^not distinguishable/);
  assertEquals(row(duels, "wait 20 ms, 100/s", "p50").slice(2), ["200 µs", "200 µs", "–"]);
  assertEquals(row(duels, "wait 20 ms, 100/s", "loop").slice(2), ["–", "–", "2 %"]);
  assertEquals(row(duels, "wait 20 ms, 100/s", "callback").slice(2), ["300 µs", "21 ms", "2 %"]);
});

Deno.test("formatReport() finds no difference between a variant and its copy", () => {
  const report = exampleReport();
  const [, reference] = report.costs;
  const twin = { ...reference, variant: "its twin", runs: [...reference.runs] };
  const costs = formatReport({ ...report, costs: [reference, twin] });
  const cells = row(costs, "its twin").filter((cell) => cell.includes("("));
  assertEquals(cells.length, 3);
  for (const cell of cells) assertMatch(cell, /^not distinguishable \(n = 5\): 1\.00 \(/);
});

Deno.test("formatReport() omits what was not measured, and empty columns", () => {
  const { losses: _losses, crowds: _crowds, ...others } = exampleReport();
  const absent = { losses: "the servers are <yours>", "tracking": "ERR unknown" };
  const report = formatReport({ ...others, losses: [], crowds: [], absent, quick: true });
  assertFalse(/What each loses|Many listeners|every value/.test(report));
  assertStringIncludes(report, "> **Note:** Not measured: losses (the servers are \\<yours\\>).");
  assertStringIncludes(report, "> **Note:** This is the quick form");
  assertFalse(row(section(report, "## The answer"), "need").includes("what the first loses"));
  assertMatch(
    formatSummary({ ...others, losses: [], crowds: [], absent }),
    /Not measured: tracking/,
  );
});

Deno.test("formatReport() escapes names and settings", () => {
  const results = exampleReport();
  const evil = `<img src=x onerror="alert(1)">|**b** [a](javascript:1)`;
  const report = formatReport({
    ...results,
    machine: { ...results.machine, cpu: evil },
    servers: results.servers.map((server) => ({ ...server, name: evil, version: evil })),
    settings: { [evil]: evil },
    absent: { [evil]: evil },
  });
  assertFalse(/(?<!\\)<img src=x|[^\\]\*\*b|(?<!\\)\[a/.test(report));
});

Deno.test("formatReport() shows how many listeners fill a server, and the simulation", () => {
  const report = formatReport(exampleReport());
  const fit = row(section(report, "### How many listeners fill a server"), "keyspace");
  assertMatch(fit.slice(1).join(), /^40 µs,30 µs,0 µs,330,000 \(.+\),33,000 \(.+\),3,300 \(.+\)$/);
  const forecast = section(report, "### More listeners than were measured");
  assertEquals(row(forecast, "replicas of one primary").slice(1, 4), ["10,000", "3", "1"]);
});

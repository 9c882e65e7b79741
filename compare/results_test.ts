import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { exampleReport } from "./report/_example.ts";
import { describeResults, RESULTS } from "./results.ts";

/** The example as plain data that a test may break. */
// deno-lint-ignore no-explicit-any
function example(): any {
  return JSON.parse(JSON.stringify(exampleReport()));
}

// deno-lint-ignore no-explicit-any
const BREAKAGES: Readonly<Record<string, (report: any) => void>> = {
  "no scenarios": (report) => delete report.scenarios,
  "an unknown field": (report) => report.surprise = 1,
  "another format": (report) => report.format = 1,
  "a date that is none": (report) => report.beganAt = "yesterday",
  "an unknown scenario": (report) => report.scenarios[0].name = "weather",
  "a text for a figure": (report) => run(report).figures.catchUp = "12 µs",
  "a figure less": (report) => delete run(report).figures.startUp,
  "a duration less": (report) => delete run(report).distributions.read,
  "a spread without a median": (report) => delete variant(report).figures.cpuLoad.median,
  "three numbers for two": (report) => run(report).staleness[0].push(1),
  "a part of a write": (report) => run(report).writes = 1.5,
  "a percentile above 100": (report) => variant(report).merged.read.curve[0][0] = 101,
};

Deno.test("RESULTS takes a whole report", () => {
  const report = example();
  assertEquals(RESULTS.parse(report), report);
});

Deno.test("RESULTS takes a report without figures", () => {
  const report = example();
  report.clock = null;
  report.scenarios[0].points = [];
  report.scenarios[0].skipped = "There is one node only.";
  variant(report, 1).figures.startUp = null;
  run(report, 1).figures.startUp = null;
  assertEquals(RESULTS.parse(report), report);
});

Deno.test("RESULTS refuses what is no report", async (t) => {
  for (const [name, breakIt] of Object.entries(BREAKAGES)) {
    await t.step(name, () => {
      const report = example();
      breakIt(report);
      assertFalse(RESULTS.safeParse(report).success);
    });
  }
});

Deno.test("describeResults() describes every field", () => {
  const { description, properties, $defs } = describeResults();
  const fields = [...walk({ ...properties, ...$defs } as Record<string, Field>)];
  assert(fields.length > 100, `${fields.length} fields`);
  assertEquals(fields.filter(([, { description }]) => !description).map(([name]) => name), []);
  assertStringIncludes(description!, "microseconds");
});

type Field = { description?: string; properties?: Record<string, Field> };

function* walk(fields: Record<string, Field>): Generator<[string, Field]> {
  for (const [name, field] of Object.entries(fields)) {
    yield [name, field];
    yield* walk(field.properties ?? {});
  }
}

// deno-lint-ignore no-explicit-any
function variant(report: any, scenario = 0): any {
  return report.scenarios[scenario].points[0].variants[0];
}

// deno-lint-ignore no-explicit-any
function run(report: any, scenario = 0): any {
  return variant(report, scenario).runs[0];
}

import { Ajv2020 } from "npm:ajv@^8.20.0/dist/2020.js";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { exampleReport } from "./_example.ts";
import schema from "../report_schema.json" with { type: "json" };

const isValid = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);

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
  "a spread without a median": (report) => delete arm(report).figures.cpuLoad.median,
  "three numbers for two": (report) => run(report).staleness[0].push(1),
  "a part of a write": (report) => run(report).writes = 1.5,
  "a percentile above 100": (report) => arm(report).merged.read.curve[0][0] = 101,
};

Deno.test("report_schema.json takes a whole report", () => {
  const takes = isValid(example());
  assertEquals(isValid.errors, null);
  assert(takes);
});

Deno.test("report_schema.json takes a report without figures", () => {
  const report = example();
  report.clock = null;
  report.scenarios[0].points = [];
  report.scenarios[0].skipped = "There is one node only.";
  arm(report, 1).figures.startUp = null;
  run(report, 1).figures.startUp = null;
  assert(isValid(report), JSON.stringify(isValid.errors));
});

Deno.test("report_schema.json refuses what is no report", async (t) => {
  for (const [name, breakIt] of Object.entries(BREAKAGES)) {
    await t.step(name, () => {
      const report = example();
      breakIt(report);
      assertEquals(isValid(report), false);
    });
  }
});

Deno.test("report_schema.json describes every field", () => {
  const bare = Array.from(walk(schema.$defs), (field) => field)
    .filter(([, { description }]) => description === undefined).map(([name]) => name);
  assertEquals(bare, []);
  assertStringIncludes(schema.description, "microseconds");
});

type Field = { description?: string; properties?: Record<string, Field> };

function* walk(fields: Record<string, Field>): Generator<[string, Field]> {
  for (const [name, field] of Object.entries(fields)) {
    yield [name, field];
    yield* walk(field.properties ?? {});
  }
}

// deno-lint-ignore no-explicit-any
function arm(report: any, scenario = 0): any {
  return report.scenarios[scenario].points[0].arms[0];
}

// deno-lint-ignore no-explicit-any
function run(report: any, scenario = 0): any {
  return arm(report, scenario).runs[0];
}

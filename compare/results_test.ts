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
  "no costs": (report) => delete report.costs,
  "an unknown field": (report) => report.surprise = 1,
  "another format": (report) => report.format = 3,
  "an invalid date": (report) => report.beganAt = "yesterday",
  "a text for a figure": (report) => report.costs[0].runs[0].p50 = "12 µs",
  "a missing figure": (report) => delete report.costs[0].runs[0].cpu,
  "a part of a write": (report) => report.costs[0].load.writes = 1.5,
  "an unknown channel": (report) => report.crowds[0].channel = "keyspaces",
  "an outcome without a count": (report) => delete report.losses[0].outcomes.stream[0].lost,
};

Deno.test("RESULTS accepts a whole report", () => {
  const report = example();
  assertEquals(RESULTS.parse(report), report);
});

Deno.test("RESULTS accepts a report without figures", () => {
  const report = { ...example(), losses: [], costs: [], traffic: {}, patterns: [], crowds: [] };
  assertEquals(RESULTS.parse(report), report);
});

Deno.test("RESULTS refuses invalid reports", async (t) => {
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
  assert(fields.length > 60, `${fields.length} fields`);
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

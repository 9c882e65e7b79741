import { assert, assertEquals, assertMatch } from "@std/assert";
import { exampleReport, exampleScenario } from "./_example.ts";
import type { Run, ScenarioResult, VariantResult } from "../results.ts";
import { notesOf, tableOf } from "./tables.ts";

const results = exampleReport();

/** A scenario whose first variant at the first point is another one. */
function withVariant(
  scenario: ScenarioResult,
  change: (variant: VariantResult) => VariantResult,
): ScenarioResult {
  const [first, ...points] = scenario.points;
  const [variant, ...variants] = first.variants;
  return {
    ...scenario,
    points: [{ ...first, variants: [change(variant), ...variants] }, ...points],
  };
}

/** A scenario with other repetitions there. */
function withRuns(change: (run: Run) => Partial<Run>): ScenarioResult {
  return withVariant(exampleScenario("rates"), (variant) => ({
    ...variant,
    runs: variant.runs.map((run) => ({ ...run, ...change(run) })),
  }));
}

Deno.test("tableOf() has a row for each variant at each point", () => {
  const { heads, keys, rows } = tableOf(exampleScenario("noise"), null);
  assertEquals(heads.slice(0, keys), ["unrelated SETs/s", "variant"]);
  assertEquals(rows.map(({ cells }) => cells.slice(0, keys)), [
    ["0", "keyevent"],
    ["0", "keyspace"],
    ["1,000", "keyevent"],
    ["1,000", "keyspace"],
    ["20,000", "keyevent"],
    ["20,000", "keyspace"],
  ]);
});

Deno.test("tableOf() has as many cells in each row as heads, in every scenario", () => {
  for (const scenario of results.scenarios) {
    const { heads, rows } = tableOf(scenario, results.clock);
    assert(rows.length > 0);
    assertEquals(rows.map(({ cells }) => cells.length), rows.map(() => heads.length));
  }
});

Deno.test("tableOf() marks durations between two clocks that are shorter than these are sure", () => {
  const cells = tableOf(exampleScenario("anatomy"), { offset: 0, uncertainty: 300 }).rows[0].cells;
  const [notification, read] = cells.slice(2);
  assertMatch(notification, /^261 .* µs †$/);
  assertMatch(read, /^160 .* µs$/);
});

Deno.test("tableOf() writes a dash where there is no figure", () => {
  const scenario = withVariant(exampleScenario("burst"), (variant) => ({
    ...variant,
    runs: variant.runs.map((run) => ({ ...run, invalid: "The writer was late" })),
    figures: { ...variant.figures, catchUp: null, handledShare: null },
  }));
  const [row] = tableOf(scenario, null).rows;
  assertEquals(row.cells, ["100", "loop", "–", "–", "–"]);
  assertEquals(row.main, null);
});

Deno.test("notesOf() has nothing to say where all is well", () => {
  assertEquals(notesOf(exampleScenario("rates"), results), []);
});

Deno.test("notesOf() explains the mark where it stands", () => {
  assertMatch(notesOf(exampleScenario("anatomy"), results).join(), /^† Shorter than .*± 300 µs/);
});

Deno.test("notesOf() counts the repetitions that do not count, with their reasons", () => {
  const late = { invalid: "the writer was late" };
  const few = withRuns(({ repetition }) => repetition < 3 ? late : {});
  assertEquals(notesOf(few, results), [
    "loop at 10 writes/s: 2 of 5 repetitions do not count: the writer was late (2 times).",
  ]);
  const one = withRuns(({ repetition }) => repetition === 1 ? late : {});
  assertEquals(notesOf(one, results), [
    "loop at 10 writes/s: 1 of 5 repetitions does not count: the writer was late.",
  ]);
});

Deno.test("notesOf() tells of time differences below zero, and of what was never handled", () => {
  const scenario = withRuns(({ repetition }) => ({ negative: 3, caughtUp: repetition > 1 }));
  assertEquals(notesOf(scenario, results), [
    "loop at 10 writes/s: in 1 of 5 repetitions the newest value was not handled in the end.",
    "loop at 10 writes/s: 15 time differences below zero are in no figure.",
  ]);
});

Deno.test("notesOf() tells of variants that an interruption left out", () => {
  const scenario = exampleScenario("burst");
  const points = scenario.points.map((point) => ({
    ...point,
    variants: point.variants.slice(0, 1),
  }));
  const interrupted = { ...results, interrupted: true };
  assertEquals(notesOf({ ...scenario, points }, interrupted), [
    "The comparison was stopped before all variants were measured here.",
  ]);
});

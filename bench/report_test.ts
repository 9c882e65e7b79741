import { assertEquals, assertStringIncludes } from "@std/assert";
import { problemsWith } from "./budget.ts";
import { REFERENCE } from "./listeners.ts";
import type { Measurement } from "./measurement.ts";
import { FIGURE_NAMES, formatBench, ratioOf, spreadOf } from "./report.ts";

/** A measurement in which everything takes this many times as long as usual. */
function slower(factor: number): Measurement {
  const percentiles = { p50: 200 * factor, p90: 250 * factor, p99: 400 * factor };
  return {
    start: 300 * factor,
    young: percentiles,
    warm: percentiles,
    cpu: 120 * factor,
    saturated: 5000 / factor,
    memory: 80 * factor,
  };
}

const ROUNDS = {
  listener_sync: [slower(2), slower(6), slower(3)],
  [REFERENCE]: [slower(1), slower(2), slower(1)],
};

Deno.test("ratioOf() compares within each round", () => {
  const spread = { median: 3, least: 2, greatest: 3 };
  assertEquals(ratioOf(ROUNDS, "listener_sync", "p50"), spread);
  assertEquals(ratioOf(ROUNDS, "listener_sync", "CPU"), spread);
  assertEquals(ratioOf(ROUNDS, REFERENCE, "p99"), { median: 1, least: 1, greatest: 1 });
});

Deno.test("spreadOf() uses the mean of the two middle values", () => {
  assertEquals(spreadOf([10, 9, 1, 2]), { median: 5.5, least: 1, greatest: 10 });
});

Deno.test("formatBench() has a row for each listener and a column for each figure", () => {
  const text = formatBench(ROUNDS, { median: 80, least: 70, greatest: 90 });
  const [head, , row] = text.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  assertEquals(head, ["", "listener", ...FIGURE_NAMES, ""]);
  assertEquals(row.slice(0, 3), ["", "listener_sync", "3.00 (2.00–3.00)"]);
  assertStringIncludes(text, `1 is ${REFERENCE}: p50 200 µs, p99 400 µs,`);
  assertStringIncludes(text, "A round trip of the probe without a listener takes 80 µs.");
});

Deno.test("problemsWith() names each ratio that exceeds the budget by more than a third, or is missing", () => {
  assertEquals(
    problemsWith(ROUNDS, { listener_sync: { p50: 2.3, CPU: 2.2 }, another: { p50: 1 } }),
    [
      "CPU of listener_sync must be at most 2.93 times that of the reference: got 3.00",
      "another must be measured: select it with --only",
    ],
  );
});

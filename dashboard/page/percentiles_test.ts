import { assertEquals } from "@std/assert";
import type { Figures } from "../protocol.ts";
import { describeCounts, tellableOf } from "./percentiles.js";

Deno.test("tellableOf() leaves out percentiles with too few values", () => {
  assertEquals(tellableOf(figuresOf(0)), [undefined, undefined, undefined, undefined]);
  assertEquals(tellableOf(figuresOf(1)), [50, undefined, undefined, 100]);
  assertEquals(tellableOf(figuresOf(9)), [50, undefined, undefined, 100]);
  assertEquals(tellableOf(figuresOf(10)), [50, 90, undefined, 100]);
  assertEquals(tellableOf(figuresOf(99)), [50, 90, undefined, 100]);
  assertEquals(tellableOf(figuresOf(100)), [50, 90, 99, 100]);
});

Deno.test("describeCounts() returns the number of values, and which percentiles need more", () => {
  assertEquals(describe(0, 0), "no values");
  assertEquals(describe(1, 1), "1 value (p90 needs 10, p99 100)");
  assertEquals(describe(3, 3), "3 values (p90 needs 10, p99 100)");
  assertEquals(describe(12, 12), "12 values (p99 needs 100)");
  assertEquals(describe(1234, 1234), "1,234 values");
});

Deno.test("describeCounts() lists different numbers of values", () => {
  assertEquals(describe(12, 300), "12 and 300 values (p99 needs 100)");
  assertEquals(describe(1, 300), "1 and 300 values (p90 needs 10, p99 100)");
  assertEquals(describe(0, 300), "300 values");
});

function describe(...counts: number[]): string {
  return describeCounts(counts.map(figuresOf)).join("");
}

function figuresOf(count: number): Figures {
  return { count, p50: 50, p90: 90, p99: 99, max: 100 };
}

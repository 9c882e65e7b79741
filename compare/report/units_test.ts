import { assertEquals } from "@std/assert";
import { formatSpread, formatValue } from "./units.ts";

Deno.test("formatValue() chooses the unit after rounding", () => {
  const durations = [0, 0.456, 12.34, 412, 999.4, 999.7, 1500, 999_600, 83_000_000];
  assertEquals(durations.map((micros) => formatValue(micros, "micros")), [
    "0 µs",
    "0.456 µs",
    "12.3 µs",
    "412 µs",
    "999 µs",
    "1 ms",
    "1.5 ms",
    "1 s",
    "83 s",
  ]);
  assertEquals(formatValue(-2300, "micros"), "-2.3 ms");
});

Deno.test("formatValue() takes seconds, bytes, loads and counts", () => {
  assertEquals(formatValue(0.0453, "seconds"), "45.3 ms");
  assertEquals(formatValue(67_108_864, "bytes"), "64 MiB");
  assertEquals(formatValue(1.237, "load"), "124 %");
  assertEquals(formatValue(14_567, "count"), "14,600");
});

Deno.test("formatValue() never writes a part as the whole", () => {
  assertEquals(formatValue(0.99999, "share"), "99.9 %");
  assertEquals(formatValue(1, "share"), "100 %");
  assertEquals(formatValue(0.2346, "share"), "23.5 %");
});

Deno.test("formatSpread() writes the spread in the median's unit", () => {
  assertEquals(
    formatSpread({ median: 1200, least: 980, greatest: 15_670 }, "micros"),
    "1.2 (0.98–15.7) ms",
  );
  assertEquals(formatSpread({ median: 1, least: 0.5, greatest: 1 }, "share"), "100 (50–100) %");
});

Deno.test("formatSpread() leaves out a spread that cannot be seen", () => {
  assertEquals(formatSpread({ median: 412, least: 411.9, greatest: 412.1 }, "micros"), "412 µs");
});

Deno.test("a missing value is a dash", () => {
  assertEquals([formatValue(null, "micros"), formatSpread(null, "share")], ["–", "–"]);
});

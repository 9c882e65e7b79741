import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { MAX_INTERVAL, MIN_INTERVAL, parseInterval } from "./interval.ts";

Deno.test("parseInterval() reads plain decimal numbers, with white space around them", () => {
  for (const [text, seconds] of [["10", 10], ["0.5", 0.5], [".5", 0.5], ["5.", 5], [" 7\n", 7]]) {
    assertEquals(parseInterval(`${text}`), seconds);
  }
});

Deno.test("parseInterval() accepts its limits and nothing beyond them", () => {
  assertEquals(parseInterval("0.001"), MIN_INTERVAL);
  assertEquals(parseInterval("86400"), MAX_INTERVAL);
  assertEquals(parseInterval("0.0009"), undefined);
  assertEquals(parseInterval("86400.1"), undefined);
});

Deno.test("parseInterval() rejects everything else", () => {
  for (
    const text of ["", " ", "soon", "NaN", "Infinity", "-1", "+1", "1e1", "0x10", "1,5", "1 2"]
  ) {
    assertEquals(parseInterval(text), undefined, text);
  }
});

Deno.test("parseInterval() is fast on texts of any length", () => {
  for (const text of ["1".repeat(1e6), "1." + "1".repeat(1e6), "1" + " ".repeat(1e6)]) {
    assertEquals(parseInterval(text + "x"), undefined);
  }
});

Deno.test("parseInterval() never returns a number outside its limits", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.double().map(String)), (text) => {
    const seconds = parseInterval(text) ?? MIN_INTERVAL;
    assertEquals(seconds >= MIN_INTERVAL && seconds <= MAX_INTERVAL, true);
  }));
});

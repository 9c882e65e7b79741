import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { INTERVAL_RULE, parseInterval } from "../../lib/protocol/interval.ts";
import { INTERVAL_PROBLEM, isInterval } from "./interval_rule.js";

Deno.test("isInterval() accepts what the writer accepts, and nothing else", () => {
  const texts = [
    "10",
    ".5",
    "5.",
    " 7\n",
    "0.001",
    "86400",
    "",
    "0",
    "86400.1",
    "1e3",
    "1,5",
    "-1",
  ];
  const number = fc.double({ min: 0, max: 1e5, noNaN: true }).map(String);
  for (const text of texts) assertEquals(isInterval(text), parseInterval(text) !== undefined, text);
  fc.assert(fc.property(fc.oneof(fc.string(), number), (text) => {
    assertEquals(isInterval(text), parseInterval(text) !== undefined);
  }));
});

Deno.test("the error text for an invalid interval contains the writer's rule", () => {
  assertStringIncludes(INTERVAL_PROBLEM, INTERVAL_RULE);
});

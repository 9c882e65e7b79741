import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import { createStamp, formatStamp, isName, parseStamp } from "./stamp.ts";

const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 64 }).filter(isName);
const count = fc.maxSafeNat();

Deno.test("parseStamp() reads back every stamp that formatStamp() writes", () => {
  fc.assert(fc.property(name, count, count, (writer, seq, micros) => {
    const stamp = createStamp(writer, seq, micros);
    assertEquals(parseStamp(formatStamp(stamp)), stamp);
  }));
});

Deno.test("parseStamp() reads back every stamp of the older form", () => {
  fc.assert(fc.property(name, count, (writer, timestamp) => {
    assertEquals(parseStamp(formatStamp({ writer, timestamp })), { writer, timestamp });
  }));
});

Deno.test("parseStamp() accepts only texts that formatStamp() writes", () => {
  const token = fc.oneof(
    fc.constantFrom("w", "seq", "micros", "timestamp", "1", "1000000", "01", "-1", "", "\n"),
    fc.string(),
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(token, { maxLength: 8 }).map((tokens) => tokens.join(" ")),
  );
  fc.assert(
    fc.property(text, (text) => {
      const stamp = parseStamp(text);
      if (stamp) assertEquals(formatStamp(stamp), text);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("parseStamp() reads the example of the older form", () => {
  assertEquals(parseStamp("Python01 timestamp 1725543675"), {
    writer: "Python01",
    timestamp: 1725543675,
  });
});

for (
  const [text, why] of [
    ["", "nothing"],
    ["hello", "one token"],
    ["x".repeat(1e6), "one long token"],
    ["timestamp 5", "no writer"],
    ["my writer timestamp 5", "a writer with a blank"],
    ["w timestamp 5\n", "a line break at the end"],
    ["w timestamp -5", "a negative time"],
    ["w timestamp 5.5", "a fraction"],
    ["w timestamp 9999999999999999", "a timestamp that is not a safe integer"],
    ["w seq 9999999999999999 micros 5 timestamp 0", "a sequence number that is not a safe integer"],
    ["w seq 1 timestamp 5", "micros left out"],
    ["w seq 1 micros 5000000 timestamp 6", "micros and timestamp that contradict each other"],
    ["w seq NaN micros 5000000 timestamp 5", "NaN"],
    ["\u001b[31m timestamp 5", "a writer with a control character"],
  ]
) {
  Deno.test(`parseStamp() rejects ${why}`, () => assertEquals(parseStamp(text), undefined));
}

Deno.test("formatStamp() ends with whole seconds", () => {
  const text = formatStamp(createStamp("writer", 42, 1725543675999999));
  assertEquals(text, "writer seq 42 micros 1725543675999999 timestamp 1725543675");
});

Deno.test("isName() accepts 1 to 64 characters without blanks and controls", () => {
  for (const good of ["w", "listener_sync", "é", "a".repeat(64)]) assert(isName(good), good);
  for (const bad of ["", "a b", "a\n", "\u202e", "a".repeat(65)]) assertFalse(isName(bad), bad);
});

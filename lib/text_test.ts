import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { escapeControls, excerpt } from "./text.ts";

Deno.test("escapeControls() leaves printable text as it is", () => {
  assertEquals(escapeControls("Grüße, 世界 👋"), "Grüße, 世界 👋");
});

Deno.test("escapeControls() escapes all that moves the cursor, breaks lines or reorders text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assertMatch(escapeControls(text), /^[^\p{C}\p{Zl}\p{Zp}]*$/u);
  }));
  assertEquals(escapeControls("\r\n\t\x1b[2J\u202e\u2028"), "\\r\\n\\t\\x1b[2J\\u{202e}\\u{2028}");
});

Deno.test("excerpt() cuts at 80 characters and marks the cut", () => {
  assertEquals(excerpt("x".repeat(80)), "x".repeat(80));
  assertEquals(excerpt("x".repeat(81)), "x".repeat(80) + "…");
  assertEquals(excerpt("\n".repeat(1e6)), "\\n".repeat(40) + "…");
});

Deno.test("excerpt() shows any text on one short line, and cuts no character in half", () => {
  assertEquals(excerpt("a".repeat(79) + "😀bc"), "a".repeat(79) + "😀…");
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 70, maxLength: 200 }), (value) => {
      const text = excerpt(value);
      assertMatch(text, /^[^\p{C}\p{Zl}\p{Zp}]*$/u);
      assert(Array.from(text).length <= 81);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("excerpt() shows any bytes on one short line", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const text = excerpt(bytes);
    assertMatch(text, /^[\x20-\x7e]*…?$/);
    assert(text.length <= 81);
  }));
});

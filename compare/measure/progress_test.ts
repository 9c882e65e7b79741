import { assertEquals, assertStringIncludes } from "@std/assert";
import { ProgressBar } from "./progress.ts";

/** A bar of a hundred seconds, and what it has written. */
function bar(isTerminal: boolean) {
  const shown = { text: "", seconds: 0 };
  const write = (text: string) => void (shown.text += text);
  return { shown, bar: new ProgressBar(100, { isTerminal, write }, () => shown.seconds) };
}

Deno.test("ProgressBar overwrites its line on a terminal, and clears it", () => {
  const { shown, bar: one } = bar(true);
  one.show("first", 0);
  one.show("second", 0.01);
  one.clear();
  const lines = shown.text.split("\r\u001b[K");
  assertEquals(lines.length, 4);
  assertStringIncludes(lines[1], "  0 %, 1:40 left  first");
  assertEquals([lines[0], lines[3]], ["", ""]);
});

Deno.test("ProgressBar writes a line every ten seconds elsewhere", () => {
  const { shown, bar: one } = bar(false);
  for (shown.seconds = 0; shown.seconds < 25; shown.seconds++) one.show("it", 0);
  one.clear();
  assertEquals(shown.text.split("\n").length, 4); // at 0, 10 and 20 seconds, and the text after the last line break
});

Deno.test("ProgressBar trusts the measured speed more, the longer it takes", () => {
  const { shown, bar: one } = bar(true);
  shown.seconds = 150; // three quarters took 150 s: at that speed the last quarter takes 50 s
  one.show("it", 0.75);
  assertStringIncludes(shown.text, " 75 %, 0:44 left");
});

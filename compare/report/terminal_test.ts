import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exampleReport, exampleScenario } from "./_example.ts";
import { SCENARIO_TEXTS } from "./scenario_texts.ts";
import { formatBar, formatForTerminal } from "./terminal.ts";

Deno.test("formatForTerminal() keeps within the width", () => {
  for (const width of [80, 100, 200]) {
    const lines = formatForTerminal(exampleReport(), width).split("\n");
    assertEquals(lines.filter(({ length }) => length > width), []);
  }
});

Deno.test("formatForTerminal() tells of every scenario", () => {
  const report = exampleReport();
  const text = formatForTerminal(report, 1000);
  for (const { name } of report.scenarios) {
    assertStringIncludes(text, `\n${SCENARIO_TEXTS[name].title}\n===`);
  }
});

Deno.test("formatForTerminal() shows the variants at a point against each other", () => {
  const text = formatForTerminal(exampleReport(), 100);
  assertMatch(text, /^20,000 +loop +▏ +1\.3 \(1\.22–1\.37\) ms/m);
  assertMatch(text, /^20,000 +callback +█{12} +184 \(178–198\) ms/m);
});

Deno.test("formatForTerminal() continues a wide table below, each row with what it is about", () => {
  const scenarios = [exampleScenario("rates")];
  const text = formatForTerminal({ ...exampleReport(), scenarios }, 100);
  assertEquals(text.match(/^20,000 +callback /gm)?.length, 3);
});

Deno.test("formatForTerminal() lets nothing from outside command the terminal", () => {
  const conditions = "red \x1b[31m and\r\nlines\u202e";
  const scenarios = [{ ...exampleScenario("burst"), conditions }];
  const text = formatForTerminal({ ...exampleReport(), scenarios }, 100);
  assertStringIncludes(text, "red [31m and lines\n");
  assert(!/[^\P{C}\n]/u.test(text));
});

Deno.test("formatForTerminal() tells why a scenario is left out", () => {
  const skipped = { skipped: "There is one node only.", points: [] };
  const scenarios = [{ ...exampleScenario("replica"), ...skipped }];
  const text = formatForTerminal({ ...exampleReport(), scenarios }, 100);
  assertStringIncludes(text, "====\nLeft out: There is one node only.\n");
});

Deno.test("formatBar() draws eighths", () => {
  assertEquals(formatBar(12, 12), "████████████");
  assertEquals(formatBar(1.5, 12), "█▌");
  assertEquals(formatBar(0.001, 12), "▏");
  assertEquals([formatBar(0, 12), formatBar(0, 0)], ["", ""]);
});

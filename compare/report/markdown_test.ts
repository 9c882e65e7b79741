import fc from "fast-check";
import { Marked } from "npm:marked@^18.2.1";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exampleReport, exampleScenario } from "./_example.ts";
import { escapeHtml, escapeMarkdown, formatMarkdown } from "./markdown.ts";
import type { Results, ScenarioName } from "../results.ts";
import { SCENARIO_TEXTS } from "./scenario_texts.ts";

/** The example with other results. */
function reportWith(results: Partial<Results>): Results {
  return { ...exampleReport(), ...results };
}

Deno.test("formatMarkdown() tells of every scenario, in order, each with picture and table", () => {
  const report = exampleReport();
  const [, ...sections] = formatMarkdown(report).split(/^(?=## )/m);
  const about = sections.slice(1, -1);
  assertEquals(about.length, report.scenarios.length);
  for (const [index, { name }] of report.scenarios.entries()) {
    assertStringIncludes(about[index], `## ${SCENARIO_TEXTS[name].title}\n`);
    assertStringIncludes(about[index], `srcset="pictures/${name}-dark.svg"`);
    assertStringIncludes(about[index], `src="pictures/${name}.svg"`);
    assertMatch(about[index], /^\| -+ \| -+ \| -+: \|/m);
  }
});

Deno.test("formatMarkdown() begins with when it was measured", () => {
  const markdown = formatMarkdown(exampleReport());
  assertMatch(
    markdown,
    /^# .+\n\nMeasured on 2026-03-14 09:26 UTC, in 91 minutes, every point 5 times/,
  );
});

Deno.test("formatMarkdown() says on top what makes a report worth less", () => {
  const [top] = formatMarkdown(reportWith({ interrupted: true, quick: true })).split("## ");
  assertStringIncludes(top, "> **Note:** It was interrupted before its end");
  assertStringIncludes(top, "> **Note:** This is the quick form");
  assertEquals(formatMarkdown(exampleReport()).includes("**Note:**"), false);
});

Deno.test("formatMarkdown() tells why a scenario is left out", () => {
  const skipped = { skipped: "There is one node only.", points: [] };
  const scenarios = [{ ...exampleScenario("replica"), ...skipped }];
  const markdown = formatMarkdown(reportWith({ scenarios }));
  assertStringIncludes(markdown, "Left out: There is one node only.\n");
  assertEquals(markdown.includes("pictures/"), false);
});

Deno.test("formatMarkdown() takes a report in which nothing was measured", () => {
  const names: ScenarioName[] = ["rates", "burst"];
  const scenarios = names.map((name) => ({ ...exampleScenario(name), points: [] }));
  const report = reportWith({ scenarios, clock: null, servers: [], settings: {} });
  const markdown = formatMarkdown(report);
  assertEquals(markdown.match(/^Not measured\.$/gm)?.length, 2);
  assertStringIncludes(markdown, "How far the clocks are apart was not measured.");
});

Deno.test("escapeMarkdown() lets any text be read as it is, in sentences, lists and tables", () => {
  const marked = new Marked();
  const special = fc.constantFrom(
    ..."\\`*_[]()<>|~&#$!@:-+=.1a \n",
    "http://",
    "www.",
    "a@b.de",
    "&amp;",
  );
  const texts = fc.oneof(fc.string(), fc.string({ unit: special }));
  fc.assert(
    fc.property(texts, (text) => {
      const expected = escapeHtml(text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim());
      const escaped = escapeMarkdown(text);
      if (expected === "") return;
      const paragraph = marked.parse(escaped, { async: false });
      assertEquals(paragraph, `<p>${expected}</p>\n`);
      const table = marked.parse(`| a |\n| - |\n| ${escaped} |\n`, { async: false });
      assertStringIncludes(table, `<td>${expected}</td>`);
      const list = marked.parse(`- ${escaped}`, { async: false });
      assertEquals(list, `<ul>\n<li>${expected}</li>\n</ul>\n`);
    }),
    { numRuns: 1000 },
  );
});

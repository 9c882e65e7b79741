import { assert, assertEquals } from "@std/assert";
import type { Page } from "../browser.ts";
import { testInBrowser } from "../browser.ts";
import { exampleSnapshot, exampleState, exampleUpdate } from "./example.ts";
import { PageServer } from "./server.ts";
import { textOf, untilText, visit } from "./visiting.ts";
import type { ListenerState } from "../../dashboard/protocol.ts";

/** A desk, a phone, and a narrow one. */
const WIDTHS = [1280, 360, 320];

testInBrowser("percentiles appear with enough values", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "caption", /; 300 values since (\S+ )?\d\d:\d\d:\d\d$/);
    const expected: readonly [number, RegExp, string][] = [
      [0, /; no values since [^(]*$/, "Loop: read––––"],
      [3, /; 3 values since .* \(p90 needs 10, p99 100\)$/, "Loop: read1.24 ms––6.45 ms"],
      [12, /; 12 values since .* \(p99 needs 100\)$/, "Loop: read1.24 ms1.8 ms–6.45 ms"],
      [100, /; 100 values since [^(]*$/, "Loop: read1.24 ms1.8 ms2.85 ms6.45 ms"],
    ];
    for (const [count, caption, row] of expected) {
      server.push(exampleUpdate(301, { listeners: listenersWith(count) }));
      await untilText(page, "caption", caption);
      assertEquals(await textOf(page, "#figures tbody tr"), row);
    }
  });
});

testInBrowser("a bar ends at the last percentile that is shown", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#seq", /^#300$/);
    const [widths, marks] = [[] as number[], [] as string[]];
    for (const count of [3, 12, 100]) {
      server.push(exampleUpdate(301, { listeners: listenersWith(count) }));
      await untilText(page, "caption", new RegExp(`; ${count} values`));
      widths.push(await widthOf(page, "tbody .bar"));
      marks.push(await visibilityOf(page, "tbody .mark"));
    }
    const [none, toP90, toP99] = widths;
    assert(none < 5 && toP90 > 20 && toP99 > toP90 + 20, `the bar is ${widths} wide`);
    assertEquals(marks, ["hidden", "visible", "visible"]);
    server.push(exampleUpdate(302, { listeners: listenersWith(0) }));
    await untilText(page, "caption", /; no values/);
    assertEquals(await visibilityOf(page, "tbody .bar"), "hidden");
    assertEquals(await visibilityOf(page, "tbody .mark"), "hidden");
  });
});

testInBrowser("the bars' legend is between the names of the columns", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  for (const width of WIDTHS) {
    await visit(browser, server, async (page) => {
      await untilText(page, "#figures thead", /^p50p90p99max$/);
      const edges = await page.evaluate<number[]>(`(() => {
        const range = document.createRange();
        const heads = document.querySelectorAll("#figures thead th");
        return [...heads].flatMap(({ childNodes }) => [...childNodes]).flatMap((node) => {
          range.selectNode(node);
          const { left, right } = range.getBoundingClientRect();
          return [left, right];
        });
      })()`);
      assertEquals(edges.length, 14); // four names, and three parts
      assertEquals(edges, edges.toSorted((a, b) => a - b), "they overlap");
      assert(await widthOf(page, "thead .range") > 8, "a part is too small to be seen");
    }, { viewport: { width, height: 800 } });
  }
});

testInBrowser("lines on which places are compared have the same length", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  for (const width of WIDTHS) {
    await visit(browser, server, async (page) => {
      await untilText(page, "#seq", /^#300$/);
      const lines = await page.evaluate<string[]>(
        `[...document.querySelectorAll("#waterfall .rail, tbody .rail")].map((rail) => {
          const { left, width } = rail.getBoundingClientRect();
          return rail.closest("#waterfall, #figures").id + " " + left + " " + width;
        })`,
      );
      assertEquals(lines.length, 5 + 4);
      assertEquals(new Set(lines).size, 2, `they are ${lines}`);
    }, { viewport: { width, height: 800 } });
  }
});

/** The listeners of the example, with so many values each. */
function listenersWith(count: number): ListenerState[] {
  return exampleState(301).listeners.map((listener) => ({
    ...listener,
    difference: { ...listener.difference, count },
    roundTrip: { ...listener.roundTrip, count },
  }));
}

/** The visibility of the first such element: `visible` or `hidden`. */
async function visibilityOf(page: Page, selector: string): Promise<string> {
  return await page.evaluate(`getComputedStyle(document.querySelector("${selector}")).visibility`);
}

/** The width of the first such element, in pixels. */
async function widthOf(page: Page, selector: string): Promise<number> {
  return (await page.locator(selector).first().boundingBox())?.width ?? 0;
}

import { assert, assertEquals } from "@std/assert";
import type { Page } from "../browser.ts";
import { testInBrowser } from "../browser.ts";
import { exampleSnapshot, exampleState, exampleUpdate } from "./example.ts";
import { PageServer } from "./server.ts";
import { untilText, untilTrue, visit } from "./visiting.ts";
import type { State } from "../../dashboard/protocol.ts";

/** Counts the pulses on the mesh from now on. */
const COUNT_PULSES = `(() => {
  window.pulses = 0;
  const isPulse = (node) => node.classList?.contains("pulse");
  new MutationObserver((records) => {
    for (const { addedNodes } of records) window.pulses += [...addedNodes].filter(isPulse).length;
  }).observe(document.querySelector("#mesh"), { childList: true, subtree: true });
})()`;

/** Whether nothing moves. */
const IS_STILL = `document.querySelectorAll(".pulse").length === 0`;

testInBrowser("a write's path is animated once", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await watchPulses(page);
    server.push(exampleUpdate(301));
    await untilTrue(page, `window.pulses === 5 && ${IS_STILL}`);
    assertEquals(await marked(page), 5);
    for (let i = 0; i < 5; i++) server.push({ ...exampleUpdate(301), feed: [], seconds: {} });
    server.push(exampleUpdate(302));
    await untilTrue(page, `window.pulses >= 10 && ${IS_STILL}`);
    assertEquals(await page.evaluate("window.pulses"), 10);
  });
});

testInBrowser("a path that arrives in parts is animated part by part", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await watchPulses(page);
    const { writer, listeners } = exampleState(301);
    const silent = listeners.map((listener) => ({ ...listener, last: undefined }));
    const parts: Partial<State>[] = [
      { writer: until(writer, 1), listeners: silent },
      { writer: until(writer, 2), listeners: silent },
      { writer, listeners: silent },
      { writer, listeners },
    ];
    for (const [i, pulses] of [1, 2, 3, 5].entries()) {
      server.push(exampleUpdate(301, parts[i]));
      await untilTrue(page, `window.pulses === ${pulses} && ${IS_STILL}`);
      assertEquals(await marked(page), pulses);
    }
  });
});

testInBrowser("of many writes, only the newest are animated, one at a time", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await watchPulses(page);
    for (let seq = 301; seq <= 400; seq++) server.push(exampleUpdate(seq));
    await untilText(page, "#seq", /^#400$/);
    await untilTrue(page, `window.pulses >= 5 && ${IS_STILL}`);
    const pulses = await page.evaluate<number>("window.pulses");
    assert(pulses % 5 === 0 && pulses <= 25, `there were ${pulses} pulses`);
  });
});

testInBrowser("nothing moves if people prefer reduced motion", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await watchPulses(page);
    server.push(exampleUpdate(301));
    await untilText(page, "#seq", /^#301$/);
    assertEquals(await marked(page), 5);
    assertEquals(await page.evaluate("window.pulses"), 0);
    assertEquals(await page.evaluate("document.getAnimations().length"), 0);
  }, { reducedMotion: "reduce" });
});

async function watchPulses(page: Page): Promise<void> {
  await untilText(page, "#seq", /^#300$/);
  await untilTrue(page, `${IS_STILL} && document.querySelectorAll(${MARKED}).length === 5`);
  await page.evaluate(COUNT_PULSES);
}

const MARKED = `".edge[data-marked=true]"`;

/** How many lines are marked as the write's path. */
async function marked(page: Page): Promise<number> {
  return await page.evaluate(`document.querySelectorAll(${MARKED}).length`);
}

/** The writer, with a last write that so many nodes have announced. */
function until(writer: State["writer"], nodes: number): State["writer"] {
  return { ...writer, last: { ...writer.last!, path: writer.last!.path.slice(0, nodes) } };
}

import { assertEquals, assertMatch } from "@std/assert";
import type { Page } from "../browser.ts";
import { testInBrowser } from "../browser.ts";
import { until } from "../../cluster/waiting.ts";
import { exampleSnapshot, exampleUpdate } from "./example.ts";
import { type Manner, PageServer } from "./server.ts";
import { assertIsAccessible, textOf, untilText, untilTrue, visit } from "./visiting.ts";

/** The page's text about a lost server. */
const LOST =
  /^✕ Connection lost at \d\d:\d\d:\d\d \(\d+(\.\d)? s ago\), reconnecting: all states are unknown$/;

/** The browser's messages about a failed request. */
const FAILED = /Failed to load resource|ERR_INCOMPLETE_CHUNKED_ENCODING/;

/** The ways to lose a server: what the server does, how it treats new streams, and what happens to the stream. */
const LOSSES: readonly [string, Manner, (server: PageServer) => void][] = [
  ["closes the stream", "refuse", (server) => server.close()],
  ["falls silent", "hang", () => {}],
  ["closes the stream, and then stays silent", "hang", (server) => server.close()],
];

for (const [what, manner, lose] of LOSSES) {
  testInBrowser(`the page shows that the server ${what}, and recovers`, async (browser) => {
    await using server = new PageServer(exampleSnapshot(300));
    await visit(browser, server, async (page) => {
      await untilText(page, "#seq", /^#300$/);
      server.push(exampleUpdate(301));
      await untilText(page, "#seq", /^#301$/);
      server.manner = manner;
      lose(server);
      await assertIsLost(page);
      await until(() => server.asked.length > 2, "the page to try more than once", 20_000);
      assertEquals(server.asked.slice(0, 3), [null, "1-1", "1-1"]);
      server.snapshot = exampleSnapshot(310);
      server.manner = "stream";
      server.close();
      await untilText(page, "#seq", /^#310$/);
      await assertIsLive(page);
      await untilText(page, "#told-connection", /Reconnected/);
    }, { expected: FAILED });
  });
}

testInBrowser("the page shows that there is no server from the start", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  server.manner = "refuse";
  await visit(browser, server, async (page) => {
    await untilText(
      page,
      "#health-line",
      /^✕ No answer from the dashboard since .*, trying again$/,
    );
    server.manner = "stream";
    await untilText(page, "#seq", /^#300$/);
    await assertIsLive(page);
  }, { expected: FAILED });
});

testInBrowser("a paused feed stays unchanged when another server answers", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#seq", /^#300$/);
    await page.getByRole("button", { name: "Pause" }).click();
    const shown = await textOf(page, "#feed");
    server.snapshot = { ...exampleSnapshot(3), lines: {} };
    server.restart();
    await untilText(page, "#seq", /^#3$/);
    assertEquals(await textOf(page, "#feed"), shown);
    await page.getByRole("button", { name: /Resume/ }).click();
    assertMatch(await textOf(page, "#feed li"), /#3/);
  }, { expected: FAILED });
});

testInBrowser("the page forgets everything when another server answers", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#seq", /^#300$/);
    assertEquals(await page.locator("#feed li").count(), 100);
    server.snapshot = { ...exampleSnapshot(3), lines: {} };
    server.restart();
    await untilText(page, "#seq", /^#3$/);
    assertEquals(await page.locator("#feed li").count(), 15);
    await untilTrue(page, `document.querySelector(".plot").ariaLabel.endsWith("no values.")`);
    server.push(exampleUpdate(4));
    await untilText(page, "#seq", /^#4$/);
    assertEquals(server.asked, [null, "1-0"]);
  });
});

testInBrowser(
  "all states are unknown while the server is lost, and ages grow",
  async (browser) => {
    await using server = new PageServer(exampleSnapshot(300));
    await visit(browser, server, async (page) => {
      await untilText(page, "#age", /^0\.\d s ago$/);
      server.manner = "refuse";
      server.close();
      await assertIsLost(page);
      assertEquals(await page.locator('#mesh .box[data-status="unknown"]').count(), 6);
      assertEquals(await page.locator('#mesh .link[data-status="unknown"]').count(), 6);
      for (const text of await page.locator("article .presence").allTextContents()) {
        assertMatch(text, /^\? unknown since .*\d\d:\d\d:\d\d \(/);
      }
      assertMatch(await textOf(page, "#interval-current"), /a write every \? s/);
      const description = await page.getAttribute("#mesh svg", "aria-label");
      assertMatch(
        description!,
        /0 of 3 nodes up \(3 unknown\), .*, writer unknown, .*last known write/,
      );
      await untilText(page, "#age", /^[2-9]\.\d s ago, last known$/);
      await assertIsAccessible(page);
      server.manner = "stream";
      await untilText(page, "#connection", /^● Page live$/);
      await untilText(page, "#problems", /^$/);
      assertEquals(await page.locator('#mesh .box[data-status="unknown"]').count(), 0);
    }, { expected: FAILED, bypassCSP: true });
  },
);

testInBrowser(
  "the title shows that the server is lost, also of a hidden page",
  async (browser) => {
    await using server = new PageServer(exampleSnapshot(300));
    await visit(browser, server, async (page) => {
      await untilText(page, "#seq", /^#300$/);
      await page.evaluate("window.requestAnimationFrame = () => 0"); // like a hidden page
      server.manner = "refuse";
      server.close();
      await untilTrue(page, `document.title.startsWith("✕ Lost")`);
      server.manner = "stream";
      await untilTrue(page, `document.title === "KeyDB observable pattern"`);
    }, { expected: FAILED });
  },
);

async function assertIsLost(page: Page): Promise<void> {
  await untilText(page, "#connection", /^✕ Lost$/);
  await untilText(page, "#health-line", LOST);
  assertMatch(await page.title(), /^✕ Lost – /);
  assertEquals(await page.getAttribute("html", "data-connection"), "lost");
  await untilText(page, "#told-connection", /Lost the connection to the dashboard/);
}

async function assertIsLive(page: Page): Promise<void> {
  await untilText(page, "#connection", /^● Page live$/);
  assertEquals(await page.title(), "KeyDB observable pattern");
  assertEquals(await page.getAttribute("html", "data-connection"), "live");
}

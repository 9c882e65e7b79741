import { assertEquals, assertMatch } from "@std/assert";
import type { Page } from "../browser.ts";
import { testInBrowser } from "../browser.ts";
import { exampleSnapshot, exampleUpdate } from "./example.ts";
import { PageServer } from "./server.ts";
import { textOf, untilText, untilTrue, visit } from "./visiting.ts";

/** The browser's message about a refused request. */
const REFUSED = /Failed to load resource/;

testInBrowser("the interval is set, and shown when it has changed", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#interval-current", /^a write every 1 s$/);
    assertEquals(await page.inputValue("#seconds"), "1");
    assertEquals(await page.isVisible("#token"), false);
    await submit(page, " .25 ");
    await untilText(page, "#interval-done", /^Set to \.25 s$/);
    assertEquals(server.intervals, [{ authorization: null, body: { seconds: " .25 " } }]);
    server.push(exampleUpdate(301, { interval: { seconds: 0.25 } }));
    await untilText(page, "#interval-current", /^a write every 0\.25 s$/);
    assertEquals(await page.inputValue("#seconds"), "0.25");
    assertEquals(await textOf(page, "#interval-done"), "Set to .25 s");
    server.push(exampleUpdate(302, { interval: { seconds: 2 } })); // it was changed elsewhere
    await untilText(page, "#interval-current", /^a write every 2 s$/);
    assertEquals(await page.inputValue("#seconds"), "2");
    assertEquals(await textOf(page, "#interval-done"), "");
  });
});

testInBrowser("a typed interval stays, whatever update comes", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#seq", /^#300$/);
    await page.fill("#seconds", "7");
    await page.locator("#seconds").blur();
    server.push(exampleUpdate(301, { interval: { problem: `"soon" is no number` } }));
    await untilText(page, "#interval-current", /^⚠ "soon" is no number$/);
    assertEquals(await page.inputValue("#seconds"), "7");
  });
});

testInBrowser("an invalid interval is reported beside the field, and not sent", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#seq", /^#300$/);
    for (const text of ["soon", "", "0", "1e3", "86401"]) {
      await submit(page, text);
      await untilText(
        page,
        "#interval-problem",
        /^update_interval must be a number of seconds from 0\.001 to 86400$/,
      );
      assertEquals(await page.getAttribute("#seconds", "aria-invalid"), "true");
      assertMatch(
        await page.getAttribute("#seconds", "aria-describedby") ?? "",
        /interval-problem/,
      );
      await untilTrue(page, `document.activeElement.id === "seconds"`);
      await page.fill("#seconds", "5");
      assertEquals(await textOf(page, "#interval-problem"), "");
      assertEquals(await page.getAttribute("#seconds", "aria-invalid"), "false");
    }
    assertEquals(server.intervals, []);
  });
});

testInBrowser("the server's objection is shown beside the field", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#seq", /^#300$/);
    server.answer = { status: 503, problem: "Cannot set update_interval: <b>no server</b>" };
    await submit(page, "5");
    await untilText(page, "#interval-problem", /^Cannot set update_interval: <b>no server<\/b>$/);
    server.answer = { status: 502 };
    await submit(page, "5");
    await untilText(page, "#interval-problem", /^The dashboard answered 502$/);
    server.answer = { status: 204 };
    await submit(page, "5");
    await untilText(page, "#interval-done", /^Set to 5 s$/);
    assertEquals(await textOf(page, "#interval-problem"), "");
  }, { expected: REFUSED });
});

testInBrowser("a token is requested if it is needed, and never stored", async (browser) => {
  const { state, ...rest } = exampleSnapshot(300);
  await using server = new PageServer({ ...rest, state: { ...state, needsToken: true } });
  await visit(browser, server, async (page) => {
    await untilTrue(page, `document.querySelector("#token").checkVisibility()`);
    server.answer = { status: 401, problem: "This needs the token" };
    await submit(page, "5");
    await untilText(page, "#interval-problem", /^This needs the token$/);
    assertEquals(await page.getAttribute("#token", "aria-invalid"), "true");
    assertEquals(await page.getAttribute("#seconds", "aria-invalid"), "false");
    await untilTrue(page, `document.activeElement.id === "token"`);
    server.answer = { status: 204 };
    await page.fill("#token", "s3cret");
    await page.keyboard.press("Enter");
    await untilText(page, "#interval-done", /^Set to 5 s$/);
    assertEquals(server.intervals.map(({ authorization }) => authorization), [
      null,
      "Bearer s3cret",
    ]);
    const kept = await page.evaluate<string>(
      "JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])",
    );
    assertEquals(kept, '["",{},{}]');
  }, { expected: REFUSED });
});

async function submit(page: Page, text: string): Promise<void> {
  await page.fill("#seconds", text);
  await page.getByRole("button", { name: "Set" }).click();
}

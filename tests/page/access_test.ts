import { assert, assertEquals } from "@std/assert";
import type { BrowserContextOptions } from "../browser.ts";
import { testInBrowser } from "../browser.ts";
import { exampleLoss, exampleSnapshot, exampleUpdate } from "./example.ts";
import { PageServer } from "./server.ts";
import { assertIsAccessible, untilText, untilTrue, visit } from "./visiting.ts";

const PHONE = { viewport: { width: 390, height: 844 } };

/** The ways in which people see the page. */
const VIEWS: readonly [string, BrowserContextOptions][] = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["on a phone", { ...PHONE, colorScheme: "light" }],
  ["dark, on a phone", { ...PHONE, colorScheme: "dark" }],
  ["in forced colors", { forcedColors: "active" }],
];

for (const [how, options] of VIEWS) {
  testInBrowser(`axe finds nothing wrong with the page, ${how}`, async (browser) => {
    const { state, ...rest } = exampleSnapshot(300);
    await using server = new PageServer({ ...rest, state: { ...state, needsToken: true } });
    await visit(browser, server, async (page) => {
      await untilText(page, "#seq", /^#300$/);
      await assertIsAccessible(page);
      await page.getByRole("button", { name: "Pause" }).click();
      await page.fill("#seconds", "soon");
      await page.keyboard.press("Enter");
      server.push({ ...exampleUpdate(301), state: exampleLoss(301) });
      await untilText(page, "#problems", /is gone/);
      await assertIsAccessible(page);
      server.manner = "refuse";
      server.close();
      await untilText(page, "#connection", /Lost/);
      await assertIsAccessible(page);
    }, { ...options, reducedMotion: "reduce", bypassCSP: true, expected: /Failed to load/ });
  });
}

testInBrowser(
  "every control can be reached and used with the keyboard",
  async (browser) => {
    await using server = new PageServer(exampleSnapshot(300));
    await visit(browser, server, async (page) => {
      await untilText(page, "#seq", /^#300$/);
      const reached = [];
      for (let i = 0; i < 16; i++) {
        await page.keyboard.press("Tab");
        reached.push(
          await page.evaluate<string>(
            "document.activeElement.id || document.activeElement.value || document.activeElement.role || document.activeElement.textContent",
          ),
        );
      }
      assertEquals(reached.map((name) => name.trim()), [
        ...["● All is well: 3 nodes, writer, 2 listeners", "chart", "choice", "seconds", "Set"],
        ...["0.05", "0.1", "1", "10", "log", "pause", "write", "read", "handshake", "log"],
        "What the words mean",
      ]);
      await page.locator("#pause").focus();
      await page.keyboard.press("Space");
      await untilText(page, "#pause", /^Resume/);
      await page.keyboard.press("Enter");
      await untilText(page, "#pause", /^Pause$/);
      await page.locator("#seconds").focus();
      await page.keyboard.press("Control+A");
      await page.keyboard.type("0.5");
      await page.keyboard.press("Enter");
      await untilText(page, "#interval-done", /^Set to 0\.5 s$/);
    });
  },
);

testInBrowser("the page does not scroll sideways on a phone", async (browser) => {
  for (const width of [390, 320]) {
    await using server = new PageServer(exampleSnapshot(300));
    await visit(browser, server, async (page) => {
      await untilText(page, "#seq", /^#300$/);
      server.push({ ...exampleUpdate(301), state: exampleLoss(301) });
      await untilText(page, "#problems", /is gone/);
      const beyond = await page.evaluate<string[]>(
        `[...document.querySelectorAll("main *")].filter((element) =>
          element.getBoundingClientRect().right > ${width}).map(({ outerHTML }) => outerHTML.slice(0, 100))`,
      );
      assertEquals(beyond, []);
      assertEquals(await page.evaluate("document.documentElement.scrollWidth"), width);
    }, { viewport: { width, height: 844 } });
  }
});

testInBrowser("statuses are shown in words, also in forced colors", async (browser) => {
  await using server = new PageServer({ ...exampleSnapshot(300), state: exampleLoss(300) });
  await visit(browser, server, async (page) => {
    await untilText(page, "#mesh", /node 3 ✕ down/);
    await untilTrue(page, `document.querySelectorAll("#mesh .edge text").length > 0`);
    const texts = await page.locator("#mesh text:visible").allTextContents();
    for (const text of ["✕ down", "node 1 ● up", "● here"]) {
      assert(texts.includes(text), `no box or line says ${text}`);
    }
    const [fill, ground] = await page.evaluate<string[]>(`[
      getComputedStyle(document.querySelector("#mesh text")).fill,
      getComputedStyle(document.querySelector("#mesh rect")).fill,
    ]`);
    assert(fill !== ground, `text and ground are both ${fill}`);
  }, { forcedColors: "active" });
});

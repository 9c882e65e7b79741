import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Browser, BrowserContextOptions, Page } from "../../tests/browser.ts";
import { testInBrowser } from "../../tests/browser.ts";
import { exampleReport } from "./_example.ts";
import { assertPicturesAreDrawn, findPictures, openPage } from "../../tests/page/report_page.ts";
import { formatPage } from "./page.ts";

const PICTURES = 3;

Deno.test("formatPage() loads and runs nothing", () => {
  const page = formatPage(exampleReport());
  assertStringIncludes(page, "default-src 'none'; style-src 'unsafe-inline'");
  assertEquals(page.match(/<script|<link|<iframe|<img|\son\w+=|@import|url\((?!#)/gi), null);
  const addresses = page.match(/https?:\/\/[^"\s<]+/g) ?? [];
  const namespaces = ["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"];
  assertEquals(addresses.filter((address) => !namespaces.includes(address)), []);
});

Deno.test("formatPage() has every id once", () => {
  const ids = Array.from(formatPage(exampleReport()).matchAll(/\sid="([^"]*)"/g), ([, id]) => id);
  assertEquals(ids.length, new Set(ids).size);
});

Deno.test("formatPage() escapes names and settings", () => {
  const results = exampleReport();
  const evil = `<img src=x onerror="alert(1)">|**b** [a](javascript:1)`;
  const machine = { ...results.machine, cpu: evil };
  const servers = results.servers.map((server) => ({ ...server, name: evil, version: evil }));
  const changed = { ...results, machine, servers, settings: { [evil]: evil }, command: evil };
  const page = formatPage(changed);
  assertEquals(page.match(/<img|<a |<b>|<strong>b/g), null);
  assertStringIncludes(
    page,
    "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;|**b** [a](javascript:1)",
  );
});

testInBrowser("the page shows each picture once, light and dark", async (browser) => {
  for (const colorScheme of ["light", "dark"] as const) {
    const seen = await visit(browser, { colorScheme }, findPictures);
    assertPicturesAreDrawn(seen, colorScheme, PICTURES);
  }
});

testInBrowser("the page prints the light pictures", async (browser) => {
  const seen = await visit(browser, { colorScheme: "dark" }, async (page) => {
    await page.emulateMedia({ media: "print" });
    return await findPictures(page);
  });
  assertPicturesAreDrawn(seen, "light", PICTURES);
});

testInBrowser("the page does not scroll sideways on a phone", async (browser) => {
  const viewport = { width: 390, height: 844 };
  await visit(browser, { viewport }, async (page) => {
    const width = await page.evaluate("document.documentElement.scrollWidth");
    assertEquals(width, viewport.width);
    const overflows = await page.evaluate(
      `[...document.querySelectorAll(".scroll")].some((box) => box.scrollWidth > box.clientWidth)`,
    );
    assert(overflows, "wide tables should scroll by themselves");
  });
});

testInBrowser("the page describes its pictures in words", async (browser) => {
  await visit(browser, {}, async (page) => {
    const figures = await page.getByRole("img").all();
    assertEquals(figures.length, PICTURES);
    for (const figure of figures) {
      assertMatch(await figure.getAttribute("aria-label") ?? "", /\. The figures are in/);
    }
  });
});

/** Opens the page of the example. */
async function visit<T>(
  browser: Browser,
  options: BrowserContextOptions,
  look: (page: Page) => Promise<T>,
): Promise<T> {
  const dir = await Deno.makeTempDir();
  try {
    const file = join(dir, "report.html");
    await Deno.writeTextFile(file, formatPage(exampleReport()));
    return await openPage(browser, file, options, look);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

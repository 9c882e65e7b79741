import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { testInBrowser } from "../local/browser.ts";
import { exampleReport } from "./_example.ts";
import { formatPage } from "./page.ts";

const SCENARIOS = 8;

/** What is to be seen of a picture. */
interface Seen {
  readonly theme: string;
  readonly width: number;
  readonly height: number;
  readonly paths: number;
  readonly texts: readonly string[];
  /** Texts that reach over the picture's edge. */
  readonly clipped: readonly string[];
}

/** Runs in the page: the pictures that are shown. */
const FIND_PICTURES = `[...document.querySelectorAll("figure svg")].map((svg) => {
  const { left, right, top, bottom, width, height } = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll("text")];
  const isClipped = (text) => {
    const box = text.getBoundingClientRect();
    return box.left < left || box.right > right || box.top < top || box.bottom > bottom;
  };
  return {
    theme: svg.parentElement.className.replace("picture ", ""),
    width,
    height,
    paths: svg.querySelectorAll("path").length,
    texts: texts.map((text) => text.textContent),
    clipped: texts.filter(isClipped).map((text) => text.textContent),
  };
}).filter(({ width, height }) => width > 0 && height > 0)`;

Deno.test("formatPage() loads and runs nothing", () => {
  const page = formatPage(exampleReport());
  assertStringIncludes(page, "default-src 'none'; style-src 'unsafe-inline'");
  assertEquals(page.match(/<script|<link|<iframe|<img|\son\w+=|@import|url\((?!#)/gi), null);
  const addresses = page.match(/https?:\/\/[^"\s<]+/g) ?? [];
  const namespaces = ["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"];
  assertEquals(addresses.filter((address) => !namespaces.includes(address)), []);
});

Deno.test("formatPage() gives every id once", () => {
  const ids = Array.from(formatPage(exampleReport()).matchAll(/\sid="([^"]*)"/g), ([, id]) => id);
  assertEquals(ids.length, new Set(ids).size);
});

Deno.test("formatPage() shows what comes from outside as text", () => {
  const { results, ...rest } = exampleReport();
  const evil = `<img src=x onerror="alert(1)">|**b** [a](javascript:1)`;
  const machine = { ...results.machine, cpu: evil };
  const servers = results.servers.map((server) => ({ ...server, name: evil, version: evil }));
  const scenarios = results.scenarios.map((scenario) => ({ ...scenario, conditions: evil }));
  const settings = { [evil]: evil };
  const changed = { ...results, machine, servers, settings, scenarios, command: evil };
  const page = formatPage({ ...rest, results: changed });
  assertEquals(page.match(/<img|<a |<b>|<strong>b/g), null);
  assertStringIncludes(
    page,
    "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;|**b** [a](javascript:1)",
  );
});

testInBrowser("the page shows each picture once, light and dark", async (browser) => {
  for (const colorScheme of ["light", "dark"] as const) {
    const seen = await visit(browser, { colorScheme }, findPictures);
    assertPicturesAreDrawn(seen, colorScheme);
  }
});

testInBrowser("the page prints the light pictures", async (browser) => {
  const seen = await visit(browser, { colorScheme: "dark" }, async (page) => {
    await page.emulateMedia({ media: "print" });
    return await findPictures(page);
  });
  assertPicturesAreDrawn(seen, "light");
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

testInBrowser("the page tells in words what its pictures show", async (browser) => {
  await visit(browser, {}, async (page) => {
    const figures = await page.getByRole("img").all();
    assertEquals(figures.length, SCENARIOS);
    for (const figure of figures) {
      assertMatch(await figure.getAttribute("aria-label") ?? "", /\? .+ The figures are in/);
    }
  });
});

/** Opens the page of the example, and asserts that the browser finds no fault with it. */
async function visit<T>(
  browser: Browser,
  options: BrowserContextOptions,
  look: (page: Page) => Promise<T>,
): Promise<T> {
  const dir = await Deno.makeTempDir();
  try {
    const file = join(dir, "report.html");
    await Deno.writeTextFile(file, formatPage(exampleReport()));
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(file).href);
    const found = await look(page);
    await context.close();
    assertEquals(complaints, []);
    return found;
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function findPictures(page: Page): Promise<Seen[]> {
  return await page.evaluate(FIND_PICTURES);
}

function assertPicturesAreDrawn(seen: readonly Seen[], theme: string): void {
  assertEquals(seen.map((picture) => picture.theme), Array(SCENARIOS).fill(theme));
  for (const { width, height, paths, texts, clipped } of seen) {
    assert(width > 500 && height > 100, `a picture of ${width} × ${height} pixels is too small`);
    assert(paths > 3, `a picture has only ${paths} paths`);
    assert(texts.length > 5, `a picture says only ${texts.join(", ")}`);
    assertEquals(clipped, []);
  }
}

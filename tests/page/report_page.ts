/** Shared parts of the tests of a report's page: open it in a browser, and look at its pictures. */

import { pathToFileURL } from "node:url";
import { assert, assertEquals } from "@std/assert";
import type { Browser, BrowserContextOptions, Page } from "../browser.ts";

/** What is visible of a picture. */
export interface Seen {
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

/** Opens a page, looks at it, and asserts that the browser reports no errors. */
export async function openPage<T>(
  browser: Browser,
  file: string,
  options: BrowserContextOptions,
  look: (page: Page) => Promise<T>,
): Promise<T> {
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
}

/** Finds the pictures that are shown. */
export async function findPictures(page: Page): Promise<Seen[]> {
  return await page.evaluate(FIND_PICTURES);
}

/** Asserts that there are so many pictures, all of one theme, with enough content. */
export function assertPicturesAreDrawn(seen: readonly Seen[], theme: string, count: number): void {
  assertEquals(seen.map((picture) => picture.theme), Array(count).fill(theme));
  for (const { width, height, paths, texts, clipped } of seen) {
    assert(width > 500 && height > 100, `a picture of ${width} × ${height} pixels is too small`);
    assert(paths > 3, `a picture has only ${paths} paths`);
    assert(texts.length > 5, `a picture has only the texts ${texts.join(", ")}`);
    assertEquals(clipped, []);
  }
}

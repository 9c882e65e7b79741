/** The browser for tests of pages: one that is installed. */

import { type Browser, chromium } from "npm:playwright-core@^1.65.1";

export type { Browser, BrowserContextOptions, Page } from "npm:playwright-core@^1.65.1";
import { canRun, findProgram, type Need, testWith } from "./programs.ts";

/** The programs to look for, in order of preference. */
const PROGRAMS = ["chromium", "chromium-browser", "google-chrome"];

/**
 * Looks for a browser: the one in the variable `CHROMIUM`, or else the first one on the PATH.
 *
 * @returns The path of its program, or `undefined` if there is none.
 * @throws {Error} If `CHROMIUM` cannot be run.
 */
export async function findBrowser(): Promise<string | undefined> {
  const named = Deno.env.get("CHROMIUM");
  if (named) {
    if (await canRun(named)) return named;
    throw new Error(`CHROMIUM must be the path of a browser: cannot run "${named}"`);
  }
  return await findProgram(PROGRAMS);
}

/**
 * Starts a headless browser.
 *
 * @param path The path of its program.
 * @returns The browser. The caller closes it.
 */
export async function startBrowser(path: string): Promise<Browser> {
  const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;
  const args = isRoot ? ["--no-sandbox"] : []; // its sandbox refuses root
  return await chromium.launch({ executablePath: path, args });
}

/**
 * Registers a test with a browser. If there is none, the test is skipped and its name says so, unless the variable
 * `REQUIRE_BROWSER` is set.
 *
 * @param name The test's name.
 * @param test The test. The browser is closed after it.
 */
export function testInBrowser(
  name: string,
  test: (browser: Browser, t: Deno.TestContext) => Promise<void>,
): void {
  testWith(NEED, name, async (t) => {
    const browser = await startBrowser(PATH!);
    try {
      await test(browser, t);
    } finally {
      await browser.close();
    }
  });
}

const PATH = await findBrowser();

const NEED: Need = {
  what: "browser",
  missing: PATH ? undefined : `none of ${PROGRAMS.join(", ")} is on the PATH`,
  variable: "REQUIRE_BROWSER",
};

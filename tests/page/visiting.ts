/** Shared parts of the tests of the dashboard's page: open it, and look at it. */

import { assertEquals } from "@std/assert";
import axe from "npm:axe-core@^4.14.1";
import type { Browser, BrowserContextOptions, Page } from "../browser.ts";
import { until } from "../../cluster/waiting.ts";

/** How the page is opened. */
export interface VisitOptions extends BrowserContextOptions {
  /** The messages that are expected in the browser: about requests that fail. */
  readonly expected?: RegExp;
}

/** Opens the page, looks at it, and asserts that the browser reports no unexpected messages. */
export async function visit(
  browser: Browser,
  { url }: { readonly url: string },
  look: (page: Page) => Promise<void>,
  { expected, ...options }: VisitOptions = {},
): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(url);
  await look(page);
  await context.close();
  assertEquals(complaints.filter((complaint) => !expected?.test(complaint)), []);
}

/** Waits until an element's text matches. */
export async function untilText(
  page: Page,
  selector: string,
  text: RegExp,
  ms?: number,
): Promise<void> {
  let found = "";
  await until(
    async () => text.test(found = await textOf(page, selector)),
    () => `${selector} to say ${text}; it says "${found}"`,
    ms,
  );
}

/** The text of an element. */
export async function textOf(page: Page, selector: string): Promise<string> {
  return await page.locator(selector).first().textContent() ?? "";
}

/** Waits until an expression is true in the page. */
export async function untilTrue(page: Page, expression: string): Promise<void> {
  await until(() => page.evaluate<boolean>(`Boolean(${expression})`), expression);
}

export async function assertIsAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
    `axe.run().then(({ violations }) => violations)`,
  );
  assertEquals(found.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]), []);
}

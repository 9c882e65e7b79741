/** Opening a page in the browser that people use on this machine. */

/** What each system opens an address with. */
const OPENERS: Partial<Record<typeof Deno.build.os, [string, ...string[]]>> = {
  linux: ["xdg-open"],
  darwin: ["open"],
  windows: ["rundll32", "url.dll,FileProtocolHandler"],
};

/**
 * Opens a page in the browser.
 *
 * @param page Its address.
 * @throws {Error} If there is no browser, with a sentence.
 */
export async function openInBrowser(page: string): Promise<void> {
  const [program, ...args] = OPENERS[Deno.build.os] ?? ["xdg-open"];
  try {
    const command = new Deno.Command(program, { args: [...args, page], stdin: "null" });
    if ((await command.output()).success) return;
  } catch {
    // there is no such program: as good as one that fails
  }
  throw new Error(`Cannot open a browser with ${program}: open ${page} yourself`);
}

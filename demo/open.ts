/** Opens a page in this machine's default browser. */

/** The program that opens an address, by system. */
const OPENERS: Partial<Record<typeof Deno.build.os, [string, ...string[]]>> = {
  linux: ["xdg-open"],
  darwin: ["open"],
  windows: ["rundll32", "url.dll,FileProtocolHandler"],
};

/**
 * Opens a page in the browser.
 *
 * @param page Its address.
 * @throws {Error} If no browser can be opened.
 */
export async function openInBrowser(page: string): Promise<void> {
  const [program, ...args] = OPENERS[Deno.build.os] ?? ["xdg-open"];
  try {
    const command = new Deno.Command(program, { args: [...args, page], stdin: "null" });
    if ((await command.output()).success) return;
  } catch {
    // there is no such program: the same as one that fails
  }
  throw new Error(`Cannot open a browser with ${program}: open ${page} yourself`);
}

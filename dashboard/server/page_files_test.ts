import { assertEquals } from "@std/assert";
import { PAGE_FILES } from "./page_files.ts";

Deno.test("PAGE_FILES contains every file of the page, unchanged", async () => {
  for await (const { name } of Deno.readDir(new URL("../page", import.meta.url))) {
    if (name.endsWith("_test.ts")) continue;
    const text = await Deno.readTextFile(new URL(`../page/${name}`, import.meta.url));
    assertEquals(PAGE_FILES.get(name === "index.html" ? "/" : `/${name}`)?.text, text, name);
  }
});

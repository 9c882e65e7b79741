import { assertEquals } from "@std/assert";
import { formatMarkdownTable } from "./markdown_table.ts";

Deno.test("formatMarkdownTable() lets text stand to the left and numbers to the right", () => {
  const table = formatMarkdownTable([["rate", "arm", "p50"], ["10", "loop", "412 µs"]], 2);
  assertEquals(
    table,
    `\
| rate | arm  |    p50 |
| ---- | ---- | -----: |
| 10   | loop | 412 µs |
`,
  );
});

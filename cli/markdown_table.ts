/** Tables in Markdown that read well as plain text too. */

/**
 * Writes rows as a Markdown table with aligned columns: text stands to the left, numbers to the right.
 *
 * @param rows The heads first; every row has as many cells, and cells hold no bare `|`.
 * @param textColumns How many columns, from the left, are text.
 * @returns The table; each line ends with a line feed.
 *
 * @example Usage
 * ```ts
 * import { formatMarkdownTable } from "./markdown_table.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const table = formatMarkdownTable([["fault", "rounds"], ["cut", "12"]]);
 * assertEquals(table, "| fault | rounds |\n| ----- | -----: |\n| cut   |     12 |\n");
 * ```
 */
export function formatMarkdownTable(
  rows: readonly (readonly string[])[],
  textColumns = 1,
): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const rule = widths.map((width, column) =>
    column < textColumns ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  );
  const padded = rows.map((row) =>
    row.map((cell, column) =>
      column < textColumns ? cell.padEnd(widths[column]) : cell.padStart(widths[column])
    )
  );
  return padded.toSpliced(1, 0, rule).map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

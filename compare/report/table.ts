/** Tables whose columns are given by what they show of a row. */

import { formatMarkdownTable } from "../../cli/markdown_table.ts";
import { NO_VALUE } from "./format.ts";

/** A column: its head, and its cell for a row. */
export type Column<T> = readonly [head: string, cell: (row: T) => string];

/**
 * Writes a table; columns without any value are left out.
 *
 * @param rows What it is about.
 * @param columns Its columns.
 * @param textColumns How many columns, from the left, are text.
 * @returns Markdown; nothing if there is no row.
 */
export function table<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  textColumns = 1,
): string {
  if (rows.length === 0) return "";
  const written = columns.map(([head, cell]) => [head, ...rows.map(cell)])
    .filter(([, ...cells]) => cells.some((cell) => cell !== NO_VALUE));
  const lines = ["head", ...rows].map((_, line) => written.map((cells) => cells[line]));
  return formatMarkdownTable(lines, textColumns);
}

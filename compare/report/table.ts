/** Writes tables from columns that know their cell for each row. */

import { formatMarkdownTable } from "../../cli/markdown_table.ts";
import { NO_VALUE } from "./format.ts";

/** A column: its head, and a function that returns its cell for a row. */
export type Column<T> = readonly [head: string, cell: (row: T) => string];

/**
 * Writes a table, without columns that have no value.
 *
 * @param rows The rows.
 * @param columns Its columns.
 * @param textColumns How many columns, from the left, hold text.
 * @returns Markdown; empty if there is no row.
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

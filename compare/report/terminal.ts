/** The report for the terminal. */

import { absenceOf, clockSentence, headlineOf, TITLE } from "./markdown.ts";
import type { Results, ScenarioResult } from "../results.ts";
import { FIGURE_TEXTS, SCENARIO_TEXTS } from "./scenario_texts.ts";
import { notesOf, type ScenarioTable, tableOf } from "./tables.ts";

/** The parts of a character that a bar can end with: eighths. */
const BLOCKS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];

/** How many characters the longest bar has. */
const BAR_WIDTH = 12;

/** Between two columns. */
const GAP = "  ";

/** How wide a column's head may be before it is broken into lines. */
const HEAD_WIDTH = 15;

/** A column, laid out. */
interface Column {
  readonly head: readonly string[];
  readonly cells: readonly string[];
  readonly width: number;
  readonly isText: boolean;
}

/**
 * Writes the report for the terminal: the figures of each scenario, with bars.
 *
 * @param results What was measured.
 * @param width How many characters a line may have; tables that are wider go on below.
 * @returns The text. Control characters from outside are not in it.
 */
export function formatForTerminal(results: Results, width: number): string {
  const blocks = [
    [TITLE, ...headlineOf(results).flatMap((text) => wrap(text, width))],
    ...results.scenarios.flatMap((scenario) => scenarioBlocks(scenario, results, width)),
    wrap(clockSentence(results), width),
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function scenarioBlocks(scenario: ScenarioResult, results: Results, width: number): string[][] {
  const { title, main } = SCENARIO_TEXTS[scenario.name];
  const head = [title, "=".repeat(Math.min(title.length, width))];
  const absence = absenceOf(scenario);
  if (absence !== undefined) return [[...head, ...wrap(absence, width)]];
  const table = tableOf(scenario, results.clock);
  const isAcross = scenario.variants.length > 1;
  const hasBars = table.rows.some(({ main }) => (main ?? 0) > 0);
  const bars = hasBars
    ? [barColumn(table, wrap(FIGURE_TEXTS[main].head, HEAD_WIDTH), isAcross)]
    : [];
  const compared = isAcross ? "longest of each group is full" : "longest is full";
  return [
    [...head, ...wrap(scenario.conditions, width)],
    ...tableBlocks(table, bars, width),
    [
      ...(hasBars ? wrap(`Bars: ${FIGURE_TEXTS[main].head}; the ${compared}.`, width) : []),
      ...notesOf(scenario, results).flatMap((note) => wrap(note, width, "- ")),
    ],
  ].filter((lines) => lines.length > 0);
}

/** The columns side by side as far as there is room, the rest below, each time after what the rows are about. */
function tableBlocks(table: ScenarioTable, bars: Column[], width: number): string[][] {
  const columns = columnsOf(table);
  const keys = columns.slice(0, table.keys);
  const blocks: Column[][] = [[...keys, ...bars]];
  for (const column of columns.slice(table.keys)) {
    const block = blocks.at(-1)!;
    const isFull = block.length > table.keys && widthOf([...block, column]) > width;
    if (isFull) blocks.push([...keys, column]);
    else block.push(column);
  }
  return blocks.map(formatColumns);
}

function columnsOf({ heads, keys, rows }: ScenarioTable): Column[] {
  return heads.map((text, index) => {
    const cells = rows.map((row) => plain(row.cells[index]));
    return columnOf(wrap(text, HEAD_WIDTH), cells, index < keys);
  });
}

/** Variants are compared with each other at each point; one variant alone, with itself along the axis. */
function barColumn({ rows }: ScenarioTable, head: string[], isAcross: boolean): Column {
  const greatest = (x: number) =>
    Math.max(0, ...rows.filter((row) => !isAcross || row.x === x).map(({ main }) => main ?? 0));
  return columnOf(head, rows.map(({ main, x }) => formatBar(main ?? 0, greatest(x))), true);
}

/**
 * Draws a bar of block characters.
 *
 * @param value How long it is.
 * @param greatest How long the longest is.
 * @returns At least an eighth of a character where the value is above zero.
 */
export function formatBar(value: number, greatest: number): string {
  if (value <= 0 || greatest <= 0) return "";
  const eighths = Math.max(1, Math.round(value / greatest * BAR_WIDTH * 8));
  return `${BLOCKS[8].repeat(Math.floor(eighths / 8))}${BLOCKS[eighths % 8]}`;
}

function columnOf(head: readonly string[], cells: readonly string[], isText: boolean): Column {
  const width = Math.max(...[...head, ...cells].map(({ length }) => length));
  return { head, cells, width, isText };
}

function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, { width }) => sum + width + GAP.length, -GAP.length);
}

function formatColumns(columns: readonly Column[]): string[] {
  const headHeight = Math.max(...columns.map(({ head }) => head.length));
  const padded = columns.map(({ head, cells, width, isText }) => {
    const space = Array<string>(headHeight - head.length).fill("");
    return [...space, ...head, "-".repeat(width), ...cells]
      .map((text) => isText ? text.padEnd(width) : text.padStart(width));
  });
  return padded[0].map((_, line) => padded.map((column) => column[line]).join(GAP).trimEnd());
}

/** Lines of whole words; those after the first stand below the text, not below the mark. */
function wrap(text: string, width: number, mark = ""): string[] {
  const lines = [mark];
  for (const word of plain(text).split(" ")) {
    const line = lines.at(-1)!;
    const isEmpty = line.trim() === mark.trim() && line.length <= mark.length;
    if (isEmpty) lines[lines.length - 1] = line + word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(`${" ".repeat(mark.length)}${word}`);
  }
  return lines;
}

/** One line, and nothing that a terminal would obey. */
function plain(text: string): string {
  return text.replaceAll(/[\p{C}\s]+/gu, " ").trim();
}

/** The table of many checked rounds. */

import { formatMarkdownTable } from "../cli/markdown_table.ts";
import type { Verdict } from "./checker/checker.ts";
import { AGE_LIMIT, type DiskRound } from "./disks.ts";

const COLUMNS = [
  "fault",
  "rounds",
  "writes",
  "observed",
  "conflated",
  "missed and accounted for",
  "violations",
  "server losses",
  "recovery p50 (s)",
  "recovery max (s)",
  "pause p50 (s)",
  "pause max (s)",
];

const DISK_COLUMNS = [
  "looked at",
  "rounds",
  "writes",
  `lost more than ${AGE_LIMIT} s`,
  "behind p50 (s)",
  "behind max (s)",
];

/**
 * Writes the results of many rounds as a table, with a row for each fault, in the order of their first rounds, and a
 * row for all.
 *
 * Writes are the acknowledged ones. Observed, conflated and missed are sums over all listeners. Recovery is the time
 * each listener took after healing. The pause is the longest one between two of its observations, including the fault.
 * Medians are measured values, never averages of two.
 *
 * @param verdicts The checker's verdict on each round.
 * @returns A Markdown table with aligned columns.
 *
 * @example Usage
 * ```ts
 * import { formatReport } from "./report.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const [head] = formatReport([]).split("\n");
 * assertEquals(head.startsWith("| fault | rounds | writes |"), true);
 * ```
 */
export function formatReport(verdicts: readonly Verdict[]): string {
  const faults = Map.groupBy(verdicts, ({ fault }) => fault);
  const rows = [...faults].map(([fault, rounds]) => rowOf(fault, rounds));
  return formatMarkdownTable([COLUMNS, ...rows, rowOf("all", verdicts)]);
}

/**
 * Writes the results of many rounds of killed nodes as a table, with a row for each node alone, and a row for all nodes
 * together.
 *
 * @param rounds The results, at least one.
 * @returns A Markdown table with aligned columns.
 *
 * @example Usage
 * ```ts
 * import { formatDiskReport } from "./report.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const table = formatDiskReport([{ writes: 90, alone: [0.5, 2.5], together: 0.5 }]);
 * assertEquals(
 *   table.split("\n")[3],
 *   "| node 1 alone |      1 |     90 |                  1 |          2.500 |          2.500 |",
 * );
 * ```
 */
export function formatDiskReport(rounds: readonly DiskRound[]): string {
  const writes = `${sum(rounds, ({ writes }) => writes)}`;
  const row = (name: string, behind: readonly number[]) => [
    name,
    `${behind.length}`,
    writes,
    `${behind.filter((seconds) => seconds > AGE_LIMIT).length}`,
    ...medianAndMax(behind).map((seconds) => seconds!.toFixed(3)),
  ];
  return formatMarkdownTable([
    DISK_COLUMNS,
    ...rounds[0].alone.map((_, index) =>
      row(`node ${index} alone`, rounds.map(({ alone }) => alone[index]))
    ),
    row("all together", rounds.map(({ together }) => together)),
  ]);
}

function rowOf(name: string, rounds: readonly Verdict[]): string[] {
  const listeners = rounds.flatMap(({ listeners }) => listeners);
  const recoveries = listeners.map(({ recovery }) => recovery)
    .filter((recovery) => recovery !== undefined);
  const pauses = listeners.map(({ longestPause }) => longestPause);
  const counts = [
    rounds.length,
    sum(rounds, ({ writes }) => writes),
    sum(listeners, ({ observed }) => observed),
    sum(listeners, ({ conflated }) => conflated),
    sum(listeners, ({ missed }) => missed),
    sum(rounds, ({ violations }) => violations.length),
    sum(rounds, ({ serverLosses }) => serverLosses.length),
  ];
  const durations = [recoveries, pauses].flatMap(medianAndMax)
    .map((seconds) => seconds?.toFixed(3) ?? "-");
  return [name.replaceAll("|", "\\|"), ...counts.map(String), ...durations];
}

function sum<T>(values: readonly T[], amountOf: (value: T) => number): number {
  return values.reduce((total, value) => total + amountOf(value), 0);
}

/** Returns the middle value (of two, the lower), and the greatest. */
function medianAndMax(values: readonly number[]): [number?, number?] {
  const sorted = values.toSorted((a, b) => a - b);
  return [sorted[Math.ceil(sorted.length / 2) - 1], sorted.at(-1)];
}

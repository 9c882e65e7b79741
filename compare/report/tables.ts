/** The tables of the report: one definition for Markdown, the page and the terminal. */

import type {
  Clock,
  FigureName,
  PointResult,
  Results,
  ScenarioName,
  ScenarioResult,
  VariantResult,
} from "../results.ts";
import { FIGURE_TEXTS, SCENARIO_TEXTS } from "./scenario_texts.ts";
import { spreadOf } from "../measure/statistics.ts";
import { formatSpread } from "./units.ts";

/** What marks a duration that is shorter than the clocks are sure. */
export const UNSURE_MARK = "†";

/** A table of a scenario. */
export interface ScenarioTable {
  /** The columns' heads. */
  readonly heads: readonly string[];
  /** How many columns, from the left, say what a row is about. */
  readonly keys: number;
  /** A row for each variant at each point. */
  readonly rows: readonly TableRow[];
}

/** A row of a scenario's table. */
export interface TableRow {
  /** The cells, as plain text. */
  readonly cells: readonly string[];
  /** The place on the scenario's axis. */
  readonly x: number;
  /** The median of the scenario's main figure. */
  readonly main: number | null;
}

/** A column: a figure, or how many changes were conflated. */
type Column = FigureName | "conflated";

const STALENESS_COLUMNS: readonly Column[] = [
  "handledShare",
  "staleness",
  "stalenessPeak",
  "answeredP50",
  "answeredP99",
  "conflated",
];

const COLUMNS: Readonly<Record<ScenarioName, readonly Column[]>> = {
  rates: [
    "timeDifferenceP50",
    "timeDifferenceP90",
    "timeDifferenceP99",
    "timeDifferenceP999",
    "timeDifferenceMax",
    "roundTripP50",
    "roundTripP99",
    "handledShare",
    "cpuPer1000",
  ],
  waiting: STALENESS_COLUMNS,
  computing: STALENESS_COLUMNS,
  noise: ["timeDifferenceP50", "timeDifferenceP99", "cpuLoad", "handledShare"],
  replica: [
    "timeDifferenceP50",
    "timeDifferenceP90",
    "timeDifferenceP99",
    "timeDifferenceP999",
    "timeDifferenceMax",
  ],
  listeners: ["timeDifferenceP50", "timeDifferenceP99", "serverCpuPer1000", "handledShare"],
  burst: ["catchUp", "handledShare", "conflated"],
  anatomy: ["notificationP50", "readP50", "handshakeP50", "answeredP50", "startUp", "peakMemory"],
};

/**
 * Makes the table of a scenario. A cell is the median of the valid repetitions with their spread.
 *
 * @param scenario The scenario.
 * @param clock How sure the clocks are; durations below that are marked with {@linkcode UNSURE_MARK}.
 * @returns The table.
 */
export function tableOf(scenario: ScenarioResult, clock: Clock | null): ScenarioTable {
  const { axis, main } = SCENARIO_TEXTS[scenario.name];
  const columns = COLUMNS[scenario.name];
  const rows = scenario.points.flatMap((point) =>
    point.variants.map((variant) => ({
      cells: [
        formatPlace(point.x),
        variant.variant,
        ...columns.map((column) => formatCell(variant, column, clock)),
      ],
      x: point.x,
      main: variant.figures[main]?.median ?? null,
    }))
  );
  const heads = columns.map((name) => name === "conflated" ? name : FIGURE_TEXTS[name].head);
  return { heads: [axis, "variant", ...heads], keys: 2, rows };
}

/**
 * Says what has to be known to read the table of a scenario: marks, and what does not count.
 *
 * @param scenario The scenario.
 * @param results What it belongs to.
 * @returns Sentences, as plain text.
 */
export function notesOf(scenario: ScenarioResult, results: Results): string[] {
  return [
    ...markNotes(scenario, results.clock),
    ...results.interrupted ? missingNotes(scenario) : [],
    ...scenario.points.flatMap((point) =>
      point.variants.flatMap((variant) => runNotes(scenario, point, variant))
    ),
  ];
}

/**
 * Writes a place on a scenario's axis.
 *
 * @param x The place.
 * @returns The whole number, such as `20,000`.
 */
export function formatPlace(x: number): string {
  return x.toLocaleString("en-US", { maximumFractionDigits: 3 });
}

function formatCell(variant: VariantResult, column: Column, clock: Clock | null): string {
  if (column === "conflated") {
    const valid = variant.runs.filter(({ invalid }) => invalid === null);
    return formatSpread(spreadOf(valid.map(({ conflated }) => conflated)), "count");
  }
  const { quantity, crossesClocks } = FIGURE_TEXTS[column];
  const figure = variant.figures[column];
  const isUnsure = crossesClocks && clock !== null && figure !== null &&
    figure.median < clock.uncertainty;
  return `${formatSpread(figure, quantity)}${isUnsure ? ` ${UNSURE_MARK}` : ""}`;
}

function markNotes(scenario: ScenarioResult, clock: Clock | null): string[] {
  if (clock === null) return [];
  const isMarked = tableOf(scenario, clock).rows
    .some(({ cells }) => cells.some((cell) => cell.endsWith(UNSURE_MARK)));
  if (!isMarked) return [];
  const error = formatSpread(spreadOf([clock.uncertainty]), "micros");
  return [
    `${UNSURE_MARK} Shorter than the clocks are sure of (± ${error}): only that it is small is known.`,
  ];
}

function missingNotes({ variants, points }: ScenarioResult): string[] {
  const missing = points.some((point) => point.variants.length < variants.length);
  return missing ? ["The comparison was stopped before all variants were measured here."] : [];
}

function runNotes(
  scenario: ScenarioResult,
  { x }: PointResult,
  { variant, runs }: VariantResult,
): string[] {
  const place = SCENARIO_TEXTS[scenario.name].place.replace("%", formatPlace(x));
  const where = `${variant} at ${place}`;
  const invalid = runs.filter((run) => run.invalid !== null);
  const valid = runs.filter((run) => run.invalid === null);
  const behind = valid.filter(({ caughtUp }) => !caughtUp);
  const negative = valid.reduce((sum, run) => sum + run.negative, 0);
  const reasons = [...Map.groupBy(invalid, (run) => run.invalid)]
    .map(([reason, { length }]) => `${reason}${length > 1 ? ` (${length} times)` : ""}`);
  const of = `of ${runs.length} repetitions`;
  return [
    ...invalid.length > 0
      ? [
        `${where}: ${invalid.length} ${of} ${doOrDoes(invalid.length)} not count: ${
          reasons.join("; ")
        }.`,
      ]
      : [],
    ...behind.length > 0
      ? [`${where}: in ${behind.length} ${of} the newest value was not handled in the end.`]
      : [],
    ...negative > 0
      ? [`${where}: ${formatPlace(negative)} time differences below zero are in no figure.`]
      : [],
  ];
}

function doOrDoes(count: number): string {
  return count === 1 ? "does" : "do";
}

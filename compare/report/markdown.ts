/** The report in Markdown, which the page is made from too. */

import { formatMarkdownTable } from "../../cli/markdown_table.ts";
import type { Clock, Results, ScenarioResult } from "../results.ts";
import { captionOf, describePicture, hasPicture } from "./pictures.ts";
import { SCENARIO_TEXTS } from "./scenario_texts.ts";
import { formatPlace, notesOf, tableOf } from "./tables.ts";
import { formatValue } from "./units.ts";

/** Writes the picture of a scenario as a block without empty lines. */
export type EmbedPicture = (scenario: ScenarioResult, clock: Clock | null) => string;

/** What the report is called. */
export const TITLE = "Loop or callback: two ways to observe a key";

/** How it was measured, as paragraphs. */
const METHOD = [
  "The load is open: writes are sent by a fixed schedule, whether or not the last one is done, and " +
  "every duration is counted from the moment a write was meant to be sent. A writer or a server that " +
  "falls behind makes durations longer, and hides none.",
  "The variants take turns, A B A B, so that what else the machine does meets them alike. What was " +
  "measured while they warmed up is discarded. Durations are recorded in HdrHistograms; where several " +
  "are put together, the histograms are merged, and no percentiles averaged.",
  "A figure is the median of the valid repetitions (of two in the middle, their mean), with the least " +
  "and the greatest of them in brackets. Where these ranges of two variants overlap, or their medians are less " +
  "than 20 % apart, do not read a difference. A percentile above which too few durations lie is not given (–).",
  "The round trip, by the writer's clock alone, is a sample: the writer does not look at the answer " +
  "to every write. All other durations from a write on are taken by two processes' clocks.",
];

/**
 * Writes the report in Markdown.
 *
 * @param results What was measured.
 * @param embedPicture Writes a scenario's picture; by default one that lies in `pictures/`.
 * @returns The text. All that comes from outside is escaped.
 */
export function formatMarkdown(
  results: Results,
  embedPicture: EmbedPicture = linkPicture,
): string {
  const blocks = [
    `# ${TITLE}`,
    ...headline(results),
    "## How it was measured",
    ...METHOD,
    ...results.scenarios.flatMap((scenario) => [
      ...scenarioHead(scenario),
      ...scenarioFigures(scenario, results, embedPicture),
    ]),
    ...surroundings(results),
  ];
  return `${blocks.map((block) => block.trimEnd()).join("\n\n")}\n`;
}

/**
 * Escapes a text for Markdown, so that it is shown as it is: on GitHub, and by `marked`.
 *
 * @param text The text.
 * @returns One line without any markup.
 *
 * @example Usage
 * ```ts
 * import { escapeMarkdown } from "./markdown.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(escapeMarkdown("<b>listener_sync</b>"), "\\<b\\>listener\\_sync\\</b\\>");
 * ```
 */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .replaceAll(/[\\`*_[\]<>|~&#$!@]/g, "\\$&")
    .replaceAll(/(https?|ftp)(:)/gi, "$1\\$2")
    .replaceAll(/(www)(\.)/gi, "$1\\$2")
    .replace(/^([-+=])/, "\\$1")
    .replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2");
}

/**
 * Says what was measured, and what makes it worth less.
 *
 * @param results The results.
 * @returns Sentences, as plain text: what was measured first.
 */
export function headlineOf(
  { beganAt, seconds, repetitions, interrupted, quick }: Results,
): string[] {
  const times = repetitions === 1 ? "once" : `${repetitions} times`;
  return [
    `Measured on ${dateOf(beganAt)}, in ${
      durationOf(seconds)
    }, every point ${times} for each variant.`,
    ...interrupted
      ? ["It was interrupted before its end: what was not measured by then is not here."]
      : [],
    ...quick
      ? ["This is the quick form, with fewer points and less time for each: a hint only."]
      : [],
  ];
}

/**
 * Says why a scenario has no figures.
 *
 * @param scenario The scenario.
 * @returns A sentence as plain text; nothing where it has figures.
 */
export function absenceOf({ skipped, points }: ScenarioResult): string | undefined {
  if (skipped !== null) return `Left out: ${skipped}`;
  if (points.every(({ variants }) => variants.length === 0)) return "Not measured.";
}

function headline(results: Results): string[] {
  const [measured, ...warnings] = headlineOf(results);
  return [
    escapeMarkdown(measured),
    ...warnings.map((text) => `> **Note:** ${escapeMarkdown(text)}`),
  ];
}

function scenarioHead(scenario: ScenarioResult): string[] {
  const { title, asked } = SCENARIO_TEXTS[scenario.name];
  const absence = absenceOf(scenario);
  if (absence !== undefined) return [`## ${title}`, asked, escapeMarkdown(absence)];
  return [`## ${title}`, asked, escapeMarkdown(scenario.conditions)];
}

function scenarioFigures(
  scenario: ScenarioResult,
  results: Results,
  embedPicture: EmbedPicture,
): string[] {
  if (absenceOf(scenario) !== undefined) return [];
  const { heads, keys, rows } = tableOf(scenario, results.clock);
  const cells = rows.map((row) => row.cells.map(escapeMarkdown));
  const notes = notesOf(scenario, results);
  return [
    ...hasPicture(scenario) ? [embedPicture(scenario, results.clock)] : [],
    formatMarkdownTable([heads.map(escapeMarkdown), ...cells], keys),
    ...notes.length > 0 ? [bullets(notes)] : [],
  ];
}

function linkPicture(scenario: ScenarioResult, clock: Clock | null): string {
  const { name } = scenario;
  const alt = escapeHtml(describePicture(scenario, clock));
  return `<picture>
  <source media="(prefers-color-scheme: dark)" srcset="pictures/${name}-dark.svg">
  <img alt="${alt}" src="pictures/${name}.svg">
</picture>

${captionOf(scenario, clock)}`;
}

/**
 * Escapes a text for HTML, in attributes too.
 *
 * @param text The text.
 * @returns The text without markup.
 */
export function escapeHtml(text: string): string {
  const names: Record<string, string> = {
    "&": "amp",
    "<": "lt",
    ">": "gt",
    '"': "quot",
    "'": "#39",
  };
  return text.replaceAll(/[&<>"']/g, (character) => `&${names[character]};`);
}

function surroundings(results: Results): string[] {
  const { machine, servers, versions, settings, command } = results;
  return [
    "## What it was measured on",
    pairTable("machine", [
      ["CPU", machine.cpu],
      ["cores", String(machine.cores)],
      ["memory", formatValue(machine.memoryBytes, "bytes")],
      ["system", machine.system],
      ...Object.entries(versions),
    ]),
    formatMarkdownTable([
      ["server", "engine", "version", "role"],
      ...servers.map(({ name, engine, version, role }) =>
        [name, engine, version, role].map(escapeMarkdown)
      ),
    ], 4),
    ...Object.keys(settings).length > 0 ? [pairTable("setting", Object.entries(settings))] : [],
    clockSentence(results),
    "The same again:",
    `    ${command.replaceAll(/\s+/g, " ")}`,
  ];
}

function pairTable(head: string, pairs: readonly (readonly [string, string])[]): string {
  const rows = pairs.map((pair) => pair.map(escapeMarkdown));
  return formatMarkdownTable([[head, "value"], ...rows], 2);
}

/**
 * Says how far the clocks are apart.
 *
 * @param results The results.
 * @returns A sentence.
 */
export function clockSentence({ clock }: Results): string {
  if (clock === null) return "How far the clocks are apart was not measured.";
  const [offset, uncertainty] = [clock.offset, clock.uncertainty]
    .map((micros) => formatValue(micros, "micros"));
  return `The listeners' clock minus the writer's is ${offset} ± ${uncertainty}; ` +
    "durations between the two are corrected by it.";
}

function bullets(sentences: readonly string[]): string {
  return sentences.map((sentence) => `- ${escapeMarkdown(sentence)}`).join("\n");
}

function dateOf(beganAt: string): string {
  return beganAt.replace("T", " ").replace(/(\d\d:\d\d):.*Z$/, "$1 UTC");
}

function durationOf(seconds: number): string {
  if (seconds < 120) return `${formatPlace(Math.round(seconds))} s`;
  return `${formatPlace(Math.round(seconds / 60))} minutes`;
}

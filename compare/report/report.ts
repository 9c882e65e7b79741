/** The report in Markdown, which the page is made from too: the answer first. */

import { formatMarkdownTable } from "../../cli/markdown_table.ts";
import type { Results } from "../results.ts";
import { RATE, scaleOf } from "../scale/scale.ts";
import { TYPICAL_RATE } from "./answers.ts";
import { loadsOf } from "./figures.ts";
import { escapeHtml, escapeMarkdown, formatMicros } from "./format.ts";
import { costsPicture, crowdsPicture, patternsPicture, type Picture } from "./pictures.ts";
import { costsTable, describeLoad, nameLoad, trafficTable } from "./costs_tables.ts";
import { answersTable, lossesTable } from "./losses_table.ts";
import { duelsOf, duelsTable, limitsTable } from "./patterns_tables.ts";
import { checksTable, crowdsTable, fitTable, forecastsTable } from "./scale_tables.ts";

/** Writes a picture as a block without empty lines. */
export type EmbedPicture = (picture: Picture) => string;

/** What the report is called. */
export const TITLE = "What to build on: ways to learn that a key has changed";

const ANSWER_WORDS =
  "Each row names the best mechanism for a need; others in the same cell did as well, or differ by less than chance. " +
  `Costs are those of the first one named, at ${TYPICAL_RATE} writes a second on the writer's node. *Whatever breaks* ` +
  "counts the rounds of all faults below; *silently*: the mechanism did not say that values were lost. Only the " +
  "observer says so, by the numbers in the values.";

const LOSSES_WORDS =
  "All mechanisms at once, each over a line of its own to one node; the writer is at another. The newest value is " +
  "written while the fault lasts. A cell: in how many rounds the newest value was known within 6 s after the fault, and " +
  "after how long (median; *at once*: before its end). *Deaf*: in how many rounds the next write was not learned either. " +
  "*Gaps*: in how many rounds values in between were never learned, and in how many of these the mechanism said so. " +
  "The stream keeps the last 1,000 values. Polling and the stream end a line that is silent, and the observer sends a " +
  "heartbeat; the others are as ioredis makes them by default.";

const COSTS_WORDS =
  "Time is from the intended time of a write until the listener's process has its value or a newer one. *CPU* is the " +
  "process's CPU time for a write, less its idle use; the server and the writer have columns of their own. *Idle* is " +
  "the CPU time in a second without writes. Comparisons are ratios of medians over the repetitions with their 95 % " +
  "bootstrap intervals.";

const TRAFFIC_WORDS =
  "For one write, on the listener's connections, less what goes over them without writes (*idle*).";

const PATTERNS_WORDS =
  "The two listeners of this project as they are: each reads the key, does what its handler does, and " +
  "answers with a handshake. Time is from the intended time of a write until its value was read, of those that were " +
  "handled; " +
  "*staleness* is how old the newest value handled got, at the median of intervals of 0.1 s.";

const LIMITS_WORDS =
  "Why not more is handled: a loop handles one change at a time, so a read, its handler and its answer " +
  "set its limit. *Notified*: after how long a notification arrives; what is late arrives together, and one read " +
  "serves all of it. *Waits for a core*: for what part of the time the listener was ready to go on and all cores " +
  "were taken by the load, the servers or others.";

const CROWDS_WORDS =
  "Each listener reads the key at each notification and answers with a SET, all from one process; the " +
  "next value is written when all have answered. On `keyevent`, every handshake is announced to every " +
  "listener. In brackets: the least and the greatest repetition.";

const FIT_WORDS =
  "The server's CPU time for a write with n listeners is fitted as *a write* + n × *each listener* + " +
  "n² × *each pair*. *Full* is the number of listeners at which one core of the server has no time left, with its " +
  "95 % interval. How it is done, with its code: `docs/scale.md`.";

const CHECK_WORDS =
  "On `keyspace`, with the times of the fit and all listeners in one process, as they were measured.";

const FORECAST_WORDS =
  `Simulated, not measured: \`keyspace\`, ${RATE} write a second, each listener a process of its own, at most ` +
  "5,000 listeners on a server (a server takes 10,000 connections by default).";

const SHARED_CORES =
  "The load generator and the listeners share the cores of this machine, and so do servers that were " +
  "not named by `--url`.";

/**
 * Writes the report in Markdown.
 *
 * @param results What was measured.
 * @param embedPicture Writes a picture; by default one that lies in `pictures/`.
 * @returns The text. All that comes from outside is escaped.
 */
export function formatReport(results: Results, embedPicture: EmbedPicture = linkPicture): string {
  const show = (picture: Picture | undefined) => picture ? [embedPicture(picture)] : [];
  const { losses, costs, traffic, crowds } = results;
  const duels = duelsOf(results);
  const scale = scaleOf(results);
  const sections = [
    section("The answer", answersTable(results), [ANSWER_WORDS]),
    section("What each loses", lossesTable(losses), [LOSSES_WORDS]),
    ...costs.length === 0 ? [] : [
      ["## What each costs", COSTS_WORDS, ...show(costsPicture(results))],
      ...loadsOf(costs).map((load) =>
        section(nameLoad(load), costsTable(costs, load), [describeLoad(costs, load)], "###")
      ),
      section("What goes over the line", trafficTable(traffic), [TRAFFIC_WORDS], "###"),
    ],
    ...duels.length === 0 ? [] : [
      [
        "## Loop against callback",
        PATTERNS_WORDS,
        ...show(patternsPicture(results)),
        bullets(duels.map(({ name, load, points }) => `${name}: ${describeLoad(points, load)}`)),
        duelsTable(duels),
      ],
      section("What limits them", limitsTable(duels), [LIMITS_WORDS], "###"),
    ],
    section("Many listeners", crowdsTable(crowds), [CROWDS_WORDS, ...show(crowdsPicture(results))]),
    section("How many listeners fill a server", fitTable(scale), [FIT_WORDS], "###"),
    section("The simulation beside the measurement", checksTable(scale), [CHECK_WORDS], "###"),
    section("More listeners than were measured", forecastsTable(scale), [FORECAST_WORDS], "###"),
    surroundings(results),
  ];
  const blocks = [`# ${TITLE}`, ...headline(results), ...sections.flat()];
  return `${blocks.map((block) => block.trimEnd()).join("\n\n")}\n`;
}

/**
 * Writes what a terminal shows: the answer, and what was not measured.
 *
 * @param results What was measured.
 * @returns Text.
 */
export function formatSummary(results: Results): string {
  const absent = Object.entries(results.absent).map(([what, why]) =>
    `Not measured: ${what} (${why})`
  );
  const hint = results.quick ? ["A quick run: it shows large differences only."] : [];
  return [answersTable(results), ...hint, ...absent].filter((text) => text !== "").join("\n");
}

function section(
  title: string,
  table: string,
  words: readonly string[],
  mark: "##" | "###" = "##",
): string[] {
  return table === "" ? [] : [`${mark} ${title}`, ...words, table];
}

function headline(results: Results): string[] {
  const { beganAt, seconds, quick, interrupted, servers, machine, commit, absent } = results;
  const date = beganAt.replace("T", " ").replace(/(\d\d:\d\d):.*Z$/, "$1 UTC");
  const minutes = Math.max(1, Math.round(seconds / 60));
  const engines = new Set(servers.map(({ engine, version }) => `${engine} ${version}`));
  const load = machine.loadAverage.map((value) => value.toFixed(2)).join(", ");
  const facts = `${[...engines].join(", ")} on ${servers.length} node${
    servers.length === 1 ? "" : "s"
  }; ${machine.cpu}, ${machine.cores} cores, load average ${load} before; commit ${commit}; ${date}, ${minutes} min.`;
  const notes = [
    ...interrupted ? ["It was interrupted: what was not measured by then is not here."] : [],
    ...quick
      ? [
        "This is the quick form: fewer mechanisms and loads, short repetitions, one round of each fault. It shows " +
        "large differences only, no rare losses and no tail.",
      ]
      : [],
    ...Object.entries(absent).map(([what, why]) => `Not measured: ${what} (${why}).`),
  ];
  return [
    escapeMarkdown(facts),
    `${SHARED_CORES}${latenessOf(results)}`,
    `    ${results.command.replaceAll(/\s+/g, " ")}`,
    ...notes.map((note) => `> **Note:** ${escapeMarkdown(note)}`),
  ];
}

/** How late the load generator was at worst: it shares the cores, too. */
function latenessOf({ costs, patterns }: Results): string {
  const runs = [...costs, ...patterns.flatMap(({ points }) => points)].flatMap(({ runs }) => runs);
  if (runs.length === 0) return "";
  const late = formatMicros(Math.max(...runs.map(({ lateness }) => lateness)));
  return ` The load generator was at most ${late} late (p99 of a repetition).`;
}

function linkPicture({ name, caption }: Picture): string {
  return `<picture>
  <source media="(prefers-color-scheme: dark)" srcset="pictures/${name}-dark.svg">
  <img alt="${escapeHtml(`${caption} The figures are in the tables.`)}" src="pictures/${name}.svg">
</picture>

${caption}`;
}

function surroundings({ machine, servers, versions, settings }: Results): string[] {
  return [
    "## What it was measured on",
    pairTable("machine", [
      ["CPU", machine.cpu],
      ["cores", String(machine.cores)],
      ["memory", `${(machine.memoryBytes / 2 ** 30).toFixed(1)} GiB`],
      ["system", machine.system],
      ...Object.entries(versions),
    ]),
    formatMarkdownTable([
      ["server", "engine", "version", "role"],
      ...servers.map(({ name, engine, version, role }) =>
        [name, engine, version, role].map(escapeMarkdown)
      ),
    ], 4),
    pairTable("listeners' setting", Object.entries(settings)),
  ];
}

function pairTable(head: string, pairs: readonly (readonly [string, string])[]): string {
  return formatMarkdownTable(
    [[head, "value"], ...pairs.map((pair) => pair.map(escapeMarkdown))],
    2,
  );
}

function bullets(sentences: readonly string[]): string {
  return sentences.map((sentence) => `- ${escapeMarkdown(sentence)}`).join("\n");
}

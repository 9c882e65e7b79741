/** The report in Markdown, from which the page is made too. The answer comes first. */

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

/** The report's title. */
export const TITLE = "What to build on: ways to learn that a key has changed";

const ANSWER_WORDS =
  "Each row names the best mechanism for a need, and in the same cell those not distinguishable from it. " +
  `Costs and losses are those of the first one, at ${TYPICAL_RATE} writes a second on the writer's node. *Whatever ` +
  "breaks* counts the rounds of all faults below.";

const LOSSES_WORDS =
  "All mechanisms run at once, each over its own connection to one node; the writer is at another one. The newest " +
  "value is written during the fault. Each cell: in how many rounds the newest value was known within 6 s after the " +
  "fault, and after how long (median; *at once*: before its end). *Deaf*: in how many rounds the next write was not " +
  "learned either. *Gaps*: in how many rounds values in between were never learned, and in how many of these the " +
  "mechanism said so. The observer counts gaps by the numbers in the values; with the others, that is left to the " +
  "program. The stream keeps the last 1,000 values. Polling and the stream close a silent connection, and the " +
  "observer sends a heartbeat; the others use ioredis's defaults. A server cuts off a slow client only if it " +
  "subscribes.";

const COSTS_WORDS =
  "Times run from when a write is due until the listener's process has its value or a newer one. *CPU* is the CPU " +
  "time that the process uses for a write at this rate, with what it does between two writes; *idle CPU* is that of " +
  "a second without writes. The server's CPU time is less its idle use. A wake-up costs more on a quiet machine, so " +
  "CPU times compare within a table. Writes that are due at once go out together: of these, a mechanism that reads " +
  "sees the last one, and if they were sent nearly as late as p99, then p99 is the load generator's. Comparisons " +
  "are ratios of medians over the repetitions with their 95 % bootstrap intervals: where there is no difference, " +
  "one in twenty shows one.";

const TRAFFIC_WORDS =
  "For one write, on the listener's connections, less the traffic without writes (*idle*).";

const PATTERNS_WORDS =
  "The two listeners of this project: each reads the key, runs its handler, and answers with a handshake. Times run " +
  "from when a write is due until its value was read, for values that were handled; they are compared only if both " +
  "handled 99 % of the values. *Staleness* is how old the newest handled value became, at the median of intervals " +
  "of 0.1 s. *CPU* is less the idle use, which is mostly that of the ten reports a second that the listeners print " +
  "here.";

const LIMITS_WORDS =
  "A loop handles one change at a time, and each takes two round trips, the read and the answer. *Notified*: how " +
  "long a notification takes to arrive; late ones arrive together, and one read serves them all. These times are " +
  "shown only if 99 % of the values were handled. *Waits for a core*: the share of time in which the listener was " +
  "ready but all cores were used by the load, the servers or other programs.";

const CROWDS_WORDS =
  "Each listener is a plain subscriber that reads the key at each notification and answers with a SET, all from one " +
  "process. The next value is written when all have answered. On `keyevent`, every handshake is announced to every " +
  "listener. In brackets: the lowest and the highest repetition. *Fit*: the server's CPU by the formula below.";

const FIT_WORDS =
  "The server's CPU time for a write with n listeners is fitted by *a write* + n × *each listener* + " +
  "n² × *each pair*. *Full*, an extrapolation, is the number of listeners at which one core of the server has no " +
  "time left. Its 95 % interval covers the spread of the repetitions, but not that the cost may grow in another way. " +
  "A server takes 5,000 listeners with its default `maxclients`. `docs/scale.md` describes the method and its code.";

const CHECK_WORDS =
  "On `keyspace`, with the fitted times and all listeners in one process, as in the measurement.";

const FORECAST_WORDS =
  `Simulated, not measured: \`keyspace\`, ${RATE} write a second, each listener in its own process, at most ` +
  "5,000 listeners on a server (a server takes 10,000 connections by default).";

const SHARED_CORES =
  "The load generator and the listeners share the cores of this machine, and so do the servers unless " +
  "`--url` names others.";

/**
 * Formats the report in Markdown.
 *
 * @param results The results.
 * @param embedPicture Formats a picture; by default as a link into `pictures/`.
 * @returns The text. Everything from outside is escaped.
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
    section("Many listeners", crowdsTable(crowds, scale), [
      CROWDS_WORDS,
      ...show(crowdsPicture(results)),
    ]),
    section("How many listeners fill a server", fitTable(scale), [FIT_WORDS], "###"),
    section("The simulation beside the measurement", checksTable(scale), [CHECK_WORDS], "###"),
    section("More listeners than were measured", forecastsTable(scale), [FORECAST_WORDS], "###"),
    surroundings(results),
  ];
  const blocks = [`# ${TITLE}`, ...headline(results), ...sections.flat()];
  return `${blocks.map((block) => block.trimEnd()).join("\n\n")}\n`;
}

/**
 * Formats what a terminal shows: the answers, and what was not measured.
 *
 * @param results The results.
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
    ...interrupted ? ["It was interrupted: it shows only what was measured by then."] : [],
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

/** States how late the load generator was at most, as it shares the cores too. */
function latenessOf({ costs, patterns }: Results): string {
  const runs = [...costs, ...patterns.flatMap(({ points }) => points)].flatMap(({ runs }) => runs);
  if (runs.length === 0) return "";
  const late = formatMicros(Math.max(...runs.map(({ lateness }) => lateness)));
  return ` In each repetition, 99 % of the writes were sent at most ${late} late.`;
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

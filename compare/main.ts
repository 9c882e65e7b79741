/**
 * Compares the loop and the callback: runs the listeners as processes under load, scenario after scenario, and
 * writes a report of what was measured.
 */

import { parseArgs } from "node:util";
import type { ClockOffset } from "../lib/telemetry/clock_offset.ts";
import { nameServer, parseServerUrls, redactUrl, SERVER_URLS_RULE } from "../lib/connect/server.ts";
import { excerpt } from "../lib/text.ts";
import { readName, readWhole, runCommand } from "../cli/command_line.ts";
import { chooseEngine, ENGINE_NAMES, type EngineName } from "../cluster/engine.ts";
import { expectedSeconds, experiment } from "./measure/experiment.ts";
import { clockOf, scenarioResult } from "./report/figures.ts";
import { LISTENER_SETTINGS } from "./measure/listener.ts";
import { machineOf, VERSIONS } from "./measure/machine.ts";
import { ProgressBar } from "./measure/progress.ts";
import { prepareFolder, writeReport } from "./report/report_files.ts";
import { FORMAT, type Results, SCENARIO_NAMES, type ScenarioName } from "./results.ts";
import { ORDER, planScenario } from "./measure/scenarios.ts";
import { Environment } from "./measure/environment.ts";
import { startSubject, type Subject, useServers } from "./measure/subject.ts";
import { formatForTerminal } from "./report/terminal.ts";

const USAGE = `Usage: deno task compare [--quick] [--engine NAME | --url URL[,URL…]]
                         [--scenario NAME…] [--repetitions N] [--out DIR]

  --quick          less of everything: half a minute
  --engine NAME    ${ENGINE_NAMES.join(", ")};
                   by default the first one found, started on this machine
  --url URL,…      servers of your own, the writer's first, with a database that nobody uses:
                   redis://[user:password@]host[:port][/db]
  --scenario NAME  only some of ${SCENARIO_NAMES.slice(0, 5).join(", ")},
                   ${SCENARIO_NAMES.slice(5).join(", ")}
  --repetitions N  how often everything is measured, 5 by default, 3 with --quick
  --out DIR        the folder for report.html, report.md and report.json, by default comparison`;

const MAX_REPETITIONS = 1000;

/** The exit code of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

/** What stands between `redis://` and the host. */
const CREDENTIALS = /^(rediss?:\/\/).*@/s;

interface CompareOptions {
  readonly quick: boolean;
  readonly engine?: EngineName;
  readonly urls?: readonly string[];
  readonly scenarios: readonly ScenarioName[];
  readonly repetitions: number;
  readonly out: string;
}

/** Compares, and writes the report; resolves to the exit code. */
async function compare(options: CompareOptions, signal: AbortSignal): Promise<number> {
  const { out } = options;
  await prepareFolder(out); // now, and not only after minutes of work
  const results = await measure(options, signal);
  if (!results) return INTERRUPTED;
  await writeReport(results, out);
  console.log(formatForTerminal(results, widthOf(Deno.stdout)));
  console.log(`Written to ${out}: report.html, report.json, report.md with pictures/`);
  return signal.aborted ? INTERRUPTED : 0;
}

/** Measures all scenarios; resolves to nothing where it was stopped before there was anything. */
async function measure(
  options: CompareOptions,
  signal: AbortSignal,
): Promise<Results | undefined> {
  const { quick, repetitions } = options;
  const began = new Date();
  await using subject = await openSubject(options);
  const chosen = ORDER.filter((name) => options.scenarios.includes(name));
  const plans = chosen.map((name) => planScenario(name, { quick, nodes: subject.nodes }));
  await using environment = new Environment(subject, signal);
  const writer = new Map<string, ClockOffset>();
  const bar = new ProgressBar(expectedSeconds(plans, repetitions), {
    isTerminal: Deno.stderr.isTerminal(),
    write: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
  });
  if (signal.aborted) return;
  for (let node = 0; node < subject.nodes; node++) {
    writer.set(nameServer(subject.place(node, 0).server), await environment.clockOffset(node));
  }
  const raw = await experiment(environment, plans, repetitions, signal, ({ what, done }) => {
    bar.show(what, done);
  });
  bar.clear();
  const clock = clockOf(raw, writer);
  const measured = raw.map((scenario) => scenarioResult(scenario, clock));
  const scenarios = SCENARIO_NAMES.flatMap((name) =>
    measured.filter((result) => result.name === name)
  );
  return {
    format: FORMAT,
    beganAt: began.toISOString(),
    seconds: (Date.now() - began.getTime()) / 1000,
    command: commandOf(options),
    quick,
    interrupted: signal.aborted,
    machine: machineOf(),
    servers: subject.servers,
    versions: VERSIONS,
    settings: LISTENER_SETTINGS,
    clock,
    repetitions,
    scenarios,
  };
}

async function openSubject({ engine, urls }: CompareOptions): Promise<Subject> {
  if (urls) return await useServers(urls);
  const chosen = await chooseEngine(engine && [engine]);
  console.log(`Engine ${chosen.name} ${chosen.version}: ${chosen.description}`);
  return await startSubject(chosen);
}

/** How many characters a line has. */
function widthOf(output: typeof Deno.stdout): number {
  return output.isTerminal() ? Deno.consoleSize().columns : 100;
}

/** The command that repeats it; credentials are left out. */
function commandOf({ quick, engine, urls, scenarios, repetitions }: CompareOptions): string {
  const words = ["deno task compare"];
  if (quick) words.push("--quick");
  if (engine) words.push(`--engine ${engine}`);
  if (urls) words.push(`--url ${urls.map((url) => url.replace(CREDENTIALS, "$1")).join(",")}`);
  if (scenarios.length < SCENARIO_NAMES.length) words.push(`--scenario ${scenarios.join(" ")}`);
  if (repetitions !== presetRepetitions(quick)) words.push(`--repetitions ${repetitions}`);
  return words.join(" ");
}

/** Reads the command line. */
function readOptions(args: string[]): CompareOptions {
  const text = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    args,
    options: {
      quick: { type: "boolean" },
      engine: text,
      url: text,
      scenario: { ...text, multiple: true },
      repetitions: text,
      out: text,
    },
    allowPositionals: true, // more names behind --scenario
  });
  const { quick = false, engine, url, scenario = [], repetitions, out = "comparison" } = values;
  if (engine && url) throw new Error("--engine and --url exclude each other: both are given");
  if (scenario.length === 0 && positionals.length > 0) {
    throw new Error(
      `There is nothing to do with "${positionals[0]}": names of scenarios stand behind --scenario`,
    );
  }
  const names = [...scenario, ...positionals].map((name) =>
    readName("--scenario", name, SCENARIO_NAMES)!
  );
  return {
    quick,
    engine: readName("--engine", engine, ENGINE_NAMES),
    urls: url === undefined ? undefined : readUrls(url),
    scenarios: names.length > 0
      ? SCENARIO_NAMES.filter((name) => names.includes(name))
      : SCENARIO_NAMES,
    repetitions: repetitions === undefined
      ? presetRepetitions(quick)
      : readWhole("--repetitions", repetitions, 1, MAX_REPETITIONS),
    out,
  };
}

function readUrls(text: string): string[] {
  if (parseServerUrls(text)) return text.split(/,(?=\s*rediss?:)/).map((url) => url.trim());
  const found = `got "${excerpt(redactUrl(text))}"`;
  throw new Error(`--url must be ${SERVER_URLS_RULE}: ${found}`);
}

function presetRepetitions(quick: boolean): number {
  return quick ? 3 : 5;
}

if (import.meta.main) await runCommand(USAGE, readOptions, compare);

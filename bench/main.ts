/**
 * Compares our listeners with those that others would write. All run on one server of this machine, in turn and in
 * several rounds.
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { readName, readParts, readWhole, runCommand } from "../cli/command_line.ts";
import { startCluster } from "../cluster/cluster.ts";
import { chooseEngine, SERVER_NAMES } from "../cluster/engine.ts";
import { within } from "../cluster/waiting.ts";
import { problemsWith } from "./budget.ts";
import { type Listener, LISTENERS, REFERENCE, type Start } from "./listeners.ts";
import { FULL, measure, type Measurement, measureProbe, SHORT } from "./measurement.ts";
import * as pages from "./pages.ts";
import { formatBench, type Rounds, spreadOf } from "./report.ts";
import * as soak from "./soak.ts";

const USAGE =
  `Usage: deno task bench [--rounds N] [--only NAMES] [--engine NAME] [--json FILE] [--short] [--budget]
       deno task bench pages [--help]
       deno task bench soak [--help]

Compares our listeners with those that others would write, on one node of a server.

  --rounds N     how often each listener is measured, 5 by default
  --only NAMES   parts of listeners' names, separated by commas; by default all that can run here
  --engine NAME  ${SERVER_NAMES.join(", ")}; by default the first one found
  --json FILE    a file for all measurements
  --short        fewer changes: enough to detect regressions
  --budget       exits with 1 if our listeners exceed bench/budget.json`;

/** How long one listener may take, in milliseconds. */
const LIMIT_MS = 120_000;

type BenchOptions = ReturnType<typeof readOptions>;

async function bench(options: BenchOptions, signal: AbortSignal): Promise<number> {
  const engine = await chooseEngine(options.engine ? [options.engine] : SERVER_NAMES);
  const dir = await Deno.makeTempDir({ prefix: "keydb-observable-bench-" });
  try {
    const listeners = await chooseListeners(dir, options.only);
    await using cluster = await startCluster({ ...engine, nodes: 1 }, { detached: true });
    const { port, url } = cluster.nodes[0];
    const rounds: Record<string, Measurement[]> = {};
    const probes = [];
    for (let round = 1; round <= options.rounds; round++) {
      probes.push((await measureProbe(port, options.extent)).p50);
      // Every other round has the reverse order, so that slow drifts affect all alike.
      for (const [name, start] of round % 2 === 1 ? listeners : listeners.toReversed()) {
        signal.throwIfAborted();
        console.error(`round ${round} of ${options.rounds}: ${name}`);
        const log = join(dir, "log");
        const work = measure(() => start(url, log), log, port, options.extent);
        (rounds[name] ??= []).push(await within(work, `the measurement of ${name}`, LIMIT_MS));
      }
    }
    const { name, version } = engine;
    const { deno } = Deno.version;
    console.log(`One node of ${name} ${version}, Deno ${deno}, ${options.rounds} rounds\n`);
    console.log(formatBench(rounds, spreadOf(probes)));
    if (options.json) {
      await writeJson(options.json, { engine: name, version, deno, probes, rounds });
    }
    return options.budget ? checkBudget(rounds) : 0;
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Prepares the requested listeners, and always the reference. */
async function chooseListeners(
  dir: string,
  only: readonly Listener[],
): Promise<[name: string, start: Start][]> {
  const starts: [string, Start][] = [];
  for (const listener of LISTENERS) {
    const { name } = listener;
    if (!only.includes(listener) && name !== REFERENCE) continue;
    const start = await listener.prepare(dir);
    if (typeof start === "string") console.error(`${name} is left out: ${start}`);
    else starts.push([name, start]);
  }
  return starts;
}

function checkBudget(rounds: Rounds): number {
  const problems = problemsWith(rounds);
  for (const problem of problems) console.error(problem);
  return problems.length > 0 ? 1 : 0;
}

async function writeJson(file: string, results: unknown): Promise<void> {
  await Deno.writeTextFile(file, `${JSON.stringify(results, null, 2)}\n`);
}

function readOptions(args: string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args,
    options: { rounds: text, only: text, engine: text, json: text, short: flag, budget: flag },
  });
  return {
    rounds: readWhole("--rounds", values.rounds ?? "5", 1, 100),
    only: values.only === undefined ? LISTENERS : readParts("--only", values.only, LISTENERS),
    engine: readName("--engine", values.engine, SERVER_NAMES),
    json: values.json,
    extent: values.short ? SHORT : FULL,
    budget: values.budget,
  };
}

if (import.meta.main) {
  const [command, ...args] = Deno.args;
  if (command === "pages") {
    await runCommand(pages.USAGE, pages.readOptions, pages.measurePages, args);
  } else if (command === "soak") {
    await runCommand(soak.USAGE, soak.readOptions, soak.measureSoak, args);
  } else {
    await runCommand(USAGE, readOptions, bench);
  }
}

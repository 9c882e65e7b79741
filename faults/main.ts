/**
 * Runs rounds of faults against a cluster and the three roles, checks each round's history, and prints a table at the
 * end. A failing round leaves its history, and its seed repeats its fault.
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import { readName, readWhole, runCommand } from "../cli/command_line.ts";
import { chooseEngine, type Engine, SERVER_NAMES } from "../cluster/engine.ts";
import { checkHistory, type Verdict } from "./checker/checker.ts";
import { AGE_LIMIT, type DiskRound, drawDiskPlan, runDiskRound } from "./disks.ts";
import { drawPlan, FAULT_NAMES, type FaultName } from "./faults.ts";
import { formatDiskReport, formatReport } from "./report.ts";
import { type RoundResult, runRound } from "./round.ts";

const USAGE =
  `Usage: deno task test:faults [--rounds N] [--seed S] [--engine NAME] [--fault NAME | --disks]

Breaks servers and lines, and checks that the listeners end with the newest value and count every gap.

  --rounds N     number of rounds, 20 by default
  --seed S       seed of the first round; each next round adds 1
  --engine NAME  ${SERVER_NAMES.join(", ")}; by default the first one found
  --fault NAME   one fault only: ${FAULT_NAMES.slice(0, 6).join(", ")},
                 ${FAULT_NAMES.slice(6).join(", ")}
  --disks        no roles: all nodes are killed at once during writes, and restarted, each alone
                 and then together; none may lose what is older than ${AGE_LIMIT} s

Exit codes: 0, 1 if a round failed, 2 if an option is invalid, 130 after Ctrl-C.`;

/** The folder under the working directory for the histories of failing rounds. */
const HISTORIES = "faults-histories";

const MAX_ROUNDS = 100_000;
const MAX_SEED = 2 ** 31 - 1;

/** The exit code after Ctrl-C. */
const INTERRUPTED = 130;

interface FaultsOptions {
  readonly rounds: number;
  readonly seed: number;
  readonly engine?: typeof SERVER_NAMES[number];
  readonly fault?: FaultName;
  readonly disks: boolean;
}

/** Runs all rounds. Resolves to the exit code. */
async function testFaults(options: FaultsOptions, signal: AbortSignal): Promise<number> {
  const { rounds, seed, engine: engineName, fault, disks } = options;
  const engine = await chooseEngine(engineName ? [engineName] : SERVER_NAMES);
  console.log(`Engine ${engine.name} ${engine.version}: ${engine.description}`);
  if (disks) return await testDisks(engine, options, signal);
  await using clusters = new Clusters(engine);
  const verdicts: Verdict[] = [];
  let failures = 0;
  for (let index = 0; index < rounds && !signal.aborted; index++) {
    const roundSeed = (seed + index) % (MAX_SEED + 1);
    const plan = drawPlan(roundSeed, fault && [fault]);
    const quietly = plan.quiet ? ", healed while the writer pauses" : "";
    const title = `${
      index + 1
    }/${rounds} seed ${roundSeed} ${plan.name}: ${plan.fault.what}${quietly}`;
    const begin = performance.now();
    try {
      const result = await runRound(await clusters.get(), plan, roundSeed, signal);
      const verdict = checkHistory(result.history);
      verdicts.push(verdict);
      const seconds = ((performance.now() - begin) / 1000).toFixed(1);
      console.log(`${title}; ${seconds} s, ${summarize(verdict)}`);
      if (verdict.violations.length === 0) continue;
      console.log(`  history: ${await leaveHistory(engine, result)}`);
    } catch (error) {
      if (signal.aborted) break;
      await clusters.discard();
      console.log(`${title}; could not be carried out: ${(error as Error).message}`);
    }
    failures++;
    console.log(`  again: ${commandFor(engine, roundSeed, fault)}`);
  }
  if (verdicts.length > 0) console.log(`\n${formatReport(verdicts)}`);
  if (signal.aborted) return INTERRUPTED;
  return conclude(failures, rounds);
}

/** Runs all rounds with killed nodes. Resolves to the exit code. */
async function testDisks(
  engine: Engine,
  { rounds, seed }: FaultsOptions,
  signal: AbortSignal,
): Promise<number> {
  await using cluster = await startCluster(engine, { disk: true, detached: true });
  for (const node of cluster.nodes) await node.kill();
  const results: DiskRound[] = [];
  let failures = 0;
  for (let index = 0; index < rounds && !signal.aborted; index++) {
    const roundSeed = (seed + index) % (MAX_SEED + 1);
    const title = `${index + 1}/${rounds} seed ${roundSeed}`;
    try {
      const result = await runDiskRound(cluster, drawDiskPlan(roundSeed), signal);
      results.push(result);
      const { writes, alone, together } = result;
      if (Math.max(together, ...alone) > AGE_LIMIT) failures++;
      const behind = alone.map((seconds) => seconds.toFixed(3)).join(", ");
      console.log(
        `${title}: ${writes} writes; behind alone ${behind} s, together ${together.toFixed(3)} s`,
      );
    } catch (error) {
      if (signal.aborted) break;
      console.log(`${title}; could not be carried out: ${(error as Error).message}`);
      failures++;
    }
  }
  if (results.length > 0) console.log(`\n${formatDiskReport(results)}`);
  return signal.aborted ? INTERRUPTED : conclude(failures, rounds);
}

/** Prints whether all rounds held. Returns the exit code. */
function conclude(failures: number, rounds: number): number {
  console.log(failures === 0 ? "All rounds held" : `${failures} of ${rounds} rounds failed`);
  return failures === 0 ? 0 : 1;
}

/** A cluster for round after round, replaced when a round leaves it in doubt. */
class Clusters implements AsyncDisposable {
  #engine: Engine;
  #cluster?: Cluster;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async get(): Promise<Cluster> {
    const options = { cuttable: true, disk: true, detached: true };
    return this.#cluster ??= await startCluster(this.#engine, options);
  }

  async discard(): Promise<void> {
    await this.#cluster?.[Symbol.asyncDispose]();
    this.#cluster = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.discard();
  }
}

/** Summarizes a round in one line, with one more line for each finding. */
function summarize({ writes, listeners, violations, serverLosses }: Verdict): string {
  const observed = listeners.map((listener) => listener.observed).join(" and ");
  const recoveries = listeners.map(({ recovery }) => recovery?.toFixed(3) ?? "-").join(" and ");
  const findings = [
    ...violations.map(({ rule, what }) => `\n  VIOLATION ${rule}: ${what}`),
    ...serverLosses.map(({ rule, what }) => `\n  server ${rule}: ${what}`),
  ];
  return `${writes} writes, ${observed} observed, recovered in ${recoveries} s${findings.join("")}`;
}

/** Writes a round's history and its roles' output to files. Resolves to the history's path. */
async function leaveHistory(engine: Engine, { history, lines }: RoundResult): Promise<string> {
  await Deno.mkdir(HISTORIES, { recursive: true });
  const { records, ...head } = history;
  const path = join(HISTORIES, `${engine.name}-${history.seed}`);
  const entries = [{ engine: engine.name, version: engine.version, ...head }, ...records];
  await Deno.writeTextFile(`${path}.jsonl`, asLines(entries.map((entry) => JSON.stringify(entry))));
  await Deno.writeTextFile(`${path}.log`, asLines(lines));
  return `${path}.jsonl`;
}

function asLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

function commandFor(engine: Engine, seed: number, fault?: FaultName): string {
  const faultOption = fault ? ` --fault ${fault}` : "";
  return `deno task test:faults --rounds 1 --seed ${seed} --engine ${engine.name}${faultOption}`;
}

/** Reads the command line. */
function readOptions(args: string[]): FaultsOptions {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: { rounds: text, seed: text, engine: text, fault: text, disks: { type: "boolean" } },
  });
  const { disks = false } = values;
  if (disks && values.fault !== undefined) {
    throw new Error("--disks and --fault exclude each other");
  }
  return {
    rounds: readWhole("--rounds", values.rounds ?? "20", 1, MAX_ROUNDS),
    seed: values.seed === undefined ? randomSeed() : readWhole("--seed", values.seed, 0, MAX_SEED),
    engine: readName("--engine", values.engine, SERVER_NAMES),
    fault: readName("--fault", values.fault, FAULT_NAMES),
    disks,
  };
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] % (MAX_SEED + 1);
}

if (import.meta.main) await runCommand(USAGE, readOptions, testFaults);

/** Compares ways to observe a key: what each loses, what each costs, loop against callback, and many listeners. */

import { parseArgs } from "node:util";
import { parseServerUrls, redactUrl, SERVER_URLS_RULE } from "../lib/connect/server.ts";
import { excerpt } from "../lib/text.ts";
import { readName, readParts, readWhole, runCommand } from "../cli/command_line.ts";
import { chooseEngine, type Engine, ENGINE_NAMES } from "../cluster/engine.ts";
import { countsCpu, measureCrowds } from "./crowds/crowds.ts";
import { measureLosses } from "./losses/losses.ts";
import { LISTENER_SETTINGS } from "./measure/listener.ts";
import { commitHere, machineOf, VERSIONS } from "./measure/machine.ts";
import { measurePatterns } from "./measure/patterns.ts";
import { amidNoise, expectedSeconds, type Plan, planComparison } from "./plan.ts";
import { ProgressBar } from "./measure/progress.ts";
import { type Course, measureRuns } from "./measure/runs.ts";
import { type Place, type Servers, startServers, useServers } from "./measure/servers.ts";
import { measureTraffic } from "./measure/traffic.ts";
import { mechanismVariant } from "./measure/variant.ts";
import { MECHANISMS } from "./mechanisms/all.ts";
import type { Mechanism } from "./mechanisms/mechanism.ts";
import { startMechanism } from "./mechanisms/process.ts";
import { prepareFolder, readReport, writeReport } from "./report/report_files.ts";
import { formatSummary } from "./report/report.ts";
import { FORMAT, PART_NAMES, type PartName, type Results } from "./results.ts";

const USAGE = `Usage: deno task compare [--quick] [--engine NAME | --url URL[,URL…]] [--part NAME…]
                         [--only NAME[,NAME…]] [--rate N[,N…]] [--repetitions N] [--rounds N]
                         [--out DIR]
       deno task compare --from FILE [--out DIR]

Measures what each way to learn of a change costs and loses, and writes a report.

  --quick          less of everything: about ten minutes instead of three and a half hours
  --engine NAME    ${ENGINE_NAMES.join(", ")};
                   by default the first one found, started on this machine
  --url URL,…      servers of your own, the writer's first, with an unused database, in which the
                   comparison deletes its keys at the end:
                   redis://[user:password@]host[:port][/db]
  --part NAME      only some of ${PART_NAMES.join(", ")}
  --only NAME,…    only some mechanisms, by parts of their names:
                   ${MECHANISMS.slice(0, 5).map(({ name }) => name).join(" · ")} ·
                   ${MECHANISMS.slice(5).map(({ name }) => name).join(" · ")}
  --rate N,…       the writes a second at which costs are measured, on the writer's server
  --repetitions N  how often costs are measured, 5 by default, 4 with --quick; with 3 or fewer,
                   differences are not calculated
  --rounds N       how often each fault is done, 10 by default, 1 with --quick
  --out DIR        the folder for report.html, report.md and report.json, by default comparison
  --from FILE      measures nothing: formats an earlier report.json again

Exit codes: 0, 1 after a failure, 2 if an option cannot be used, 130 after Ctrl-C.`;

/** How many repetitions or rounds may be asked for. */
const MOST = 1000;

/** Up to how many writes a second may be asked for. */
const FASTEST = 100_000;

/** The exit code of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

/** What stands between `redis://` and the host, also behind `--url=`; a password may hold anything. */
const CREDENTIALS = /(rediss?:\/\/)[^]*@/;

/** Between two URLs: a password may hold commas, too. */
const BETWEEN_URLS = /,(?=\s*rediss?:)/;

type CompareOptions = ReturnType<typeof readOptions>;

/** What was measured, without machine and servers. */
type Measured = Pick<
  Results,
  "losses" | "costs" | "traffic" | "patterns" | "crowds" | "absent"
>;

/** Compares, or reads an earlier comparison, and writes the report. Resolves to the exit code. */
async function compare(options: CompareOptions, signal: AbortSignal): Promise<number> {
  const { quick, urls, out } = options;
  if (options.from !== undefined) return await show(await readReport(options.from), out);
  await prepareFolder(out); // now, and not only after minutes of work
  const began = new Date();
  const machine = machineOf();
  const engine = urls ? undefined : await chooseEngine(options.engine && [options.engine]);
  if (engine) console.log(`Engine ${engine.name} ${engine.version}: ${engine.description}`);
  await using stack = new AsyncDisposableStack();
  const servers = stack.use(engine ? await startServers(engine) : await useServers(urls!));
  const { measured, hasFailed } = await measure(servers, engine, options, signal);
  const results: Results = {
    format: FORMAT,
    beganAt: began.toISOString(),
    seconds: (Date.now() - began.getTime()) / 1000,
    command: commandOf(Deno.args),
    commit: await commitHere(),
    quick,
    interrupted: signal.aborted,
    machine,
    servers: servers.descriptions,
    versions: VERSIONS,
    settings: LISTENER_SETTINGS,
    ...measured,
  };
  await show(results, out);
  return signal.aborted ? INTERRUPTED : hasFailed ? 1 : 0;
}

/** Writes the report, and prints its answers. Resolves to the exit code of a success. */
async function show(results: Results, out: string): Promise<number> {
  await writeReport(results, out);
  console.log(formatSummary(results));
  console.log(`Written to ${out}: report.html, report.json, report.md with pictures/`);
  return 0;
}

/** Measures all parts that are asked for, and says whether one has failed. */
async function measure(
  servers: Servers,
  engine: Engine | undefined,
  options: CompareOptions,
  signal: AbortSignal,
): Promise<{ readonly measured: Measured; readonly hasFailed: boolean }> {
  const { parts, only } = options;
  const plan = planComparison(options.quick, servers.places.length, options.rates);
  const { repetitions = plan.repetitions, rounds = plan.rounds } = options;
  const chosen = { ...plan, repetitions, rounds, mechanisms: only ?? plan.mechanisms };
  const { bar, course } = coursesOf(chosen, parts, signal);
  const [first] = servers.places;
  const absent = await findUnable(chosen.mechanisms, first);
  const mechanisms = chosen.mechanisms.filter(({ name }) => !(name in absent));
  let hasFailed = false;
  /** What a part measures; nothing if it is not asked for, can't be done here, or fails: then the others go on. */
  const part = async <T>(
    name: PartName,
    nothing: T,
    work: () => Promise<T>,
    hindrance: () => string | undefined | Promise<string | undefined> = () => undefined,
  ): Promise<T> => {
    if (!parts.includes(name) || signal.aborted) return nothing;
    try {
      const reason = await hindrance();
      if (reason === undefined) return await work();
      absent[name] = reason;
    } catch (error) {
      absent[name] = (error as Error).message;
      hasFailed = true;
    }
    return nothing;
  };
  const losses = await part(
    "losses",
    [],
    () => measureLosses(engine!, mechanisms, course("losses")),
    () => whyNoFaults(engine),
  );
  const { costs, traffic } = await part(
    "costs",
    { costs: [], traffic: {} },
    () => measureCosts(servers, mechanisms, chosen, course("costs")),
  );
  const patterns = await part(
    "patterns",
    [],
    () => measurePatterns(servers, chosen.patterns, course("patterns")),
  );
  const crowds = await part(
    "listeners",
    [],
    () => measureCrowds(first, chosen.crowds, course("listeners")),
    async () =>
      await countsCpu(first) ? undefined : "the server does not say what CPU time it uses",
  );
  bar.clear();
  return { measured: { absent, losses, costs, traffic, patterns, crowds }, hasFailed };
}

/** Why faults are not done; nothing if they are. */
function whyNoFaults(engine: Engine | undefined): string | undefined {
  if (!engine) return "faults are done to servers only that the comparison has started itself";
  return engine.name === "embedded" ? "the embedded engine is one node in JavaScript" : undefined;
}

/** What each mechanism costs, also amid unrelated writes, and what goes over the line. */
async function measureCosts(
  servers: Servers,
  mechanisms: readonly Mechanism[],
  { loads, noisyLoads }: Plan,
  course: Course,
): Promise<Pick<Measured, "costs" | "traffic">> {
  const all = mechanisms.map(mechanismVariant);
  const some = amidNoise(mechanisms).map(mechanismVariant);
  const [runs, noisyRuns] = [all.length * loads.length, some.length * noisyLoads.length];
  const share = runs / (runs + noisyRuns);
  const within = (from: number, to: number): Course => ({
    ...course,
    onRun: (what, done) => course.onRun(what, from + done * (to - from)),
  });
  const costs = [
    ...await measureRuns(servers, all, loads, within(0, share)),
    ...await measureRuns(servers, some, noisyLoads, within(share, 1)),
  ];
  const traffic: Record<string, Results["traffic"][string]> = {};
  for (const mechanism of servers.places[0].server.tls ? [] : mechanisms) {
    if (course.signal.aborted) break;
    course.onRun(`${mechanism.name}, traffic`, 1);
    traffic[mechanism.name] = await measureTraffic(mechanism, servers.places[0]);
  }
  return { costs, traffic };
}

/** Tries each mechanism: not every server can do all. */
async function findUnable(
  mechanisms: readonly Mechanism[],
  { url, env }: Place,
): Promise<Record<string, string>> {
  const unable: Record<string, string> = {};
  for (const { name } of mechanisms) {
    try {
      await using _process = await startMechanism(name, url, env);
    } catch (error) {
      unable[name] = (error as Error).message;
    }
  }
  return unable;
}

/** The parts' courses, which share a progress bar. */
function coursesOf(plan: Plan, parts: readonly PartName[], signal: AbortSignal) {
  const seconds = expectedSeconds(plan);
  const total = parts.reduce((sum, part) => sum + seconds[part], 0);
  const bar = new ProgressBar(total, {
    isTerminal: Deno.stderr.isTerminal(),
    write: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
  });
  const course = (part: PartName): Course => {
    const before = parts.slice(0, parts.indexOf(part))
      .reduce((sum, part) => sum + seconds[part], 0);
    return {
      repetitions: part === "losses" ? plan.rounds : plan.repetitions,
      restSeconds: plan.restSeconds,
      signal,
      onRun: (what, done) => bar.show(what, (before + done * seconds[part]) / total),
    };
  };
  return { bar, course };
}

/** The command that repeats it; credentials are left out. */
function commandOf(args: readonly string[]): string {
  const words = args.map((arg) =>
    arg.split(BETWEEN_URLS).map((part) => part.replace(CREDENTIALS, "$1")).join(",")
  );
  return ["deno task compare", ...words.map((word) => / /.test(word) ? `"${word}"` : word)].join(
    " ",
  );
}

/** Reads the command line. */
function readOptions(args: string[]) {
  const text = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    args,
    options: {
      quick: { type: "boolean" },
      engine: text,
      url: text,
      part: { ...text, multiple: true },
      only: text,
      rate: text,
      repetitions: text,
      rounds: text,
      out: text,
      from: text,
    },
    allowPositionals: true, // more names behind --part
  });
  const { quick = false, engine, url, part = [], only, rate, from, out = "comparison" } = values;
  const other = Object.keys(values).find((name) => name !== "from" && name !== "out");
  if (from !== undefined && other) throw new Error(`--from measures nothing: remove --${other}`);
  if (engine && url) throw new Error("--engine and --url exclude each other: both are given");
  if (part.length === 0 && positionals.length > 0) {
    throw new Error(`Unexpected argument "${positionals[0]}"; use --part ${positionals[0]}`);
  }
  const parts = [...part, ...positionals].map((name) => readName("--part", name, PART_NAMES)!);
  if (rate !== undefined && parts.length > 0 && !parts.includes("costs")) {
    throw new Error("--rate is for part costs: add it to --part, or remove --rate");
  }
  const number = (name: "repetitions" | "rounds") =>
    values[name] === undefined ? undefined : readWhole(`--${name}`, values[name], 1, MOST);
  return {
    quick,
    engine: readName("--engine", engine, ENGINE_NAMES),
    urls: url === undefined ? undefined : readUrls(url),
    parts: parts.length > 0 ? PART_NAMES.filter((name) => parts.includes(name)) : PART_NAMES,
    only: only === undefined ? undefined : readParts("--only", only, MECHANISMS),
    rates: rate === undefined ? undefined : readRates(rate),
    repetitions: number("repetitions"),
    rounds: number("rounds"),
    from,
    out,
  };
}

function readRates(text: string): number[] {
  const rates = text.split(",").map((rate) => readWhole("--rate", rate.trim(), 1, FASTEST));
  return [...new Set(rates)];
}

function readUrls(text: string): string[] {
  if (parseServerUrls(text)) return text.split(BETWEEN_URLS).map((url) => url.trim());
  const found = `got "${excerpt(redactUrl(text))}"`;
  throw new Error(`--url must be ${SERVER_URLS_RULE}: ${found}`);
}

if (import.meta.main) await runCommand(USAGE, readOptions, compare);

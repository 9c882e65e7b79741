/**
 * Shows the pattern at work: starts a cluster on this machine and the roles as processes, prints what they
 * say and where the page is that shows it live, and stops all of it on Ctrl-C or after some seconds.
 */

import { parseArgs, styleText } from "node:util";
import { parseDecimal } from "../lib/protocol/interval.ts";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import { readName, readWhole, runCommand } from "../cli/command_line.ts";
import { chooseEngine, ENGINE_NAMES, type EngineName } from "../cluster/engine.ts";
import { parseSimulatedWork } from "../lib/role/simulated_work.ts";
import { openInBrowser } from "./open.ts";
import type { Node } from "../cluster/node.ts";
import { freePorts, isFree } from "../cluster/ports.ts";
import { type RoleProcess, startRole } from "../cluster/role_process.ts";
import type { PatternRole, RoleName } from "../cluster/roles.ts";

/** The port of the page, unless `DASHBOARD_PORT` names one, or somebody else has it. */
const PAGE_PORT = 8000;

const USAGE = `Usage: deno task demo [--for SECONDS] [--engine NAME] [--open]

  --for SECONDS  stop after that time; without it, stop with Ctrl-C
  --engine NAME  keydb-server, valkey-server, redis-server or embedded; by default the first one found
  --open         open the page in the browser

UPDATE_INTERVAL is the number of seconds between writes, by default 1; with SIMULATED_WORK="wait 20" it is shorter than\nthe work. DASHBOARD_PORT is the port of the page, by default ${PAGE_PORT} or one that is free, and METRICS_PORT that of the writer's metrics; the
listeners and the dashboard have the next ones.`;

/** The longest demo, in seconds: one day. */
const MAX_SECONDS = 86400;

/** The roles of the pattern, each with the number of the node it works with. */
const PATTERN = [
  { name: "writer", node: 0 },
  { name: "listener_sync", node: 1 },
  { name: "listener_async", node: 2 },
] as const;

/** What the roles get besides the environment: somebody is looking on. */
const PRESETS = presetsFor(Deno.env.get("SIMULATED_WORK") || "none");

/** How many values come while a slow handler handles one, and how fast they may come at most, in seconds. */
const WRITES_AT_ONCE = 2.5;
const FASTEST = 0.005;

/** The colours of the lines. */
const COLORS = {
  demo: "green",
  dashboard: "blue",
  writer: "yellow",
  listener_sync: "cyan",
  listener_async: "magenta",
} as const;

const PREFIX_LENGTH = Math.max(...Object.keys(COLORS).map((name) => name.length));

interface DemoOptions {
  seconds?: number;
  engine?: EngineName;
  open: boolean;
}

/** Runs the demo; resolves to the exit code. */
async function demo(
  { seconds, engine: engineName, open }: DemoOptions,
  signal: AbortSignal,
): Promise<number> {
  const engine = await chooseEngine(engineName && [engineName]);
  print("demo", `Engine ${engine.name} ${engine.version}: ${engine.description}`);
  if (PRESETS.LOG_LEVEL === "warn") {
    print(
      "demo",
      `A write every ${PRESETS.UPDATE_INTERVAL} s, faster than one at a time is handled`,
    );
    print("demo", "Only warnings are shown here; LOG_LEVEL=info shows every write");
  }
  await using cluster = await startCluster(engine, { detached: true });
  await using stack = new AsyncDisposableStack();
  const roles = [stack.use(await startDashboard(choosePort(), cluster, open))];
  for (const { name, node } of PATTERN) {
    roles.push(stack.use(await startPatternRole(name, node, cluster)));
  }
  const ending = new AbortController();
  const deaths = roles.map((role) => tellDeath(role, ending.signal));
  for (const node of cluster.nodes) tellEnd(node, ending.signal);
  await Promise.race([Promise.all(deaths), stopped(seconds, signal)]);
  ending.abort();
  print("demo", "Stopping");
  const [dashboard, ...pattern] = roles;
  for (const role of [...pattern, dashboard]) await role.stop(); // the writer first: its last value is read
  return (await Promise.all(deaths)).includes(true) ? 1 : 0;
}

/** Waits for a role's end, and tells of it where nobody has told the role to: the others go on. */
async function tellDeath({ name, status }: RoleProcess, ending: AbortSignal): Promise<boolean> {
  const { code } = await status;
  if (ending.aborted) return false;
  print("demo", `${name} has ended with exit code ${code}`);
  return true;
}

/** Waits for a node's end, and tells of it where nobody has told the node to: roles fail over. */
async function tellEnd({ port, ended }: Node, ending: AbortSignal): Promise<void> {
  await ended;
  if (!ending.aborted) print("demo", `The node on port ${port} has ended`);
}

/** Starts a role that prefers one node, and fails over to the others. */
async function startPatternRole(
  name: PatternRole,
  first: number,
  cluster: Cluster,
): Promise<RoleProcess> {
  print("demo", `${name} works with the node on port ${cluster.node(first).port}`);
  const urls = cluster.nodes.map((_, index) => cluster.url(first + index));
  const env = {
    KEYDB_URL: urls.join(","),
    ...PRESETS,
    METRICS_PORT: metricsPortOf(name),
  };
  return await startRole(name, env, (line) => print(name, line), { detached: true });
}

/** Starts the dashboard; once it serves its page, tells where that is, and opens it where that is asked for. */
async function startDashboard(port: number, cluster: Cluster, open: boolean): Promise<RoleProcess> {
  const page = `http://127.0.0.1:${port}/`;
  const env = {
    KEYDB_URL: cluster.nodes.map(({ url }) => url).join(","),
    ...PRESETS,
    BIND_ADDRESS: "127.0.0.1",
    DASHBOARD_PORT: `${port}`,
    METRICS_PORT: metricsPortOf("dashboard"),
  };
  return await startRole("dashboard", env, (line) => {
    print("dashboard", line);
    if (!line.includes(`serves ${page}`)) return;
    print("demo", `See it live: ${page}`);
    if (open) openInBrowser(page).catch(({ message }) => print("demo", message));
  }, { detached: true });
}

/**
 * Chooses the interval and the log level, unless they are set: with slow handlers, writes come faster than one at a time
 * can be handled, so that loop and callback differ, and too fast to be read.
 */
function presetsFor(simulatedWork: string): { UPDATE_INTERVAL: string; LOG_LEVEL: string } {
  const work = parseSimulatedWork(simulatedWork) ?? { kind: "none" };
  const [interval, level] = work.kind === "none"
    ? [1, "info"]
    : [Math.max(FASTEST, work.ms / 1000 / WRITES_AT_ONCE), "warn"];
  const given = Deno.env.get("UPDATE_INTERVAL");
  return {
    UPDATE_INTERVAL: given || `${interval}`,
    LOG_LEVEL: Deno.env.get("LOG_LEVEL") || (given ? "info" : level),
  };
}

/** Where there are to be metrics, every role needs a port of its own: they follow each other. */
function metricsPortOf(name: RoleName): string {
  const first = portIn("METRICS_PORT", 65535 - PATTERN.length);
  const index = [...PATTERN.map(({ name }) => name), "dashboard"].indexOf(name);
  return first === undefined ? "0" : `${first + index}`;
}

/** The port that is asked for; by default always the same one, so that an open page finds the next demo. */
function choosePort(): number {
  return portIn("DASHBOARD_PORT", 65535) ?? (isFree(PAGE_PORT) ? PAGE_PORT : freePorts(1)[0]);
}

/** Reads a port from the environment; throws where it is none. */
function portIn(variable: string, max: number): number | undefined {
  const text = Deno.env.get(variable);
  return text ? readWhole(variable, text, 1, max) : undefined;
}

/** Resolves after the given time, or when the signal is aborted. */
function stopped(seconds: number | undefined, signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const done = () => resolve(undefined);
    if (signal.aborted) done();
    signal.addEventListener("abort", done);
    if (seconds !== undefined) setTimeout(done, seconds * 1000);
  });
}

function print(name: keyof typeof COLORS, line: string): void {
  console.log(`${styleText(COLORS[name], `${name.padEnd(PREFIX_LENGTH)} │`)} ${line}`);
}

/** Reads the command line. */
function readOptions(args: string[]): DemoOptions {
  const { values } = parseArgs({
    args,
    options: {
      for: { type: "string" },
      engine: { type: "string" },
      open: { type: "boolean", default: false },
    },
  });
  const seconds = values.for === undefined ? undefined : parseDecimal(values.for, 0, MAX_SECONDS);
  if (values.for !== undefined && !seconds) { // not within, or 0
    throw new Error(
      `--for must be a number of seconds greater than 0 and at most ${MAX_SECONDS}: ` +
        `got "${values.for}"`,
    );
  }
  const engine = readName("--engine", values.engine, ENGINE_NAMES);
  choosePort(); // what is wrong with the ports is told before anything is started
  metricsPortOf("writer");
  return { seconds, engine, open: values.open };
}

if (import.meta.main) await runCommand(USAGE, readOptions, demo);

/**
 * Shows the pattern at work: starts a cluster on this machine and the roles as processes, prints what they
 * say and where the page is that shows it live, and stops all of it on Ctrl-C or after some seconds.
 */

import { setTimeout as delay } from "node:timers/promises";
import { parseArgs, styleText } from "node:util";
import { parseDecimal } from "../lib/protocol/interval.ts";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import { readName, readWhole, runCommand } from "../cli/command_line.ts";
import { chooseEngine, type Engine, ENGINE_NAMES } from "../cluster/engine.ts";
import { shortenStamps } from "../lib/protocol/stamp.ts";
import { readConfig } from "../lib/role/config.ts";
import { parseSimulatedWork } from "../lib/role/simulated_work.ts";
import { createLog } from "../lib/telemetry/log.ts";
import { Watchdog } from "../cluster/watchdog.ts";
import { openInBrowser } from "./open.ts";
import type { Node } from "../cluster/node.ts";
import { freePorts, isFree } from "../cluster/ports.ts";
import { type RoleProcess, startRole } from "../cluster/role_process.ts";
import type { PatternRole, RoleName } from "../cluster/roles.ts";

/** The port of the page, unless `DASHBOARD_PORT` names one, or somebody else has it. */
const PAGE_PORT = 8000;

const USAGE = `Usage: deno task demo [--for SECONDS] [--engine NAME] [--open]

Starts servers, the writer, both listeners and the page on this machine. Ctrl-C stops all of it.

  --for SECONDS  stop after that time
  --engine NAME  ${ENGINE_NAMES.join(", ")};
                 by default the first one found
  --open         open the page in the browser

Environment variables, besides the roles' settings (see deno task writer --help):

  UPDATE_INTERVAL  seconds between writes: 1 by default; shorter than the work with SIMULATED_WORK
  SIMULATED_WORK   slow handlers, such as "wait 20"; then only warnings and reports are printed
  LOG_FORMAT       json prints one JSON object a line
  DASHBOARD_PORT   the port of the page: ${PAGE_PORT} by default, or a free one if that is taken
  METRICS_PORT     the port of the writer's metrics; the listeners and the dashboard have the next ones

Exit codes: 0 after Ctrl-C or --for, 1 if a role has ended by itself, 2 if an option or a setting cannot be used.`;

/** The longest demo, in seconds: one day. */
const MAX_SECONDS = 86400;

/** The roles of the pattern, each with the number of the node it works with. */
const PATTERN = [
  { name: "writer", node: 0 },
  { name: "listener_sync", node: 1 },
  { name: "listener_async", node: 2 },
] as const;

/** The roles that serve metrics, in the order of their ports. */
const MEASURED: readonly RoleName[] = [...PATTERN.map(({ name }) => name), "dashboard"];

/** How many values come while a slow handler handles one, and how fast they may come at most, in seconds. */
const WRITES_AT_ONCE = 2.5;
const FASTEST = 0.005;

/** The seconds between two reports while writes come too fast to be read. */
const REPORT_SECONDS = "10";

/** What the roles get besides the environment: somebody is looking on. */
const PRESETS = presetsFor(Deno.env.get("SIMULATED_WORK") || "none");

/** The colours of the lines. */
const COLORS = {
  demo: "green",
  dashboard: "blue",
  writer: "yellow",
  listener_sync: "cyan",
  listener_async: "magenta",
} as const;

/** How lines are printed. */
const IS_JSON = Deno.env.get("LOG_FORMAT") === "json";
const IS_TERMINAL = Deno.stdout.isTerminal();

const PREFIX_LENGTH = Math.max(...Object.keys(COLORS).map((name) => name.length));

/** How often the demo looks whether the page is served, in milliseconds. */
const PAGE_MS = 100;

/** How often the demo checks that the program that started it is still there, in milliseconds. */
const PARENT_MS = 1000;

type DemoOptions = ReturnType<typeof readOptions>;

/** Runs the demo; resolves to the exit code. */
async function demo(
  { seconds, engine: engineName, open, port }: DemoOptions,
  signal: AbortSignal,
): Promise<number> {
  const engine = await chooseEngine(engineName && [engineName]);
  print("demo", `Engine ${engine.name} ${engine.version}: ${engine.description}`);
  if (port !== PAGE_PORT && !Deno.env.get("DASHBOARD_PORT")) {
    print("demo", `Port ${PAGE_PORT} is taken, so the page is on port ${port}`);
  }
  if (PRESETS.isFast) {
    print("demo", `A write every ${PRESETS.env.UPDATE_INTERVAL} s: a loop cannot handle them all`);
    print("demo", "Only warnings and reports are shown here; LOG_LEVEL=info shows every write");
  }
  await using stack = new AsyncDisposableStack();
  const watchdog = stack.use(new Watchdog());
  const cluster = await startNodes(engine, watchdog, signal);
  if (!cluster) return 0;
  stack.use(cluster);
  watchdog.remove(cluster.dir);
  const roles = [stack.use(await startDashboard(port, cluster, open))];
  for (const { name, node } of PATTERN) {
    roles.push(stack.use(await startPatternRole(name, node, cluster)));
  }
  for (const role of roles) watchdog.watch(role);
  const ending = new AbortController();
  const deaths = roles.map((role) => reportDeath(role, ending.signal));
  for (const node of cluster.nodes) reportEnd(node, ending.signal);
  await Promise.race([Promise.all(deaths), stopped(seconds, signal)]);
  ending.abort();
  print("demo", "Stopping");
  const [dashboard, ...pattern] = roles;
  for (const role of [...pattern, dashboard]) await role.stop(); // the writer first: its last value is read
  return (await Promise.all(deaths)).includes(true) ? 1 : 0;
}

/** Starts the servers; resolves to nothing if the signal is aborted first. */
async function startNodes(
  engine: Engine,
  watchdog: Watchdog,
  signal: AbortSignal,
): Promise<Cluster | undefined> {
  const onStart = (process: Deno.ChildProcess) => watchdog.watch(process);
  try {
    return await startCluster(engine, { detached: true, onStart, signal });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** Waits until a role has ended, and says so if the demo did not stop it. The other roles go on. */
async function reportDeath(
  { name, status, drained }: RoleProcess,
  ending: AbortSignal,
): Promise<boolean> {
  const { code } = await status;
  if (ending.aborted) return false;
  await drained; // the reason comes first
  print("demo", `${name} has ended with exit code ${code}`);
  return true;
}

/** Waits until a node has ended, and says so if the demo did not stop it. The roles fail over. */
async function reportEnd({ port, ended }: Node, ending: AbortSignal): Promise<void> {
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
    ...PRESETS.env,
    METRICS_PORT: metricsPortOf(name),
  };
  return await startRole(name, env, (line) => print(name, line), { detached: true });
}

/** Starts the dashboard, and announces its page. */
async function startDashboard(port: number, cluster: Cluster, open: boolean): Promise<RoleProcess> {
  const page = `http://127.0.0.1:${port}/`;
  const env = {
    KEYDB_URL: cluster.nodes.map(({ url }) => url).join(","),
    ...PRESETS.env,
    BIND_ADDRESS: "127.0.0.1",
    DASHBOARD_PORT: `${port}`,
    METRICS_PORT: metricsPortOf("dashboard"),
  };
  const role = await startRole("dashboard", env, (line) => print("dashboard", line), {
    detached: true,
  });
  announcePage(page, open, role);
  return role;
}

/** Says where the page is once it is served, whatever the role logs, and opens it if asked to. */
async function announcePage(page: string, open: boolean, { status }: RoleProcess): Promise<void> {
  let hasEnded = false;
  status.then(() => hasEnded = true);
  while (!await isServed(page)) {
    if (hasEnded) return;
    await delay(PAGE_MS);
  }
  print("demo", `See it live: ${page}`);
  if (open) openInBrowser(page).catch(({ message }) => print("demo", message));
}

async function isServed(page: string): Promise<boolean> {
  const response = await fetch(page).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok ?? false;
}

/**
 * Chooses the interval and what is logged, unless they are set: with slow handlers, writes come faster than one at a
 * time can be handled, so that loop and callback differ, and too fast to be read. Reports show the difference then.
 */
function presetsFor(simulatedWork: string) {
  const work = parseSimulatedWork(simulatedWork) ?? { kind: "none" };
  const given = Deno.env.get("UPDATE_INTERVAL");
  const isSlow = work.kind !== "none";
  const isFast = isSlow && !given;
  const interval = isSlow ? Math.max(FASTEST, work.ms / 1000 / WRITES_AT_ONCE) : 1;
  const env = {
    UPDATE_INTERVAL: given || `${interval}`,
    LOG_LEVEL: Deno.env.get("LOG_LEVEL") || (isFast ? "warn" : "info"),
    REPORT_INTERVAL: Deno.env.get("REPORT_INTERVAL") || (isFast ? REPORT_SECONDS : "0"),
  };
  return { isFast, env };
}

/** The metrics port of a role: the ports of all roles follow each other. 0 if there are no metrics. */
function metricsPortOf(name: RoleName): string {
  const first = portIn("METRICS_PORT", 65535 - PATTERN.length);
  const index = MEASURED.indexOf(name);
  return first === undefined ? "0" : `${first + index}`;
}

/** The port that is asked for; by default always the same one, so that an open page finds the next demo. */
function choosePort(): number {
  const port = portIn("DASHBOARD_PORT", 65535);
  if (port !== undefined) assertFree("DASHBOARD_PORT", port);
  return port ?? (isFree(PAGE_PORT) ? PAGE_PORT : freePorts(1)[0]);
}

/** Reads a port from the environment; throws if it is not one. */
function portIn(variable: string, max: number): number | undefined {
  const text = Deno.env.get(variable);
  return text ? readWhole(variable, text, 1, max) : undefined;
}

function assertFree(variable: string, port: number): void {
  if (!isFree(port)) throw new Error(`${variable} must be a free port: port ${port} is taken`);
}

/** Checks what is passed on to the roles before anything is started. The demo decides servers and names itself. */
function checkSettings(): void {
  readConfig(
    "demo",
    (name) => /^(KEYDB_|REDIS_URL$|ROLE_NAME$)/.test(name) ? "" : Deno.env.get(name),
  );
  const metricsPorts = MEASURED.map(metricsPortOf).filter((port) => port !== "0");
  for (const port of metricsPorts) assertFree("METRICS_PORT", Number(port));
}

/** Resolves after the given time, if the signal is aborted, or if the program that started the demo is gone. */
function stopped(seconds: number | undefined, signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const done = () => resolve(undefined);
    if (signal.aborted) done();
    signal.addEventListener("abort", done);
    if (seconds !== undefined) setTimeout(done, seconds * 1000);
    const parent = Deno.ppid;
    setInterval(() => Deno.ppid !== parent && done(), PARENT_MS);
  });
}

/** Prints a line of a role, or of the demo. */
function print(name: keyof typeof COLORS, line: string): void {
  if (!IS_JSON) {
    const text = IS_TERMINAL ? shortenStamps(line) : line;
    console.log(`${styleText(COLORS[name], `${name.padEnd(PREFIX_LENGTH)} │`)} ${text}`);
  } else if (line.startsWith("{")) console.log(line);
  else createLog(name, "info", "json").info(line);
}

/** Reads the command line and the settings. */
function readOptions(args: string[]) {
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
  checkSettings();
  return { seconds, engine, open: values.open, port: choosePort() };
}

if (import.meta.main) await runCommand(USAGE, readOptions, demo);

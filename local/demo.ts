/**
 * Shows the pattern at work: starts a cluster on this machine and the three roles as processes, prints
 * what they say, and stops all of it on Ctrl-C or after some seconds.
 */

import { parseArgs, styleText } from "node:util";
import { parseDecimal } from "../lib/interval.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { readName, runCommand } from "./command_line.ts";
import { chooseEngine, ENGINE_NAMES, type EngineName } from "./engine.ts";
import { type RoleName, type RoleProcess, startRole } from "./role_process.ts";

const USAGE = `Usage: deno task demo [--for SECONDS] [--engine NAME]

  --for SECONDS  stop after that time; without it, stop with Ctrl-C
  --engine NAME  keydb-server, valkey-server, redis-server or embedded; by default the first one found`;

/** The longest demo, in seconds: one day. */
const MAX_SECONDS = 86400;

/** The roles, each with the number of the node it works with and the colour of its lines. */
const ROLES = [
  { name: "writer", node: 0, color: "yellow" },
  { name: "listener_sync", node: 1, color: "cyan" },
  { name: "listener_async", node: 2, color: "magenta" },
] as const;

const PREFIX_LENGTH = Math.max(...ROLES.map(({ name }) => name.length));

interface DemoOptions {
  seconds?: number;
  engine?: EngineName;
}

/** Runs the demo; resolves to the exit code. */
async function demo(
  { seconds, engine: engineName }: DemoOptions,
  signal: AbortSignal,
): Promise<number> {
  const engine = await chooseEngine(engineName && [engineName]);
  print("demo", `Engine ${engine.name} ${engine.version}: ${engine.description}`);
  await using cluster = await startCluster(engine, { detached: true });
  await using stack = new AsyncDisposableStack();
  const roles: RoleProcess[] = [];
  for (const { name, node } of ROLES) {
    roles.push(stack.use(await startDemoRole(name, node, cluster)));
  }
  const dead = await Promise.race([firstDead(roles), stopped(seconds, signal)]);
  if (dead) print("demo", `${dead.name} has ended with exit code ${(await dead.status).code}`);
  print("demo", "Stopping");
  for (const role of roles) await role.stop(); // the writer first: its last value is read
  return dead ? 1 : 0;
}

async function startDemoRole(
  name: RoleName,
  index: number,
  cluster: Cluster,
): Promise<RoleProcess> {
  const node = cluster.node(index);
  print("demo", `${name} works with the node on port ${node.port}`);
  const env = { KEYDB_URL: node.url, UPDATE_INTERVAL: "1" };
  return await startRole(name, env, (line) => print(name, line), { detached: true });
}

async function firstDead(roles: RoleProcess[]): Promise<RoleProcess> {
  return await Promise.race(roles.map((role) => role.status.then(() => role)));
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

function print(name: RoleName | "demo", line: string): void {
  const color = ROLES.find((role) => role.name === name)?.color ?? "green";
  console.log(`${styleText(color, `${name.padEnd(PREFIX_LENGTH)} │`)} ${line}`);
}

/** Reads the command line. */
function readOptions(args: string[]): DemoOptions {
  const { values } = parseArgs({
    args,
    options: { for: { type: "string" }, engine: { type: "string" } },
  });
  const seconds = values.for === undefined ? undefined : parseDecimal(values.for, 0, MAX_SECONDS);
  if (values.for !== undefined && !seconds) { // not within, or 0
    throw new Error(
      `--for must be a number of seconds greater than 0 and at most ${MAX_SECONDS}: ` +
        `current value is "${values.for}"`,
    );
  }
  return { seconds, engine: readName("--engine", values.engine, ENGINE_NAMES) };
}

if (import.meta.main) await runCommand(USAGE, readOptions, demo);

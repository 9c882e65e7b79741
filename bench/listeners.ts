/** The listeners to measure: our roles, and the listeners that others would write. */

import { join } from "node:path";
import { startRole } from "../cluster/role_process.ts";
import { endProcess } from "../cluster/node.ts";

/** Starts a listener. @param url Its server. @param log The file that it logs to. */
export type Start = (url: string, log: string) => Promise<ListenerProcess>;

/** A listener to measure. */
export interface Listener {
  /** Its name. */
  readonly name: string;
  /**
   * Prepares what it needs.
   *
   * @param dir A folder for builds and packages.
   * @returns How to start it, or what is missing.
   */
  prepare(dir: string): Promise<Start | string>;
}

/** A running listener. */
export interface ListenerProcess extends AsyncDisposable {
  readonly pid: number;
}

/** The listener that all others are compared with. */
export const REFERENCE = "ioredis on Deno";

const PEERS = join(import.meta.dirname!, "peers");

/** How long a peer may take to stop, in milliseconds. */
const STOP_LIMIT_MS = 2000;

/** Debian's Python comes first, as the client may be missing from another one. */
const PYTHONS = ["/usr/bin/python3", "python3"];

/** Packages for Node; on Deno, the project's are used. */
const NODE_PACKAGES = ["ioredis@6", "redis@5"];

const DENO = [Deno.execPath(), "run", "-q", "-A", "--no-lock"];

/** All listeners, in the order of the table. */
export const LISTENERS: readonly Listener[] = [
  ourRole("listener_sync"),
  ourRole("listener_async"),
  peer(REFERENCE, () => [...DENO, join(PEERS, "deno_ioredis.ts")]),
  peer("Deno.connect", () => [...DENO, join(PEERS, "deno_connect.ts")]),
  peer("ioredis on Node", (dir) => onNode(dir, "node_ioredis.mjs")),
  peer("node-redis", (dir) => onNode(dir, "node_redis.mjs")),
  peer("redis-py", () => inPython("redis_py.py")),
  peer("redis.asyncio", () => inPython("redis_asyncio.py")),
  peer("hiredis", (dir) => compiled(dir, "hiredis.c")),
];

/** A role as shipped, with its own permissions and all defaults. */
function ourRole(name: "listener_sync" | "listener_async"): Listener {
  const start: Start = (url, log) => startRole(name, { KEYDB_URL: url }, () => {}, { output: log });
  return { name, prepare: () => Promise.resolve(start) };
}

/** A program of `peers/`. `find` returns the command that runs it, or what is missing. */
function peer(
  name: string,
  find: (dir: string) => string[] | Promise<string[] | string>,
): Listener {
  return {
    name,
    async prepare(dir) {
      const found = await find(dir);
      return typeof found === "string" ? found : (url, log) => startPeer([...found, url], log);
    },
  };
}

function startPeer(command: readonly string[], log: string): Promise<ListenerProcess> {
  const process = new Deno.Command("sh", {
    args: ["-c", `exec "$0" "$@" > ${log} 2>&1`, ...command],
    stdin: "null",
  }).spawn();
  return Promise.resolve({
    pid: process.pid,
    [Symbol.asyncDispose]: async () => void await endProcess(process, STOP_LIMIT_MS),
  });
}

async function onNode(dir: string, file: string): Promise<string[] | string> {
  const problem = await problemOf("npm", "install", "--prefix", dir, ...NODE_PACKAGES);
  if (problem) return problem;
  await Deno.copyFile(join(PEERS, file), join(dir, file)); // next to its packages
  return ["node", join(dir, file)];
}

async function inPython(file: string): Promise<string[] | string> {
  let problem: string | undefined;
  for (const python of PYTHONS) {
    problem = await problemOf(python, "-c", "import redis");
    if (!problem) return [python, join(PEERS, file)];
  }
  return problem!;
}

async function compiled(dir: string, file: string): Promise<string[] | string> {
  const program = join(dir, "peer");
  const problem = await problemOf("cc", "-O2", "-o", program, join(PEERS, file), "-lhiredis");
  return problem ?? [program];
}

/** Runs a program, and returns what is wrong, if anything. */
async function problemOf(command: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { success, stderr } = await new Deno.Command(command, { args, stdin: "null" }).output();
    const lines = new TextDecoder().decode(stderr).trim().split("\n");
    return success ? undefined : `${command}: ${lines.at(-1)}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `${command} is not on the PATH`;
    throw error;
  }
}

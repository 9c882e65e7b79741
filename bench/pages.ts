/**
 * Measures how many open pages the dashboard can serve on one core. Starts a cluster, a writer, a listener and the
 * dashboard, opens pages, and prints what they received and what it cost: first without pages, then with them.
 */

import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { nowMicros } from "../lib/clock.ts";
import { Distribution } from "../lib/telemetry/distribution.ts";
import { startCluster } from "../cluster/cluster.ts";
import { readName, readWhole } from "../cli/command_line.ts";
import { chooseEngine, ENGINE_NAMES, type EngineName } from "../cluster/engine.ts";
import { EventStream } from "../tests/event_stream.ts";
import { freePorts } from "../cluster/ports.ts";
import { startRole } from "../cluster/role_process.ts";
import { until } from "../cluster/waiting.ts";

/** The command line's help. */
export const USAGE =
  `Usage: deno task bench pages [--pages N] [--seconds N] [--rate N] [--engine NAME]

Measures what open pages cost the dashboard.

  --pages N      how many pages are open, 200 by default
  --seconds N    how long to measure, 20 by default
  --rate N       writes a second, 10 by default
  --engine NAME  ${ENGINE_NAMES.join(", ")}; by default the first one found`;

/** What to measure. */
export interface PagesOptions {
  readonly pages: number;
  readonly seconds: number;
  readonly rate: number;
  readonly engine?: EngineName;
}

/** The result of one run. */
interface Outcome {
  /** The updates that each page received. */
  readonly counts: readonly number[];
  /** The time from an update's timestamp until it arrived. */
  readonly lag: Distribution;
  /** The share of one core that the dashboard used, and its memory in bytes. */
  readonly cpu: number;
  readonly memory: number;
  /** The time differences that the listener logged. */
  readonly difference: string;
}

/** A report of the dashboard, from its log. */
interface Report {
  readonly from: number;
  readonly to: number;
  readonly cpu: number;
  readonly memory: number;
}

/** Measures without pages and with them. Resolves to the exit code. */
export async function measurePages(options: PagesOptions, signal: AbortSignal): Promise<number> {
  const without = await run({ ...options, pages: 0 }, signal);
  const { counts, lag, cpu, memory, difference } = await run(options, signal);
  const { p50, p99, max } = lag.figures;
  const [least, sum] = [Math.min(...counts), counts.reduce((sum, count) => sum + count, 0)];
  const perSecond = (count: number) => (count / options.seconds).toFixed(1);
  const millis = (micros: number) => `${(micros / 1000).toFixed(1)} ms`;
  console.log(
    `${options.pages} pages for ${options.seconds} s, ${options.rate} writes a second
updates a second: ${perSecond(sum / counts.length)} a page, ${perSecond(least)} the slowest one
from the state to the page: p50 ${millis(p50)}, p99 ${millis(p99)}, max ${millis(max)}
dashboard: ${describe(cpu, memory)}; without pages ${describe(without.cpu, without.memory)}
listener_sync: ${difference}; without pages ${without.difference}`,
  );
  return 0;
}

function describe(cpu: number, memory: number): string {
  return `${Math.round(cpu * 100)} % of a core, ${Math.round(memory / 2 ** 20)} MiB`;
}

async function run(options: PagesOptions, signal: AbortSignal): Promise<Outcome> {
  const engine = await chooseEngine(options.engine && [options.engine]);
  await using cluster = await startCluster(engine, { detached: true });
  const KEYDB_URL = cluster.nodes.map(({ url }) => url).join(",");
  const start = async (name: "writer" | "listener_sync" | "dashboard", env = {}) => {
    const lines: string[] = [];
    const onLine = (line: string) => void lines.push(line);
    const role = await startRole(name, { KEYDB_URL, ...env }, onLine, { detached: true });
    return { role, lines };
  };
  const [port] = freePorts(1);
  const dashboard = await start("dashboard", {
    DASHBOARD_PORT: `${port}`,
    DASHBOARD_LISTENERS: "listener_sync",
    LOG_FORMAT: "json",
    REPORT_INTERVAL: "1",
  });
  await using _dashboard = dashboard.role;
  await until(() => dashboard.lines.some((line) => line.includes("serves")), "the page");
  await pin(dashboard.role.pid);
  const listener = await start("listener_sync");
  await using sync = listener.role;
  await using _writer = (await start("writer", { UPDATE_INTERVAL: `${1 / options.rate}` })).role;
  const begin = dashboard.lines.length;
  const { counts, lag } = await readPages(`http://127.0.0.1:${port}/events`, options, signal);
  const reports = dashboard.lines.slice(begin).map((line) => JSON.parse(line))
    .filter(({ event }) => event === "report") as Report[];
  await sync.stop();
  const difference = listener.lines.at(-1)?.replace(/^.*time difference /, "") ?? "unknown";
  const time = reports.reduce((sum, { from, to }) => sum + to - from, 0);
  const cpu = reports.reduce((sum, { cpu }) => sum + cpu, 0) / time;
  return { counts, lag, cpu, memory: reports.at(-1)!.memory, difference };
}

/** Opens pages, and reads their updates. */
async function readPages(
  url: string,
  { pages, seconds }: PagesOptions,
  signal: AbortSignal,
): Promise<Pick<Outcome, "counts" | "lag">> {
  const streams = await Promise.all(Array.from({ length: pages }, () => EventStream.open(url)));
  const counts = streams.map(() => 0);
  const lag = new Distribution(3);
  const reading = streams.map(async (stream, index) => {
    await stream.next(); // the snapshot
    while (true) {
      const event = await stream.next();
      if (!event) return;
      counts[index]++;
      lag.record(nowMicros() - Number(/"at":(\d+)/.exec(event.data)![1]));
    }
  });
  await delay(seconds * 1000, undefined, { signal }).finally(async () => {
    await Promise.all(streams.map((stream) => stream[Symbol.asyncDispose]()));
    await Promise.all(reading);
  });
  return { counts, lag };
}

/** Pins a process to the first core, if the system supports it. */
async function pin(pid: number): Promise<void> {
  try {
    const { success } = await new Deno.Command("taskset", {
      args: ["--all-tasks", "--cpu-list", "--pid", "0", `${pid}`],
      stdout: "null",
    }).output();
    if (!success) console.error("Cannot pin the dashboard to one core: taskset failed");
  } catch {
    console.error("Cannot pin the dashboard to one core: there is no taskset");
  }
}

/** Reads the arguments. @throws {Error} If one is invalid. */
export function readOptions(args: string[]): PagesOptions {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: { pages: text, seconds: text, rate: text, engine: text },
  });
  return {
    pages: readWhole("--pages", values.pages ?? "200", 1, 1000),
    seconds: readWhole("--seconds", values.seconds ?? "20", 2, 3600),
    rate: readWhole("--rate", values.rate ?? "10", 1, 1000),
    engine: readName("--engine", values.engine, ENGINE_NAMES),
  };
}

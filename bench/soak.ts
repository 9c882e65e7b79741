/**
 * Shows whether the listeners stay as fast and as small over an hour. Starts a mesh, a writer and both listeners,
 * and prints what they report after every interval.
 */

import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { drawSketch, type Panel, type Series } from "../charts/draw.ts";
import { SHAPES, type ThemeName, THEMES } from "../charts/theme.ts";
import { readName, readWhole } from "../cli/command_line.ts";
import { startCluster } from "../cluster/cluster.ts";
import { chooseEngine, type Engine, ENGINE_NAMES } from "../cluster/engine.ts";
import { startRole } from "../cluster/role_process.ts";

/** The command line's help. */
export const USAGE =
  `Usage: deno task bench soak [--seconds N] [--every N] [--rate N] [--engine NAME] [--picture NAME]

Shows whether the listeners stay as fast and as small over an hour. Exits with 1 if one missed a value or failed.

  --seconds N     how long to run, 3600 by default
  --every N       seconds between two reports, 60 by default
  --rate N        writes a second, 1000 by default
  --engine NAME   ${ENGINE_NAMES.join(", ")}; by default the first one found
  --picture NAME  draws NAME.svg and NAME-dark.svg`;

type SoakOptions = ReturnType<typeof readOptions>;

const LISTENERS = ["listener_sync", "listener_async"] as const;

/** A listener's report of one interval. */
interface Report {
  /** When it ended, in microseconds since the Unix epoch. */
  readonly to: number;
  readonly handled: number;
  readonly conflated: number;
  readonly missed: number;
  readonly failed: number;
  /** In bytes. */
  readonly memory: number;
  /** Percentiles of the time differences, in microseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** All reports of one run, by listener. */
type Reports = Record<typeof LISTENERS[number], Report[]>;

/** Runs for the requested time, or until it is stopped. Resolves to the exit code. */
export async function measureSoak(options: SoakOptions, signal: AbortSignal): Promise<number> {
  const engine = await chooseEngine(options.engine ? [options.engine] : ENGINE_NAMES);
  const reports = await run(engine, options, signal);
  const hasReports = LISTENERS.every((name) => reports[name].length > 0);
  if (options.picture && hasReports) await drawPictures(options.picture, reports);
  const isWhole = LISTENERS.every((name) => reports[name].length >= options.reports);
  const lost = LISTENERS.flatMap((name) =>
    reports[name].map(({ missed, failed }) => missed + failed)
  );
  return isWhole && lost.every((count) => count === 0) ? 0 : 1;
}

async function run(
  engine: Engine,
  { seconds, every, rate }: SoakOptions,
  signal: AbortSignal,
): Promise<Reports> {
  console.log(
    `${engine.name} ${engine.version}, ${engine.description}: ${rate} writes a second for ${seconds} s\n`,
  );
  console.log("listener        minute  changes/s  conflated  missed  p50 ms  p99 ms  MiB");
  await using cluster = await startCluster(engine, { detached: true });
  await using roles = new AsyncDisposableStack();
  const reports: Reports = { listener_sync: [], listener_async: [] };
  const begin = Date.now() * 1000;
  for (const [index, name] of LISTENERS.entries()) {
    const env = {
      KEYDB_URL: cluster.url(index + 1),
      LOG_FORMAT: "json",
      REPORT_INTERVAL: `${every}`,
    };
    const takeReport = (line: string) => {
      if (!line.includes('"event":"report"')) return;
      const report = readReport(line);
      if (!report) return;
      reports[name].push(report);
      console.log(formatReport(name, report, (report.to - begin) / 60e6, every));
    };
    roles.use(await startRole(name, env, takeReport, { detached: true }));
  }
  const writerEnv = { KEYDB_URL: cluster.url(0), UPDATE_INTERVAL: `${1 / rate}` };
  roles.use(await startRole("writer", writerEnv, () => {}, { detached: true }));
  await delay(seconds * 1000, undefined, { signal }).catch(() => {}); // stopped: the reports so far count
  return reports;
}

/** Reads a line of a listener's log; `undefined` if nothing was measured yet. */
function readReport(line: string): Report | undefined {
  const { timeDifference, ...report } = JSON.parse(line);
  if (timeDifference === undefined) return undefined;
  const micros = decodeFromCompressedBase64(timeDifference);
  const [p50, p99] = [50, 99].map((percentile) => micros.getValueAtPercentile(percentile));
  return { ...report, p50, p99 };
}

function formatReport(name: string, report: Report, minute: number, every: number): string {
  const { handled, conflated, missed, p50, p99, memory } = report;
  const cells = [
    minute.toFixed(1).padStart(6),
    (handled / every).toFixed(0).padStart(9),
    `${conflated}`.padStart(9),
    `${missed}`.padStart(6),
    (p50 / 1000).toFixed(2).padStart(6),
    (p99 / 1000).toFixed(2).padStart(6),
    (memory / 2 ** 20).toFixed(0).padStart(3),
  ];
  return `${name.padEnd(14)}  ${cells.join("  ")}`;
}

async function drawPictures(path: string, reports: Reports): Promise<void> {
  for (const theme of ["light", "dark"] as const) {
    const file = `${path}${theme === "dark" ? "-dark" : ""}.svg`;
    await Deno.writeTextFile(file, `${drawSoak(reports, theme)}\n`);
  }
}

/** Draws time difference and memory over time. */
function drawSoak(reports: Reports, theme: ThemeName): string {
  const begin = Math.min(...LISTENERS.map((name) => reports[name][0].to));
  const lineOf = (of: (report: Report) => number) =>
    LISTENERS.map((name, index): Series => {
      const { lineType } = SHAPES[index];
      return {
        type: "line",
        name,
        showSymbol: false,
        lineStyle: { type: typeof lineType === "string" ? lineType : [...lineType] },
        data: reports[name].map((report) => [(report.to - begin) / 60e6, of(report)]),
      };
    });
  const panel = (title: string, of: (report: Report) => number): Panel => ({
    title,
    x: { type: "value", name: "minutes" },
    y: { type: "value", min: 0 },
    series: lineOf(of),
  });
  const panels = [
    panel("Time difference p50, ms", ({ p50 }) => p50 / 1000),
    panel("Time difference p99, ms", ({ p99 }) => p99 / 1000),
    panel("Memory, MiB", ({ memory }) => memory / 2 ** 20),
  ];
  const sketch = { panels, columns: 3, height: 280, legend: LISTENERS };
  return drawSketch(`soak-${theme}`, sketch, THEMES[theme]);
}

/** Reads the arguments. @throws {Error} If one is invalid. */
export function readOptions(args: string[]) {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: { seconds: text, every: text, rate: text, engine: text, picture: text },
  });
  const seconds = readWhole("--seconds", values.seconds ?? "3600", 2, 86_400);
  const every = readWhole("--every", values.every ?? "60", 1, 3600);
  return {
    seconds,
    every,
    rate: readWhole("--rate", values.rate ?? "1000", 1, 1000),
    engine: readName("--engine", values.engine, ENGINE_NAMES),
    picture: values.picture,
    /** The least number of reports for a whole run. */
    reports: Math.floor(seconds / every) - 1,
  };
}

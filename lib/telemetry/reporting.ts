/** A role's reports: at each interval, what it counted and timed since the last one. */

import process from "node:process";
import { nowMicros } from "../clock.ts";
import type { ClockWatch } from "./clock_watch.ts";
import type { Log } from "./log.ts";
import { describe, type Metrics, type Totals } from "./metrics.ts";
import { Recent } from "./recent.ts";

/** What a role's reports are made of. */
export interface ReportOptions {
  /** The role's name. */
  readonly name: string;
  /** The log for the reports. */
  readonly log: Log;
  /** What the role counts and times. */
  readonly metrics: Metrics;
  /** Summarizes the role's work in one line. */
  summarize(totals: Totals): string;
}

/** The counts in a report. */
const COUNTS = ["handled", "conflated", "missed", "failed", "negative"] as const;

/** All counts. */
type Counts = Record<typeof COUNTS[number], number>;

/**
 * Logs a report every interval, and a last one at the end.
 *
 * @example Usage
 * ```ts
 * import { createLog } from "./log.ts";
 * import { Metrics } from "./metrics.ts";
 * import { Reports } from "./reporting.ts";
 *
 * const reports = new Reports(10, {
 *   name: "me",
 *   log: createLog("me", "info", "text"),
 *   metrics: new Metrics(),
 *   summarize: ({ handled }) => `${handled} changes handled`,
 * });
 * reports.end(); // me, 0.0 s: 0 changes handled
 * ```
 */
export class Reports {
  #options: ReportOptions;
  #recent = new Recent();
  #timer: ReturnType<typeof setInterval>;
  #from = nowMicros();
  #cpu = cpuMicros();
  #counts: Counts;
  #clock?: ClockWatch;

  /** @param interval Seconds between two reports. @param options What they are made of. */
  constructor(interval: number, options: ReportOptions) {
    this.#options = options;
    this.#counts = countsOf(options.metrics);
    options.metrics.recent = this.#recent;
    this.#timer = setInterval(() => this.#report(), interval * 1000);
  }

  /** Adds to the reports how far the clocks are apart. @param clock Estimates it. */
  watchClock(clock: ClockWatch): void {
    this.#clock = clock;
    clock.begin();
  }

  /** Logs the last report. */
  end(): void {
    clearInterval(this.#timer);
    this.#options.metrics.recent = undefined;
    this.#report();
  }

  #report(): void {
    const { name, log, metrics, summarize } = this.#options;
    const [from, to] = [this.#from, nowMicros()];
    const [before, counts] = [this.#counts, countsOf(metrics)];
    const [cpuBefore, cpu] = [this.#cpu, cpuMicros()];
    const recent = this.#recent;
    const deltas = differenceOf(counts, before);
    const percentiles = () => describe(recent.main, deltas.negative);
    const seconds = ((to - from) / 1e6).toFixed(1);
    log.info(`${name}, ${seconds} s: ${summarize({ ...deltas, percentiles })}`, {
      event: "report",
      from,
      to,
      ...deltas,
      cpu: cpu - cpuBefore,
      memory: Deno.memoryUsage().rss,
      observingSince: metrics.observingSince,
      ...recent.facts(to),
      ...this.#clock?.facts(),
    });
    recent.clear();
    this.#clock?.begin();
    this.#from = to;
    this.#cpu = cpu;
    this.#counts = counts;
  }
}

function countsOf(metrics: Metrics): Counts {
  const { handled, conflated, missed, failed, negative } = metrics;
  return { handled, conflated, missed, failed, negative };
}

function differenceOf(counts: Counts, before: Counts): Counts {
  const difference = { ...counts };
  for (const name of COUNTS) difference[name] -= before[name];
  return difference;
}

/** The CPU time that the process has used, in microseconds. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** A listener under measurement: the role as a process, and the reports it prints. */

import { decodeFromCompressedBase64, type Histogram } from "hdr-histogram-js";
import { orAborted } from "../../lib/abort.ts";
import { type RoleProcess, startRole } from "../../cluster/role_process.ts";
import type { RoleName } from "../../cluster/roles.ts";
import { within } from "../../cluster/waiting.ts";
import { medianOf, newHistogram, percentileOf } from "../../statistics/percentiles.ts";
import { dueAt } from "./schedule.ts";
import type { Learned, Written } from "./variant.ts";

/** Seconds between two reports of a listener. */
const REPORT_INTERVAL = 0.1;

/** How long a listener may take until it observes, in milliseconds. */
const START_LIMIT_MS = 15_000;

/** The roles that listen. */
export type ListenerRole = Exclude<RoleName, "writer">;

/** How a listener is started. */
export interface ListenerSetup {
  /** The role. */
  readonly role: ListenerRole;
  /** Its name. */
  readonly name: string;
  /** Its settings, including its server's URL. */
  readonly env: Readonly<Record<string, string>>;
  /** Permissions besides the role's own. */
  readonly permissions: readonly string[];
}

/** A report of `lib/telemetry/reporting.ts`; times in microseconds, histograms encoded. */
interface ListenerReport {
  readonly from: number;
  readonly to: number;
  readonly staleness?: number;
  readonly observingSince?: number;
  readonly timeDifference?: string;
  readonly notification?: string;
  readonly read?: string;
  readonly handshake?: string;
}

/** The settings of all listeners; the environment may override some. */
export const LISTENER_SETTINGS: Readonly<Record<string, string>> = {
  LOG_FORMAT: "json",
  LOG_LEVEL: "warn",
  REPORT_INTERVAL: `${REPORT_INTERVAL}`,
  NOTIFICATION_CHANNEL: "keyevent",
  CALLBACK_CONCURRENCY: Deno.env.get("CALLBACK_CONCURRENCY") || "64",
  RECONCILE_INTERVAL: Deno.env.get("RECONCILE_INTERVAL") || "2",
};

/** A running listener. */
export class Listener implements AsyncDisposable {
  #process!: RoleProcess;
  #reports: ListenerReport[] = [];
  /** What it printed besides reports, for the error if it ends. */
  #otherLines: string[] = [];
  #observes = Promise.withResolvers<void>();

  private constructor() {}

  /**
   * Starts a listener.
   *
   * @param setup What to start.
   * @param signal Ends the wait.
   * @returns The listener, when it observes. The caller disposes of it.
   * @throws {Error} If it ends or takes too long.
   */
  static async start(setup: ListenerSetup, signal: AbortSignal): Promise<Listener> {
    const { role, name, env, permissions } = setup;
    const listener = new Listener();
    const settings = { ...LISTENER_SETTINGS, ...env, ROLE_NAME: name };
    const options = { detached: true, permissions };
    const process = await startRole(role, settings, (line) => listener.#read(line), options);
    listener.#process = process;
    process.status.then(async ({ code }) => {
      await process.drained;
      const words = listener.#otherLines.slice(-3).join(" | ");
      listener.#observes.reject(new Error(`${name} has ended with exit code ${code}: ${words}`));
    });
    try {
      const observes = orAborted(listener.#observes.promise, signal);
      await within(observes, `the start of ${name}`, START_LIMIT_MS);
      return listener;
    } catch (error) {
      await listener[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The process's id. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Returns what it has reported since the last call. */
  take({ schedule }: Pick<Written, "schedule">): Promise<Learned> {
    const [begin, end] = [schedule.begin, dueAt(schedule, schedule.writes)];
    const reports = this.#reports;
    this.#reports = [];
    const timed = (name: "notification" | "read" | "handshake", percentile: number) =>
      percentileOf(merge(reports.map((report) => report[name])), percentile);
    const ages = reports.filter(({ from, to }) => from >= begin && to <= end)
      .flatMap(({ staleness }) => staleness ?? []);
    const durations = merge(reports.map(({ timeDifference }) => timeDifference));
    return Promise.resolve({
      values: durations.totalCount,
      durations,
      staleness: ages.length > 0 ? medianOf(ages) : null,
      notified: timed("notification", 99),
      read: timed("read", 50),
      answer: timed("handshake", 50),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#observes.promise.catch(() => {});
    await this.#process.stop();
  }

  #read(line: string): void {
    const report = parseReport(line);
    if (report) this.#reports.push(report);
    else this.#otherLines.push(line);
    if (report?.observingSince !== undefined) this.#observes.resolve();
  }
}

/** Merges histograms, if present. */
function merge(histograms: readonly (string | undefined)[]): Histogram {
  const merged = newHistogram();
  for (const histogram of histograms) {
    if (histogram !== undefined) merged.add(decodeFromCompressedBase64(histogram));
  }
  return merged;
}

/** Parses a line; `undefined` if it is not a report. */
function parseReport(line: string): ListenerReport | undefined {
  try {
    const facts = JSON.parse(line);
    return facts.event === "report" ? facts : undefined;
  } catch {
    return undefined; // such as an error's stack
  }
}

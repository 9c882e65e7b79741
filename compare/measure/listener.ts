/** A listener under measurement: the role as a process, and the reports that it prints. */

import { nowMicros } from "../../lib/clock.ts";
import { type RoleProcess, startRole } from "../../cluster/role_process.ts";
import type { RoleName } from "../../cluster/roles.ts";
import { within } from "../../cluster/waiting.ts";

/** Seconds between two reports of a listener. */
const REPORT_INTERVAL = 0.1;

/** How long a listener may take until it observes, in milliseconds; a hundred of them start at once. */
const START_LIMIT_MS = 120_000;

/** The roles that listen. */
export type ListenerRole = Exclude<RoleName, "writer">;

/** How a listener is started. */
export interface ListenerSetup {
  /** The role. */
  readonly role: ListenerRole;
  /** Its name. */
  readonly name: string;
  /** Its settings, its server's URL among them. */
  readonly env: Readonly<Record<string, string>>;
  /** Permissions besides the role's own. */
  readonly permissions: readonly string[];
}

/** The facts of a report, as `lib/telemetry/reporting.ts` says them; times in microseconds, histograms encoded. */
export interface ListenerReport {
  readonly from: number;
  readonly to: number;
  readonly handled: number;
  readonly conflated: number;
  readonly missed: number;
  readonly failed: number;
  readonly negative: number;
  readonly cpu: number;
  readonly memory: number;
  readonly staleness?: number;
  readonly newestSeq?: number;
  readonly newestAt?: number;
  readonly observingSince?: number;
  readonly clockServer?: string;
  readonly clockOffset?: number;
  readonly clockUncertainty?: number;
  readonly timeDifference?: string;
  readonly answered?: string;
  readonly notification?: string;
  readonly read?: string;
  readonly handshake?: string;
}

/** The settings that all listeners have unless a run is about another one; some may be set from outside. */
export const LISTENER_SETTINGS: Readonly<Record<string, string>> = {
  LOG_FORMAT: "json",
  LOG_LEVEL: "warn",
  REPORT_INTERVAL: `${REPORT_INTERVAL}`,
  NOTIFICATION_CHANNEL: "keyevent",
  SIMULATED_WORK: "none",
  CALLBACK_CONCURRENCY: Deno.env.get("CALLBACK_CONCURRENCY") || "64",
  RECONCILE_INTERVAL: Deno.env.get("RECONCILE_INTERVAL") || "2",
};

/** A running listener. */
export class Listener implements AsyncDisposable {
  /** The listener's name. */
  readonly name: string;
  /** From its start as a process until it observed, in microseconds. */
  startUp = 0;
  #process!: RoleProcess;
  #reports: ListenerReport[] = [];
  /** What it printed besides reports, for the case that it ends. */
  #otherLines: string[] = [];
  #changed = Promise.withResolvers<void>();
  #ended?: string;

  private constructor(name: string) {
    this.name = name;
  }

  /**
   * Starts a listener, and waits until it observes.
   *
   * @param setup What to start.
   * @param signal Ends the wait.
   * @returns The listener; the caller disposes of it.
   * @throws {Error} Where it ends instead, or takes too long.
   */
  static async start(setup: ListenerSetup, signal: AbortSignal): Promise<Listener> {
    const { role, name, env, permissions } = setup;
    const listener = new Listener(name);
    const began = nowMicros();
    const settings = { ...LISTENER_SETTINGS, ...env, ROLE_NAME: name };
    const options = { detached: true, permissions };
    const process = await startRole(role, settings, (line) => listener.#read(line), options);
    listener.#process = process;
    process.status.then(async ({ code }) => {
      await process.drained;
      listener.#ended = `${name} has ended with exit code ${code}: ${listener.#lastWords()}`;
      listener.#changed.resolve();
    });
    try {
      const observing = listener.#until(
        ({ observingSince }) => observingSince !== undefined,
        signal,
      );
      const report = await within(observing, `the start of ${name}`, START_LIMIT_MS);
      listener.startUp = report.observingSince! - began;
      return listener;
    } catch (error) {
      await listener[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The reports since they were last forgotten, the oldest first. */
  get reports(): readonly ListenerReport[] {
    return this.#reports;
  }

  /** Forgets the reports so far: what was before does not count. */
  forget(): void {
    this.#reports = [];
  }

  /**
   * Waits until a report says that a value or a newer one is handled.
   *
   * @param seq The value's sequence number.
   * @param limitMs How long to wait, in milliseconds.
   * @param signal Ends the wait.
   * @returns Whether it was handled in time.
   * @throws {Error} Where the listener has ended.
   */
  async handles(seq: number, limitMs: number, signal: AbortSignal): Promise<boolean> {
    const late = AbortSignal.timeout(limitMs);
    try {
      const isHandled = ({ newestSeq }: ListenerReport) => (newestSeq ?? 0) >= seq;
      await this.#until(isHandled, AbortSignal.any([signal, late]));
      return true;
    } catch (error) {
      if (error !== late.reason) throw error;
      return false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
  }

  async #until(
    isRight: (report: ListenerReport) => boolean,
    signal: AbortSignal,
  ): Promise<ListenerReport> {
    const onAbort = () => this.#changed.resolve();
    signal.addEventListener("abort", onAbort);
    try {
      while (true) {
        signal.throwIfAborted();
        const report = this.#reports.find(isRight);
        if (report) return report;
        if (this.#ended) throw new Error(this.#ended);
        this.#changed = Promise.withResolvers();
        await this.#changed.promise;
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  #read(line: string): void {
    const report = parseReport(line);
    if (report) this.#reports.push(report);
    else this.#otherLines.push(line);
    this.#changed.resolve();
  }

  #lastWords(): string {
    return this.#otherLines.slice(-3).join(" | ");
  }
}

/** The report in a line, if it is one. */
function parseReport(line: string): ListenerReport | undefined {
  try {
    const facts = JSON.parse(line);
    return facts.event === "report" ? facts : undefined;
  } catch {
    return undefined; // such as an error's stack
  }
}

/** The life of a role: settings, connection, work, summary, exit. */

import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Registry } from "prom-client";
import { type Config, ConfigError, readConfig } from "./config.ts";
import { ClockWatch } from "../telemetry/clock_watch.ts";
import { openConnection } from "../connect/connection.ts";
import type { ExportSource } from "../telemetry/exporter.ts";
import { LogBuffer } from "../telemetry/log_buffer.ts";
import { createLog, type Log } from "../telemetry/log.ts";
import { Metrics, type Totals } from "../telemetry/metrics.ts";
import type { Monitoring } from "../telemetry/monitoring.ts";
import type { ObservationStatus, ObserveOptions } from "../observe/observe.ts";
import { Primary } from "../connect/primary.ts";
import { ReadinessWatch } from "../telemetry/readiness.ts";
import { messageOf } from "../connect/refusal.ts";
import { Reports } from "../telemetry/reporting.ts";
import { describeUsage } from "./help.ts";
import { warmUp } from "./warm_up.ts";
import { onStopSignal } from "./signals.ts";
import {
  connectionLogger,
  describeFailure,
  observationLogger,
  primaryLogger,
} from "./status_log.ts";

/** How long a role may still work after it was asked to stop, in milliseconds. */
const GRACE_MS = 1000;

/** The reason of a stop by a signal of the operating system. */
const STOPPED = new Error("stopped by a signal");

/** What a role works with. */
export interface RoleContext {
  /** The role's name. */
  readonly name: string;
  /** The role's settings. */
  readonly config: Config;
  /** The connection for reads. */
  readonly client: Redis;
  /** Does a write on the connected server, or on its primary if the server is a read-only replica. */
  write<T>(command: (client: Redis) => Promise<T>): Promise<T>;
  /** The role's log. */
  readonly log: Log;
  /** What the role counts and times. */
  readonly metrics: Metrics;
  /** The metrics for Prometheus, to which the role may add its own; absent if `METRICS_PORT` is. */
  readonly registry?: Registry;
  /** Options for the role's observations: they follow the settings, are logged, and end with the role. */
  readonly observing: ObserveOptions;
  /** Aborted when the role has to stop. */
  readonly signal: AbortSignal;
}

/** What a role works with from its start, before there is a connection. */
export type RoleStart = Pick<
  RoleContext,
  "name" | "config" | "log" | "metrics" | "registry" | "signal"
>;

/** What defines a role. */
export interface Role {
  /** The role's name if `ROLE_NAME` is absent. */
  readonly name: string;
  /** What it does, in a sentence, for `--help`. */
  readonly purpose: string;
  /** What its metrics count: changes delivered, or writes; neither if absent. */
  readonly counts?: ExportSource["counts"];
  /** Whether it observes `shared_key`, and is warmed up for that. */
  readonly observes?: boolean;
  /** Starts what needs no connection, and runs until the role ends. An error ends the role. */
  begin?(start: RoleStart): AsyncDisposable;
  /** Works until the context's signal is aborted. */
  run(context: RoleContext): Promise<void>;
  /** Summarizes the role's work in one line. */
  summarize(totals: Totals): string;
}

/** What a role has from its start, before there is a connection. */
interface Life extends Pick<RoleContext, "config" | "log" | "metrics"> {
  /** Absent if reports are off. */
  readonly reports?: Reports;
}

/**
 * Runs a role as a whole program, from the environment's settings to the process's exit.
 *
 * SIGINT and SIGTERM stop it within two seconds. The exit code is 0 after that, 1 after an error that no retry can fix
 * (credentials, rights, database, certificates, a port that is not free), and 2 if a setting is invalid.
 *
 * If `METRICS_PORT` is set, the role serves metrics and its health from the start, even while it waits for a server.
 *
 * @param role The role.
 * @returns Never: the process exits.
 *
 * @example Usage
 * ```ts
 * import { runRole } from "./role.ts";
 *
 * if (import.meta.main) {
 *   await runRole({
 *     name: "example",
 *     purpose: "Says what shared_key holds.",
 *     async run({ client, log }) {
 *       log.info(`shared_key holds ${await client.get("shared_key")}`);
 *     },
 *     summarize: ({ handled }) => `${handled} changes handled`,
 *   });
 * }
 * ```
 */
export async function runRole(role: Role): Promise<never> {
  readArgsOrExit(role);
  const config = readConfigOrExit(role.name);
  const { roleName: name } = config;
  // At the level debug, the last lines before a crash must not be lost.
  const output = config.logLevel === "debug" ? new LogBuffer(0) : new LogBuffer();
  const log = createLog(name, config.logLevel, config.logFormat, output);
  const metrics = new Metrics();
  const reports = startReports(role, config, metrics, output);
  const stop = new AbortController();
  onStopSignal(() => stop.abort(STOPPED));
  log.info(`Starting ${name}`);
  if (role.observes && config.warmUp === "yes") await warmUp(role.run, config);
  const failure = await Promise.race([
    live(role, { config, log, metrics, reports }, stop),
    graceAfter(stop),
  ]);
  if (failure) {
    log.error(describeFailure(failure));
    log.debug(messageOf(failure.stack));
  }
  reports?.end();
  log.info(`${name} stopped: ${role.summarize(metrics)}`);
  output.flush();
  Deno.exit(failure ? 1 : 0);
}

/** Starts the role's reports, if they are on. They have their own log, so that no log level hides them. */
function startReports(
  role: Role,
  config: Config,
  metrics: Metrics,
  output: LogBuffer,
): Reports | undefined {
  const { roleName: name, logFormat, reportInterval } = config;
  if (reportInterval === 0) return undefined;
  const log = createLog(name, "info", logFormat, output);
  return new Reports(reportInterval, { name, log, metrics, summarize: role.summarize });
}

/** Serves metrics and health, if `METRICS_PORT` is set. Only then are their modules loaded. */
async function startMonitoring(
  { counts }: Role,
  { roleName: name, bindAddress: host, metricsPort: port }: Config,
  told: Pick<ExportSource, "metrics" | "readiness">,
  log: Log,
): Promise<Monitoring | undefined> {
  if (port === 0) return undefined;
  const { serveMonitoring } = await import("../telemetry/monitoring.ts");
  return serveMonitoring({ name, counts, ...told }, { host, port }, log);
}

/** Works until the role has to stop; resolves to the error that ended it, if any. */
async function live(
  role: Role,
  { config, log, metrics, reports }: Life,
  stop: AbortController,
): Promise<Error | undefined> {
  const { signal } = stop;
  const { roleName: name, via, reconcileInterval } = config;
  const logConnection = connectionLogger(log);
  const readiness = new ReadinessWatch();
  try {
    await using monitoring = await startMonitoring(role, config, { metrics, readiness }, log);
    await using _begun = role.begin?.({
      name,
      config,
      log,
      metrics,
      registry: monitoring?.registry,
      signal,
    });
    await using connection = await openConnection(config.servers, {
      name,
      signal,
      onStatus(status) {
        logConnection(status);
        readiness.followConnection(status);
        if (status.state === "refused" && status.final) stop.abort(status.error);
      },
    });
    const { client } = connection;
    reports?.watchClock(new ClockWatch(client));
    await using primary = new Primary(client, { name, signal, onStatus: primaryLogger(log) });
    const write: RoleContext["write"] = (command) => primary.write(command);
    const logObservation = observationLogger(log);
    const onStatus = (status: ObservationStatus) => {
      logObservation(status);
      readiness.followObservation(status);
    };
    const observing = { via, reconcileInterval, signal, onStatus };
    const registry = monitoring?.registry;
    await role.run({ name, config, client, write, log, metrics, registry, observing, signal });
  } catch (error) {
    if (!signal.aborted) return error as Error; // after that, errors come from the stop itself
  }
  return failureOf(signal);
}

/** Prints the help for `--help` or `-h`. Any other argument is an error. */
function readArgsOrExit({ name, purpose }: Role): void {
  if (Deno.args.length === 0) return;
  if (Deno.args.some((arg) => arg === "--help" || arg === "-h")) {
    console.log(describeUsage(name, purpose));
    Deno.exit(0);
  }
  console.error(`${name} takes no arguments, its settings are environment variables; see --help`);
  Deno.exit(2);
}

function readConfigOrExit(defaultName: string): Config {
  try {
    return readConfig(defaultName);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) console.error(problem);
    Deno.exit(2);
  }
}

/** Resolves a second after the role was asked to stop, however busy its work is. */
async function graceAfter({ signal }: AbortController): Promise<Error | undefined> {
  if (!signal.aborted) await once(signal, "abort");
  await delay(GRACE_MS);
  return failureOf(signal);
}

/** The error that stopped the role, unless a signal of the operating system did. */
function failureOf(signal: AbortSignal): Error | undefined {
  return signal.aborted && signal.reason !== STOPPED ? signal.reason : undefined;
}

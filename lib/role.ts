/** The life of a role: settings, connection, work, summary, exit. */

import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import { type Config, ConfigError, readConfig } from "./config.ts";
import {
  AccessError,
  type ConnectionStatus,
  disconnect,
  openConnection,
  serverOf,
} from "./connection.ts";
import { createLog, type Log } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { checkNotifications } from "./notifications.ts";
import type { ObservationStatus, ObserveOptions } from "./observe.ts";
import { onStopSignal } from "./signals.ts";

/** How long a role's work may go on after it was told to stop, in milliseconds. */
const GRACE_MS = 1500;

/** Why a role stops that the operating system told to. */
const STOPPED = new Error("stopped by a signal");

/** What a role works with. */
export interface RoleContext {
  /** The role's name. */
  readonly name: string;
  /** The role's settings. */
  readonly config: Config;
  /** The connection for commands. */
  readonly client: Redis;
  /** The role's log. */
  readonly log: Log;
  /** What the role counts and times. */
  readonly metrics: Metrics;
  /** Options for the role's observations: they follow the settings, are logged, and end with the role. */
  readonly observing: ObserveOptions;
  /** Aborted when the role has to stop. */
  readonly signal: AbortSignal;
}

/** What sets a role apart from others. */
export interface Role {
  /** The role's name where `ROLE_NAME` is absent. */
  readonly name: string;
  /** Works until the context's signal is aborted. */
  run(context: RoleContext): Promise<void>;
  /** Says what was done, in one line. */
  summarize(metrics: Metrics): string;
}

/**
 * Runs a role as a whole program, from the environment's settings to the process's exit.
 *
 * SIGINT and SIGTERM stop it within two seconds. The exit code is 0 after that, 1 after an error that
 * nobody can mend while it runs (credentials, rights), 2 where the settings cannot be used.
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
 *     async run({ client, log }) {
 *       log.info(`shared_key holds ${await client.get("shared_key")}`);
 *     },
 *     summarize: ({ handled }) => `${handled} changes handled`,
 *   });
 * }
 * ```
 */
export async function runRole(role: Role): Promise<never> {
  const config = readConfigOrExit(role.name);
  const { roleName: name } = config;
  const log = createLog(name, config.logLevel, config.logFormat);
  const metrics = new Metrics();
  const stop = new AbortController();
  onStopSignal(() => stop.abort(STOPPED));
  log.info(`Starting ${name}`);
  const failure = await Promise.race([live(role, config, log, metrics, stop), graceAfter(stop)]);
  if (failure) log.error(failure instanceof AccessError ? failure.message : describe(failure));
  log.info(`${name} stopped: ${role.summarize(metrics)}`);
  Deno.exit(failure ? 1 : 0);
}

/** Works until the role has to stop; resolves to the error that ended it, if any. */
async function live(
  role: Role,
  config: Config,
  log: Log,
  metrics: Metrics,
  stop: AbortController,
): Promise<Error | undefined> {
  const { signal } = stop;
  try {
    const client = await openConnection(config.server, {
      name: config.roleName,
      signal,
      onStatus: connectionLogger(log, stop),
    });
    await warnOfSilence(client, config, log);
    await role.run({
      name: config.roleName,
      config,
      client,
      log,
      metrics,
      observing: {
        via: config.via,
        reconcileInterval: config.reconcileInterval,
        signal,
        onStatus: observationLogger(log),
      },
      signal,
    });
    await disconnect(client);
  } catch (error) {
    if (!signal.aborted) return error as Error; // after that, errors come from the stop itself
  }
  return failureOf(signal);
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

/** Resolves some time after the role was told to stop, however busy its work is. */
async function graceAfter({ signal }: AbortController): Promise<Error | undefined> {
  if (!signal.aborted) await once(signal, "abort");
  await delay(GRACE_MS);
  return failureOf(signal);
}

/** What the role was stopped by, unless it was a signal of the operating system. */
function failureOf(signal: AbortSignal): Error | undefined {
  return signal.aborted && signal.reason !== STOPPED ? signal.reason : undefined;
}

async function warnOfSilence(client: Redis, config: Config, log: Log): Promise<void> {
  const check = await checkNotifications(client, config.via);
  const otherwise = `Changes are then found only by a read every ${config.reconcileInterval} s`;
  if (check.result === "missing") {
    log.warn(
      `The server at ${serverOf(client)} does not publish what ${config.roleName} needs: ` +
        `notify-keyspace-events is "${check.flags}" and lacks "${check.missing}". ` +
        `Set it with: CONFIG SET notify-keyspace-events "${check.flags}${check.missing}". ${otherwise}.`,
    );
  }
  if (check.result === "unknown") {
    log.warn(
      `Could not check that the server at ${serverOf(client)} publishes keyspace notifications ` +
        `(${check.reason}); going on without. It needs "${check.needed}" in notify-keyspace-events. ` +
        `${otherwise}.`,
    );
  }
}

function connectionLogger(log: Log, stop: AbortController): (status: ConnectionStatus) => void {
  let troubled = false;
  return (status) => {
    const pause = "retryInMs" in status ? `trying again in ${status.retryInMs / 1000} s` : "";
    switch (status.state) {
      case "connected":
        if (troubled) log.info(`Connected to the server at ${status.server}`);
        break;
      case "lost":
        log.warn(
          `Lost the connection to the server at ${status.server} (${status.reason}); ${pause}`,
        );
        break;
      case "waiting":
        log.warn(`Cannot reach the server at ${status.server} (${status.reason}); ${pause}`);
        break;
      case "refused":
        stop.abort(status.error);
    }
    troubled = status.state !== "connected";
  };
}

function observationLogger(log: Log): (status: ObservationStatus) => void {
  let interrupted = false;
  return (status) => {
    switch (status.state) {
      case "subscribed":
        if (interrupted) log.info(`Subscribed to ${status.channel} again`);
        interrupted = false;
        break;
      case "interrupted":
        log.warn(`Lost the subscription to ${status.channel}; subscribing again`);
        interrupted = true;
        break;
      case "unreadable":
        log.warn(`Cannot read ${status.key} (${status.reason}); trying again`);
    }
  };
}

function describe(error: Error): string {
  return error.stack ?? String(error);
}

/** The roles' settings, read from the environment and checked in this one place. */

import { isIP } from "node:net";
import { INTERVAL_RULE, parseDecimal, parseInterval } from "../protocol/interval.ts";
import type { Via } from "../observe/channels.ts";
import type { LogFormat, LogLevel } from "../telemetry/log.ts";
import {
  DEFAULT_SERVER_URL,
  parseServerUrls,
  redactUrl,
  type Server,
  SERVER_URLS_RULE,
} from "../connect/server.ts";
import { parseSimulatedWork, SIMULATED_WORK_RULE, type SimulatedWork } from "./simulated_work.ts";
import { isName } from "../protocol/stamp.ts";
import { excerpt } from "../text.ts";
import { readTlsSettings } from "./tls_settings.ts";

/** The settings of a role. */
export interface Config {
  /**
   * The servers to work with, in the order of preference (`KEYDB_URL`, default `redis://127.0.0.1:6379`), with
   * what TLS needs (`KEYDB_CA_CERT`, `KEYDB_CLIENT_CERT`, `KEYDB_CLIENT_KEY`, by default nothing).
   */
  readonly servers: readonly Server[];
  /** The role's name (`ROLE_NAME`, default its file's). */
  readonly roleName: string;
  /** Seconds between writes where the key `update_interval` is absent (`UPDATE_INTERVAL`, default 10). */
  readonly updateInterval: number;
  /** The channels to subscribe to (`OBSERVE_VIA`, default `keyevent`). */
  readonly via: Via;
  /** Seconds between two reads that no notification asked for (`RECONCILE_INTERVAL`, default 2). */
  readonly reconcileInterval: number;
  /** How many callbacks may overlap (`CALLBACK_CONCURRENCY`, default 64). */
  readonly callbackConcurrency: number;
  /** What a listener does with each change besides its work (`SIMULATED_WORK`, default `none`). */
  readonly simulatedWork: SimulatedWork;
  /** The lowest level that is logged (`LOG_LEVEL`, default `info`). */
  readonly logLevel: LogLevel;
  /** Lines for people or for machines (`LOG_FORMAT`, default `text`). */
  readonly logFormat: LogFormat;
  /** Seconds between two reports, 0 for none (`REPORT_INTERVAL`, default 0). */
  readonly reportInterval: number;
  /** The port for metrics and health, 0 for none (`METRICS_PORT`, default 0). */
  readonly metricsPort: number;
  /** The port for the page (`DASHBOARD_PORT`, default 8000). */
  readonly dashboardPort: number;
  /** The address of this machine that ports are served on (`SERVE_HOST`, default `127.0.0.1`). */
  readonly serveHost: string;
  /** What the page has to send to change anything; never to be printed (`DASHBOARD_TOKEN`, default none). */
  readonly dashboardToken?: string;
  /** The origin at which a proxy serves the page (`DASHBOARD_ORIGIN`, default none). */
  readonly dashboardOrigin?: string;
  /** The listeners that the page shows (`LISTENERS`, default `listener_sync,listener_async`). */
  readonly listeners: readonly string[];
}

/** Thrown where the environment holds settings that cannot be used. */
export class ConfigError extends Error {
  /** One sentence a problem: the variable, its value, and what would be right. */
  readonly problems: readonly string[];

  /** @param problems One sentence a problem. */
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/**
 * Reads and checks all settings. An empty variable counts as absent.
 *
 * @param defaultName The role's name where `ROLE_NAME` is absent.
 * @param getEnv Looks up one variable; by default in the process's environment.
 * @returns The settings.
 * @throws {ConfigError} Where any setting cannot be used, with every problem at once. Passwords are
 * never repeated.
 *
 * @example Usage
 * ```ts
 * import { readConfig } from "./config.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const env = new Map([["UPDATE_INTERVAL", "0.5"]]);
 * assertEquals(readConfig("writer", (name) => env.get(name)).updateInterval, 0.5);
 * ```
 */
export function readConfig(
  defaultName: string,
  getEnv: (name: string) => string | undefined = Deno.env.get,
): Config {
  const problems: string[] = [];

  function read<T>(
    name: string,
    preset: string,
    parse: (text: string) => T | undefined,
    rule: string,
    show: (text: string) => string = (text) => text,
  ): T {
    let problem = "its bytes are no UTF-8 text"; // not shown: they may hold a password
    try {
      const text = getEnv(name) || preset;
      const value = parse(text);
      if (value !== undefined) return value;
      problem = `current value is "${excerpt(show(text))}"`;
    } catch (error) {
      if (!(error instanceof Deno.errors.InvalidData)) throw error;
    }
    problems.push(`${name} must be ${rule}: ${problem}`);
    return undefined as T; // never seen: any problem is thrown
  }

  const servers = read(
    "KEYDB_URL",
    DEFAULT_SERVER_URL,
    parseServerUrls,
    SERVER_URLS_RULE,
    redactUrl,
  );
  const tls = readTlsSettings(getEnv, servers?.some((server) => server.tls) ?? true, problems);
  const config: Config = {
    servers: servers?.map((server) => server.tls ? { ...server, tls } : server),
    roleName: read(
      "ROLE_NAME",
      defaultName,
      (text) => isName(text) ? text : undefined,
      "1 to 64 characters without blanks and control characters",
    ),
    updateInterval: read("UPDATE_INTERVAL", "10", parseInterval, INTERVAL_RULE),
    via: read("OBSERVE_VIA", "keyevent", oneOf("keyevent", "keyspace"), "keyevent or keyspace"),
    reconcileInterval: read(
      "RECONCILE_INTERVAL",
      "2",
      within(0.1, 3), // each read proves that the role is ready, for 4 s
      "a number of seconds from 0.1 to 3",
    ),
    callbackConcurrency: read(
      "CALLBACK_CONCURRENCY",
      "64",
      wholeWithin(1, 10000),
      "a whole number from 1 to 10000",
    ),
    simulatedWork: read("SIMULATED_WORK", "none", parseSimulatedWork, SIMULATED_WORK_RULE),
    logLevel: read(
      "LOG_LEVEL",
      "info",
      oneOf("debug", "info", "warn", "error"),
      "debug, info, warn or error",
    ),
    logFormat: read("LOG_FORMAT", "text", oneOf("text", "json"), "text or json"),
    reportInterval: read(
      "REPORT_INTERVAL",
      "0",
      (text) => parseDecimal(text, 0, 0) ?? parseDecimal(text, 0.1, 3600),
      "a number of seconds from 0.1 to 3600, or 0 for no reports",
    ),
    metricsPort: read(
      "METRICS_PORT",
      "0",
      wholeWithin(0, 65535),
      "the number of a port from 1 to 65535, or 0 for no metrics",
    ),
    dashboardPort: read(
      "DASHBOARD_PORT",
      "8000",
      wholeWithin(1, 65535),
      "the number of a port from 1 to 65535",
    ),
    serveHost: read(
      "SERVE_HOST",
      "127.0.0.1",
      (text) => text === "localhost" || isIP(text) > 0 ? text : undefined,
      "an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them, or localhost",
    ),
    dashboardToken: read(
      "DASHBOARD_TOKEN",
      "",
      (text) => /^[!-~]{0,256}$/.test(text) ? text : undefined,
      "at most 256 letters, digits and signs of ASCII",
      () => "***",
    ) || undefined,
    dashboardOrigin: read(
      "DASHBOARD_ORIGIN",
      "",
      parseOrigin,
      "the origin of the page behind a proxy, such as https://dash.example.com",
    ) || undefined,
    listeners: read(
      "LISTENERS",
      "listener_sync,listener_async",
      parseNames,
      "one to ten different names of listeners with commas in between, each of 1 to 64 characters " +
        "without blanks, commas and control characters",
    ),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** Reads the origin of a page, without default port and in lower case; an empty text stays one. */
function parseOrigin(text: string): string | undefined {
  if (text === "") return text;
  const url = URL.parse(text);
  const isOrigin = url?.href === `${url?.origin}/` && /^https?:$/.test(url.protocol);
  return isOrigin ? url.origin : undefined;
}

/** Reads names with commas in between. */
function parseNames(text: string): string[] | undefined {
  const names = text.split(",").map((name) => name.trim());
  const areDifferent = new Set(names).size === names.length;
  return areDifferent && names.length <= 10 && names.every(isName) ? names : undefined;
}

function oneOf<T extends string>(...choices: T[]): (text: string) => T | undefined {
  return (text) => choices.find((choice) => choice === text.toLowerCase());
}

function within(min: number, max: number): (text: string) => number | undefined {
  return (text) => parseDecimal(text, min, max);
}

function wholeWithin(min: number, max: number): (text: string) => number | undefined {
  return (text) => {
    const value = parseDecimal(text, min, max);
    return Number.isInteger(value) ? value : undefined;
  };
}

/** The one table of the roles' settings: for the parser, the error sentences, `--help` and docs/roles.md. */

import { isIP } from "node:net";
import { INTERVAL_RULE, parseDecimal, parseInterval } from "../protocol/interval.ts";
import {
  DEFAULT_SERVER_URL,
  parseServerUrls,
  redactUrl,
  SERVER_URLS_RULE,
} from "../connect/server.ts";
import { parseSimulatedWork, SIMULATED_WORK_RULE } from "./simulated_work.ts";
import { isName } from "../protocol/stamp.ts";
import { excerpt } from "../text.ts";
import { CERTIFICATES, PRIVATE_KEY } from "./tls_settings.ts";

/** A setting. */
export interface Setting {
  /** The variable of the environment that holds it. */
  readonly variable: string;
  /** Another variable, which is read if the first is absent. */
  readonly instead?: string;
  /** What it is for, as Markdown. */
  readonly purpose: string;
  /** What it must be. */
  readonly rule: string;
  /** The text that counts if it is absent; empty if it then has no value. */
  readonly default: string;
  /** The roles that read it; all if absent. */
  readonly roles?: readonly string[];
  /** Reads a text that is not empty; `undefined` if it is not what it must be. */
  parse(text: string): unknown;
  /** What an error sentence says of a wrong text; by default the text in quotes. */
  show?(text: string): string;
}

const WRITER = ["writer", "dashboard"];
const LISTENERS = ["listener_sync", "listener_async"];
const PAGE = ["dashboard"];

/** All settings, in the order of their error sentences. */
export const SETTINGS = {
  servers: {
    variable: "KEYDB_URL",
    instead: "REDIS_URL",
    purpose: "the servers, the preferred one first; `REDIS_URL` is read if `KEYDB_URL` is absent",
    rule: SERVER_URLS_RULE,
    default: DEFAULT_SERVER_URL,
    parse: parseServerUrls,
    show: (text) => `"${excerpt(redactUrl(text))}"`,
  },
  ca: {
    ...CERTIFICATES,
    variable: "KEYDB_CA_CERT",
    purpose: "the authorities to trust in place of the well-known ones; see [TLS](tls.md)",
  },
  cert: {
    ...CERTIFICATES,
    variable: "KEYDB_CLIENT_CERT",
    purpose: "the certificate that shows a TLS server who the role is",
  },
  key: {
    ...PRIVATE_KEY,
    variable: "KEYDB_CLIENT_KEY",
    purpose: "the private key of `KEYDB_CLIENT_CERT`",
  },
  roleName: {
    variable: "ROLE_NAME",
    purpose: "the name in stamps, keys and log lines, in place of the file's name",
    rule: "1 to 64 characters without blanks and control characters",
    default: "",
    parse: parseName,
  },
  updateInterval: {
    variable: "UPDATE_INTERVAL",
    purpose:
      "the first time between writes. The writer stores it in the key `update_interval`; once that " +
      "key exists, only the key counts",
    rule: INTERVAL_RULE,
    default: "10",
    roles: WRITER,
    parse: parseInterval,
  },
  via: {
    variable: "NOTIFICATION_CHANNEL",
    purpose: "`keyevent` subscribes to `__keyevent@<db>__:set`, `keyspace` to " +
      "`__keyspace@<db>__:<key>`, which announces deletion and expiry too",
    rule: "keyevent or keyspace",
    default: "keyevent",
    parse: oneOf("keyevent", "keyspace"),
  },
  reconcileInterval: {
    variable: "RECONCILE_INTERVAL",
    purpose: "the time between two regular reads, which need no notification",
    rule: "a number of seconds from 0.1 to 3",
    default: "2",
    parse: (text) => parseDecimal(text, 0.1, 3), // each read proves that the role is ready, for 4 s
  },
  callbackConcurrency: {
    variable: "CALLBACK_CONCURRENCY",
    purpose: "how many callbacks may overlap",
    rule: "a whole number from 1 to 10000",
    default: "64",
    roles: ["listener_async"],
    parse: wholeWithin(1, 10000),
  },
  simulatedWork: {
    variable: "SIMULATED_WORK",
    purpose:
      "what a listener does with each change between the read and the handshake, to show how a " +
      "slow one behaves; see [Simulated work](#simulated-work)",
    rule: SIMULATED_WORK_RULE,
    default: "none",
    roles: LISTENERS,
    parse: parseSimulatedWork,
  },
  warmUp: {
    variable: "WARM_UP",
    purpose:
      "whether a listener handles made-up changes for 0.1 s at its start, so that the first " +
      "real ones find its code compiled; see [Performance](performance.md)",
    rule: "yes or no",
    default: "yes",
    roles: LISTENERS,
    parse: oneOf("yes", "no"),
  },
  logLevel: {
    variable: "LOG_LEVEL",
    purpose: "the lowest level that is logged",
    rule: "debug, info, warn or error",
    default: "info",
    parse: oneOf("debug", "info", "warn", "error"),
  },
  logFormat: {
    variable: "LOG_FORMAT",
    purpose: "`text` for people, `json` for one JSON object a line",
    rule: "text or json",
    default: "text",
    parse: oneOf("text", "json"),
  },
  reportInterval: {
    variable: "REPORT_INTERVAL",
    purpose: "the time between two reports; see [Reports](monitoring.md#reports)",
    rule: "a number of seconds from 0.1 to 3600, or 0 for no reports",
    default: "0",
    parse: (text) => parseDecimal(text, 0, 0) ?? parseDecimal(text, 0.1, 3600),
  },
  metricsPort: {
    variable: "METRICS_PORT",
    purpose: "the port of metrics and health; see " +
      "[Metrics and health](monitoring.md#metrics-and-health)",
    rule: "the number of a port from 1 to 65535, or 0 for no metrics",
    default: "0",
    parse: wholeWithin(0, 65535),
  },
  dashboardPort: {
    variable: "DASHBOARD_PORT",
    purpose: "the port of the page",
    rule: "the number of a port from 1 to 65535",
    default: "8000",
    roles: PAGE,
    parse: wholeWithin(1, 65535),
  },
  bindAddress: {
    variable: "BIND_ADDRESS",
    purpose: "the address on which ports are served",
    rule:
      "an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them, or localhost",
    default: "127.0.0.1",
    parse: (text) => text === "localhost" || isIP(text) > 0 ? text : undefined,
  },
  dashboardToken: {
    variable: "DASHBOARD_TOKEN",
    purpose: "the token that the page asks its user for before it changes the interval; see " +
      "[`SECURITY.md`](../SECURITY.md)",
    rule: "at most 256 letters, digits and signs of ASCII",
    default: "",
    roles: PAGE,
    parse: (text) => /^[!-~]{1,256}$/.test(text) ? text : undefined,
    show: () => "***",
  },
  dashboardOrigin: {
    variable: "DASHBOARD_ORIGIN",
    purpose:
      "the origin at which a proxy serves the page, which may then change the interval without a token; see " +
      "[Behind a proxy](proxy.md)",
    rule: "the origin of the page behind a proxy, such as https://dash.example.com",
    default: "",
    roles: PAGE,
    parse: parseOrigin,
  },
  listeners: {
    variable: "DASHBOARD_LISTENERS",
    purpose: "the listeners that the page shows",
    rule:
      "one to ten different names of listeners with commas in between, each of 1 to 64 characters " +
      "without blanks, commas and control characters",
    default: "listener_sync,listener_async",
    roles: PAGE,
    parse: parseNames,
  },
} as const satisfies Readonly<Record<string, Setting>>;

/** The values of all settings. */
export type Values = { readonly [Name in keyof typeof SETTINGS]: ValueOf<typeof SETTINGS[Name]> };

type ValueOf<S extends Setting> = S["default"] extends "" ? ReturnType<S["parse"]>
  : NonNullable<ReturnType<S["parse"]>>;

function parseName(text: string): string | undefined {
  return isName(text) ? text : undefined;
}

/** Reads the origin of a page, without default port and in lower case. */
function parseOrigin(text: string): string | undefined {
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

function wholeWithin(min: number, max: number): (text: string) => number | undefined {
  return (text) => {
    const value = parseDecimal(text, min, max);
    return Number.isInteger(value) ? value : undefined;
  };
}

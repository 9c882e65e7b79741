/** A role's log lines about its connections. */

import { AccessError } from "../connect/access_error.ts";
import type { ConnectionStatus } from "../connect/connection.ts";
import type { Log } from "../telemetry/log.ts";
import type { ObservationStatus } from "../observe/observe.ts";
import { Outages } from "../telemetry/outages.ts";
import type { PrimaryStatus } from "../connect/primary.ts";
import { describeAbsence } from "../telemetry/readiness.ts";
import { messageOf } from "../connect/refusal.ts";
import { excerpt } from "../text.ts";

/** The variables that set what an {@linkcode AccessError} names. */
const VARIABLES = {
  "URL": "KEYDB_URL",
  "tls.ca": "KEYDB_CA_CERT",
  "tls.cert": "KEYDB_CLIENT_CERT",
};

/**
 * Describes an error that ends a role, or that the role survives.
 *
 * @param failure The error.
 * @returns Its message, with the variable to check, if one is known.
 *
 * @example Usage
 * ```ts
 * import { AccessError } from "../connect/access_error.ts";
 * import { describeFailure } from "./status_log.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const failure = new AccessError("The server wants a password, and its URL has none", null, "URL");
 * assertEquals(
 *   describeFailure(failure),
 *   "The server wants a password, and its URL has none (see KEYDB_URL)",
 * );
 * ```
 */
export function describeFailure(failure: unknown): string {
  const setting = failure instanceof AccessError ? failure.setting : undefined;
  return `${messageOf(failure)}${setting ? ` (see ${VARIABLES[setting]})` : ""}`;
}

/**
 * Logs each state of a connection on one line. Attempts that fail for the same reason as the last one are logged at the
 * level `debug`.
 *
 * @param log The log.
 * @returns A callback for the connection's statuses.
 *
 * @example Usage
 * ```ts
 * import { createLog } from "../telemetry/log.ts";
 * import { connectionLogger } from "./status_log.ts";
 *
 * const onStatus = connectionLogger(createLog("me", "info", "text"));
 * onStatus({ server: "keydb_01:6379", state: "unreachable", reason: "ECONNREFUSED" });
 * ```
 */
export function connectionLogger(log: Log): (status: ConnectionStatus) => void {
  let isNews = false; // a connection at the first attempt is logged at `debug` only
  const outages = new Outages();
  let retry: "info" | "debug" = "info";
  return (status) => {
    const server = `the server at ${status.server}`;
    switch (status.state) {
      case "connected":
        log[isNews ? "info" : "debug"](`Connected to ${server}`);
        break;
      case "failed-over":
        log.warn(`Failed over to ${server} from ${status.from}`);
        break;
      case "failed-back":
        log.info(`Back at ${server} from ${status.from}`);
        break;
      case "lost":
        outages.clear();
        log.warn(`Lost the connection to ${server} (${status.reason})`);
        break;
      case "unreachable": {
        const isSaid = !outages.begin(status.server, status.reason);
        log[isSaid ? "debug" : "warn"](`Cannot reach ${server} (${status.reason})`);
        if (isSaid) retry = "debug";
        break;
      }
      case "reconnecting":
        log[retry](`Trying ${server} in ${status.inMs / 1000} s`);
        retry = "info";
        break;
      case "refused": // the last refusal ends the role, which logs it itself
        if (!status.final) {
          log.error(`${describeFailure(status.error)}; going on with the other servers`);
        }
    }
    isNews = true;
  };
}

/**
 * Logs which server gets the writes.
 *
 * @param log The log.
 * @returns A callback for the statuses of a {@linkcode Primary}.
 *
 * @example Usage
 * ```ts
 * import { createLog } from "../telemetry/log.ts";
 * import { primaryLogger } from "./status_log.ts";
 *
 * const onStatus = primaryLogger(createLog("me", "info", "text"));
 * onStatus({ state: "elsewhere", primary: "redis_01:6379", replica: "redis_02:6379" });
 * ```
 */
export function primaryLogger(log: Log): (status: PrimaryStatus) => void {
  return (status) => {
    switch (status.state) {
      case "elsewhere":
        log.info(
          `The server at ${status.replica} is a read-only replica; writes go to its primary at ${status.primary}`,
        );
        break;
      case "here":
        log.info(`The server at ${status.server} takes writes itself now`);
        break;
      case "unreachable":
        log.warn(
          `Cannot reach the primary at ${status.primary} (${status.reason}); asking its replica again`,
        );
    }
  };
}

/**
 * Logs whether observations receive notifications. What applies to a whole server is logged once per server.
 *
 * @param log The log.
 * @returns A callback for the statuses of observations.
 *
 * @example Usage
 * ```ts
 * import { createLog } from "../telemetry/log.ts";
 * import { observationLogger } from "./status_log.ts";
 *
 * const onStatus = observationLogger(createLog("me", "info", "text"));
 * onStatus({ state: "subscribed", key: "shared_key", channel: "__keyevent@0__:set" });
 * ```
 */
export function observationLogger(log: Log): (status: ObservationStatus) => void {
  const otherwise = "Without them, changes are found only by reading now and then.";
  let interrupted = false;
  const unverified = new Set<string>(); // managed servers never allow the check: one line is enough
  const unannounced = new Set<string>();
  const outages = new Outages();
  return (status) => {
    switch (status.state) {
      case "subscribed":
        log[interrupted ? "info" : "debug"](`Subscribed to ${status.channel}`);
        interrupted = false;
        outages.end(status.key);
        break;
      case "interrupted":
        interrupted = true;
        if (!outages.begin(status.key, status.reason)) break;
        log.warn(`Not subscribed to ${status.channel} (${status.reason}); trying again`);
        break;
      case "unannounced": {
        const { server, flags, missing } = status;
        if (unannounced.has(server)) break;
        unannounced.add(server);
        const remedy = flags === undefined
          ? ""
          : ` Set it with: CONFIG SET notify-keyspace-events '${flags}${missing}'.`;
        log.warn(`${capitalize(describeAbsence(status))}.${remedy} ${otherwise}`);
        break;
      }
      case "announced":
        if (unannounced.delete(status.server)) {
          log.info(`The server at ${status.server} publishes the notifications needed again`);
        }
        break;
      case "unverified": {
        const { server, needed, reason } = status;
        if (unverified.has(server)) break;
        unverified.add(server);
        log.info(
          `Could not check that the server at ${server} publishes the notifications needed, ` +
            `"${needed}" in notify-keyspace-events (${reason}); going on. ${otherwise}`,
        );
        break;
      }
      case "unreadable":
        log.warn(`Cannot read ${status.key} (${status.reason}); trying again`);
        break;
      case "readable":
        log.info(`Can read ${status.key} again`);
        break;
      case "stale":
        log.warn(
          `${status.key} holds a value that is older than one read before; it is ignored: ` +
            `"${excerpt(status.value)}"`,
        );
        break;
      case "duplicate-source":
        log.warn(
          `More than one writer of ${status.key} calls itself "${status.source}": their values ` +
            "cannot be ordered; give each its own ROLE_NAME",
        );
    }
  };
}

function capitalize(sentence: string): string {
  return sentence[0].toUpperCase() + sentence.slice(1);
}

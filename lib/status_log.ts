/** What a role's log says of its connections, apart from its work. */

import type { ConnectionStatus } from "./connection.ts";
import type { Log } from "./log.ts";
import type { NotificationCheck } from "./notifications.ts";
import type { ObservationStatus } from "./observe.ts";
import { excerpt } from "./text.ts";

/**
 * Logs what a connection is doing: one line a try, and one when it is back.
 *
 * @param log Where to.
 * @returns A callback for the connection's statuses.
 *
 * @example Usage
 * ```ts
 * import { createLog } from "./log.ts";
 * import { connectionLogger } from "./status_log.ts";
 *
 * const onStatus = connectionLogger(createLog("me", "info", "text"));
 * onStatus({ server: "keydb_01:6379", state: "waiting", reason: "ECONNREFUSED", retryInMs: 100 });
 * ```
 */
export function connectionLogger(log: Log): (status: ConnectionStatus) => void {
  let troubled = false;
  return (status) => {
    const { server, state } = status;
    if (state === "connected") {
      log[troubled ? "info" : "debug"](`Connected to the server at ${server}`);
    } else if (state !== "refused") { // a refusal ends the role, which says so itself
      const trouble = state === "lost" ? "Lost the connection to" : "Cannot reach";
      const pause = `trying again in ${status.retryInMs / 1000} s`;
      log.warn(`${trouble} the server at ${server} (${status.reason}); ${pause}`);
    }
    troubled = state !== "connected";
  };
}

/**
 * Logs whether an observation hears the server.
 *
 * @param log Where to.
 * @returns A callback for the observation's statuses.
 *
 * @example Usage
 * ```ts
 * import { createLog } from "./log.ts";
 * import { observationLogger } from "./status_log.ts";
 *
 * const onStatus = observationLogger(createLog("me", "info", "text"));
 * onStatus({ state: "subscribed", channel: "__keyevent@0__:set" });
 * ```
 */
export function observationLogger(log: Log): (status: ObservationStatus) => void {
  let interrupted = false;
  return (status) => {
    switch (status.state) {
      case "subscribed":
        log[interrupted ? "info" : "debug"](`Subscribed to ${status.channel}`);
        interrupted = false;
        break;
      case "interrupted":
        log.warn(`Not subscribed to ${status.channel} (${status.reason}); trying again`);
        interrupted = true;
        break;
      case "unreadable":
        log.warn(`Cannot read ${status.key} (${status.reason}); trying again`);
        break;
      case "readable":
        log.info(`Can read ${status.key} again`);
        break;
      case "outdated":
        log.warn(
          `${status.key} holds a value that is older than one read before; it is ignored: ` +
            `"${excerpt(status.value)}"`,
        );
        break;
      case "contested":
        log.warn(
          `More than one writer of ${status.key} calls itself "${status.writer}": none of their ` +
            "values is newer or older than another's; give each a ROLE_NAME of its own",
        );
    }
  };
}

/**
 * Warns where a server does not publish what an observer needs, or does not tell.
 *
 * @param log Where to.
 * @param check What is known of the server's notifications.
 * @param server The server's host and port.
 *
 * @example Usage
 * ```ts
 * import { createLog } from "./log.ts";
 * import { logCheck } from "./status_log.ts";
 *
 * const log = createLog("me", "info", "text");
 * logCheck(log, { result: "missing", flags: "Kx", missing: "E$" }, "keydb_01:6379");
 * ```
 */
export function logCheck(log: Log, check: NotificationCheck, server: string): void {
  const otherwise = "Without them, changes are found only by reading now and then.";
  if (check.result === "missing") {
    log.warn(
      `The server at ${server} does not publish the notifications needed: notify-keyspace-events is ` +
        `"${check.flags}" and lacks "${check.missing}". Set it with: ` +
        `CONFIG SET notify-keyspace-events '${check.flags}${check.missing}'. ${otherwise}`,
    );
  }
  if (check.result === "unknown") {
    log.warn(
      `Could not check that the server at ${server} publishes the notifications needed, ` +
        `"${check.needed}" in notify-keyspace-events (${check.reason}); going on. ${otherwise}`,
    );
  }
}

/** Whether a role is ready: connected, and receiving every change. */

import { nowMicros } from "../clock.ts";
import type { ConnectionStatus } from "../connect/connection.ts";
import type { ObservationStatus } from "../observe/observe.ts";

/** Whether a role is ready, and if not, why and since when. */
export type Readiness = { readonly ready: true } | ({ readonly ready: false } & Obstacle);

/** What keeps a role from being ready. */
export interface Obstacle {
  /** Such as `not connected to the server at keydb_01:6379 (closed by the server)`. */
  readonly reason: string;
  /** Microseconds since the Unix epoch. */
  readonly since: number;
}

/** What keeps one observation from being ready. */
interface Observation {
  subscription?: Obstacle;
  announcements?: Obstacle;
  reads?: Obstacle;
}

/**
 * Follows the statuses of a role's connection and observations. A heartbeat detects a hanging server within seconds,
 * and the connection reports it: a ready role got an answer from its server seconds ago.
 *
 * @example Usage
 * ```ts
 * import { ReadinessWatch } from "./readiness.ts";
 * import { assert, assertFalse } from "@std/assert";
 *
 * const watch = new ReadinessWatch();
 * watch.followConnection({ server: "keydb_01:6379", state: "connected" });
 * assertFalse(watch.readiness.ready);
 * watch.followObservation({ state: "subscribed", key: "k", channel: "__keyevent@0__:set" });
 * assert(watch.readiness.ready);
 * ```
 */
export class ReadinessWatch {
  /** How often the role reconnected after its connection was lost. */
  reconnects = 0;
  /** How often the connection failed over to a less preferred server. */
  failovers = 0;

  #wasLost = false;
  #connection?: Obstacle = obstacle("not connected to a server yet");
  #beginning: Obstacle = obstacle("not subscribed yet");
  /** The observations by key. */
  #observations = new Map<string, Observation>();

  /** Takes a status of the connection. */
  followConnection(status: ConnectionStatus): void {
    const { state, server } = status;
    switch (state) {
      case "connected":
      case "failed-back":
      case "failed-over":
        if (state === "failed-over") this.failovers++;
        if (this.#wasLost) this.reconnects++;
        this.#wasLost = false;
        this.#connection = undefined;
        break;
      case "lost":
      case "unreachable":
        if (state === "lost") this.#wasLost = true;
        this.#disconnected(`not connected to the server at ${server} (${status.reason})`);
        break;
      case "refused":
        // A preferred server may refuse while another one serves.
        if (this.#connection) this.#disconnected(status.error.message);
    }
  }

  /** Takes a status of an observation. */
  followObservation(status: ObservationStatus): void {
    const observation = this.#observations.get(status.key) ?? {};
    switch (status.state) {
      case "subscribed":
        observation.subscription = undefined;
        break;
      case "interrupted":
        // These came from the connection that is lost, and may no longer hold.
        observation.announcements = observation.reads = undefined;
        observation.subscription = obstacle(
          `not subscribed to ${status.channel} (${status.reason})`,
          observation.subscription,
        );
        break;
      case "unannounced":
        observation.announcements = obstacle(describeAbsence(status));
        break;
      case "announced":
        observation.announcements = undefined;
        break;
      case "unreadable":
        observation.reads = obstacle(`cannot read ${status.key} (${status.reason})`);
        break;
      case "readable":
        observation.reads = undefined;
    }
    this.#observations.set(status.key, observation);
  }

  /** Whether the role is connected. */
  get connected(): boolean {
    return this.#connection === undefined;
  }

  /** Whether there are observations, and all of them are subscribed. */
  get subscribed(): boolean {
    return this.#subscription === undefined;
  }

  /** Whether the server announces changes to all observations, as far as is known. */
  get announced(): boolean {
    return this.#first("announcements") === undefined;
  }

  /** Whether the role is ready now. */
  get readiness(): Readiness {
    const obstacle = this.#connection ?? this.#subscription ?? this.#first("reads") ??
      this.#first("announcements");
    return obstacle ? { ready: false, ...obstacle } : { ready: true };
  }

  get #subscription(): Obstacle | undefined {
    return this.#observations.size === 0 ? this.#beginning : this.#first("subscription");
  }

  #first(kind: keyof Observation): Obstacle | undefined {
    for (const { [kind]: obstacle } of this.#observations.values()) {
      if (obstacle) return obstacle;
    }
  }

  #disconnected(reason: string): void {
    this.#connection = obstacle(reason, this.#connection);
  }
}

/**
 * Describes why a server does not announce changes.
 *
 * @param status The observation's status.
 * @returns Such as `the server at keydb_01:6379 does not publish the notifications needed: …`.
 *
 * @example Usage
 * ```ts
 * import { describeAbsence } from "./readiness.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   describeAbsence({ key: "k", channel: "__keyevent@0__:set", server: "keydb_01:6379", flags: "Kx", missing: "E$" }),
 *   `the server at keydb_01:6379 does not publish the notifications needed: notify-keyspace-events is "Kx" and ` +
 *     `lacks "E$"`,
 * );
 * ```
 */
export function describeAbsence(
  { key, channel, server, flags, missing }: Omit<
    Extract<ObservationStatus, { state: "unannounced" }>,
    "state"
  >,
): string {
  const sentence = `the server at ${server} does not publish the notifications needed`;
  return flags === undefined
    ? `${sentence}: ${key} changed twice and nothing came on ${channel}; "${missing}" must be in ` +
      "notify-keyspace-events"
    : `${sentence}: notify-keyspace-events is "${flags}" and lacks "${missing}"`;
}

/** Creates an obstacle. If only the reason is new, it still counts from the start of the old one. */
function obstacle(reason: string, before?: Obstacle): Obstacle {
  return { reason, since: before?.since ?? nowMicros() };
}

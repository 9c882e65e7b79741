/** A simulation of one write that many listeners observe: on one server, and on many that pass it on. */

import { seededRandom } from "../../statistics/random.ts";
import { quantileOf } from "../../statistics/percentiles.ts";

/** What takes time, in microseconds. */
export interface Times {
  /** The server: the write, one notification, one read, one answer. */
  readonly write: number;
  readonly notify: number;
  readonly read: number;
  readonly answer: number;
  /** A listener's process, for each thing that comes over the line. */
  readonly client: number;
  /** From server to server, at the mean. */
  readonly hop: number;
}

/** A way to spread listeners over servers. */
export interface Topology {
  readonly name: string;
  /** How many servers a server passes each write on to. */
  readonly fanOut: number;
}

/** What came of a simulation. */
export interface Spread {
  /** How many servers have listeners, and how many there are in all. */
  readonly leaves: number;
  readonly nodes: number;
  /** How many times the value is passed on. */
  readonly hops: number;
  /** From the write until a listener has the value, in microseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** One replica after another gets the value from the one primary; or each server passes it on to ten. */
export const TOPOLOGIES: readonly Topology[] = [
  { name: "replicas of one primary", fanOut: Infinity },
  { name: "tree of relays, ten each", fanOut: 10 },
];

/** How many servers are simulated: all are alike but for their hops. */
const SAMPLED_LEAVES = 50;

/** Something that waits for a server or a client. */
interface Job {
  readonly at: number;
  readonly kind: "notification" | "read" | "reply" | "answer" | "handshake";
}

/**
 * Simulates one server: it writes and announces, and then takes what comes in its order, one thing at a time. So does
 * each process of listeners.
 *
 * @param listeners How many there are.
 * @param times What takes time.
 * @param shared Whether all listeners share one process, as it was measured, or have one each.
 * @returns When each has the value, in microseconds after the write.
 *
 * @example Usage
 * ```ts
 * import { simulateServer } from "./simulation.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const times = { write: 10, notify: 1, read: 5, answer: 5, client: 0, hop: 0 };
 * assertEquals(simulateServer(2, times, false), [17, 22]); // 10 + 2 × 1, and then a read each
 * ```
 */
export function simulateServer(listeners: number, times: Times, shared: boolean): number[] {
  const known: number[] = [];
  let serverFree = times.write + listeners * times.notify; // all are announced before anything is sent
  let clientFree = 0;
  const toClient: Job[] = Array.from({ length: listeners }, () => (
    { at: serverFree, kind: "notification" }
  ));
  const toServer: Job[] = [];
  const heads = { client: 0, server: 0 };
  while (heads.client < toClient.length || heads.server < toServer.length) {
    const forClient = toClient[heads.client];
    const forServer = toServer[heads.server];
    const clientAt = forClient ? Math.max(forClient.at, shared ? clientFree : 0) : Infinity;
    const serverAt = forServer ? Math.max(forServer.at, serverFree) : Infinity;
    if (clientAt <= serverAt) {
      heads.client++;
      const done = clientAt + times.client;
      clientFree = done;
      if (forClient.kind === "notification") toServer.push({ at: done, kind: "read" });
      if (forClient.kind !== "reply") continue;
      known.push(done);
      toServer.push({ at: done, kind: "answer" });
    } else {
      heads.server++;
      serverFree = serverAt + (forServer.kind === "read" ? times.read : times.answer);
      const kind = forServer.kind === "read" ? "reply" : "handshake";
      toClient.push({ at: serverFree, kind });
    }
  }
  return known;
}

/**
 * Simulates many servers. A hop takes a random time with the given mean (exponential); a server that passes a write on
 * to others does so one after another, each at the cost of a notification.
 *
 * @param listeners How many there are in all.
 * @param perServer How many a server takes.
 * @param topology How the servers are connected.
 * @param times What takes time.
 * @returns What comes of it.
 */
export function simulateServers(
  listeners: number,
  perServer: number,
  { fanOut }: Topology,
  times: Times,
): Spread {
  const leaves = Math.ceil(listeners / perServer);
  const hops = leaves === 1
    ? 0
    : fanOut === Infinity
    ? 1
    : Math.ceil(Math.log(leaves) / Math.log(fanOut) - 1e-9);
  const levels = Array.from({ length: hops }, (_, hop) => Math.ceil(leaves / fanOut ** (hop + 1)));
  const relays = fanOut === Infinity ? hops : levels.reduce((sum, count) => sum + count, 0);
  const random = seededRandom(1);
  const passedOnTo = fanOut === Infinity ? leaves : Math.min(fanOut, leaves);
  const atServer = simulateServer(Math.ceil(listeners / leaves), times, false);
  const delays = Array.from({ length: Math.min(leaves, SAMPLED_LEAVES) }, () => {
    let delay = 0;
    for (let hop = 0; hop < hops; hop++) {
      delay += random() * passedOnTo * times.notify - times.hop * Math.log(1 - random());
    }
    return delay;
  });
  const all = delays.flatMap((delay) => atServer.map((time) => time + delay))
    .toSorted((a, b) => a - b);
  const [p50, p99] = [0.5, 0.99].map((share) => quantileOf(all, share));
  return { leaves, nodes: leaves + relays, hops, p50, p99 };
}

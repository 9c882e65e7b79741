/** Simulates one write that many listeners observe, on one server and on many that forward it. */

import { seededRandom } from "../../statistics/random.ts";
import { quantileOf } from "../../statistics/percentiles.ts";

/** How long each step takes, in microseconds. */
export interface Times {
  /** On the server: the write, one notification, one read, one answer. */
  readonly write: number;
  readonly notify: number;
  readonly read: number;
  readonly answer: number;
  /** In a listener's process: each message that makes it send a command. */
  readonly client: number;
  /** From server to server, on average. */
  readonly hop: number;
}

/** A way to spread listeners over servers. */
export interface Topology {
  readonly name: string;
  /** How many servers a server forwards each write to. */
  readonly fanOut: number;
}

/** The result of a simulation. */
export interface Spread {
  /** How many servers there are. */
  readonly nodes: number;
  /** How often the value is forwarded. */
  readonly hops: number;
  /** The time from the write until a listener has the value, in microseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** One primary sends to all replicas, one after another; or each server forwards to ten. */
export const TOPOLOGIES: readonly Topology[] = [
  { name: "replicas of one primary", fanOut: Infinity },
  { name: "tree of replicas, ten each", fanOut: 10 },
];

/** How many servers with listeners are simulated: they differ only in their hops. */
const SAMPLED_LEAVES = 50;

/** Something that waits for the server or a client. */
interface Job {
  readonly at: number;
  readonly kind: "notification" | "read" | "reply" | "answer";
}

/**
 * Simulates one server: it writes and notifies, and then handles what arrives in order, one item at a time. So does
 * each listeners' process.
 *
 * @param listeners The number of listeners.
 * @param times How long each step takes.
 * @param shared Whether all listeners share one process, as in the measurement, or have one each.
 * @returns When each has the value, in microseconds after the write.
 *
 * @example Usage
 * ```ts
 * import { simulateServer } from "./simulation.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const times = { write: 10, notify: 1, read: 5, answer: 5, client: 0, hop: 0 };
 * assertEquals(simulateServer(2, times, false), [17, 22]); // 10 + 2 × 1, and then a read of 5 each
 * ```
 */
export function simulateServer(listeners: number, times: Times, shared: boolean): number[] {
  const known: number[] = [];
  let serverFree = times.write + listeners * times.notify; // all notifications are queued before any is sent
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
      else {
        known.push(done);
        toServer.push({ at: done, kind: "answer" });
      }
    } else {
      heads.server++;
      serverFree = serverAt + (forServer.kind === "read" ? times.read : times.answer);
      if (forServer.kind === "read") toClient.push({ at: serverFree, kind: "reply" });
    }
  }
  return known;
}

/**
 * Simulates many servers. A hop takes a random time with the given mean (exponential). A server that forwards a write
 * does so to one server after another, each at the cost of a notification.
 *
 * @param listeners The number of listeners in all.
 * @param perServer How many listeners a server has at most.
 * @param topology How the servers are connected.
 * @param times How long each step takes.
 * @returns The result.
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
  const inner = fanOut === Infinity ? hops : levels.reduce((sum, count) => sum + count, 0);
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
  return { nodes: leaves + inner, hops, p50, p99 };
}

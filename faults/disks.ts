/**
 * Rounds that kill all nodes at once during writes. Then each disk is checked by starting its node alone, and all nodes
 * are started together.
 */

import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import type { Cluster } from "../cluster/cluster.ts";
import { until } from "../cluster/waiting.ts";
import { ask } from "./asking.ts";

/** Every disk must hold acknowledged values that are older than this, in seconds. */
export const AGE_LIMIT = 2;

/** The keys. Each is written on the node with its index, or on the first node if the others are read-only. */
const KEYS = ["shared_key", "handshake_key", "another_key"];

/** Pause between two writes of a key, in milliseconds. */
const WRITE_PAUSE_MS = 20;

/**
 * The longest pause between two starts, in milliseconds. A KeyDB node that starts a second before both others closes
 * one of its own connections, which it mistakes for a file, and then confuses its peers.
 */
const MAX_GAP_MS = 200;

/** How long a node may take until it serves alone, in milliseconds. */
const START_LIMIT_MS = 20_000;

/** Pause between two checks whether the nodes agree, in milliseconds. */
const LOOK_PAUSE_MS = 50;

/** The values of a node that does not answer. */
const NOTHING = KEYS.map(() => 0);

/** How long linked nodes may take to agree, in milliseconds. */
const AGREEMENT_LIMIT_MS = 5000;

/** The random choices of a round. */
export interface DiskPlan {
  /** The order in which all nodes start, before the kill and after it. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** The pauses between these starts, in milliseconds. */
  readonly gapsMs: readonly number[];
  /** Whether clients write as soon as a node serves, or only when all nodes are linked. */
  readonly early: boolean;
  /** How long clients write before the kill, in addition to the age limit, in milliseconds. */
  readonly holdMs: number;
  /** The order in which the nodes start alone. */
  readonly alone: readonly number[];
}

/** The result of a round. */
export interface DiskRound {
  /** How many writes were acknowledged. */
  readonly writes: number;
  /**
   * How far behind each node was when it started alone, in seconds: the age, at the kill, of the oldest acknowledged
   * write that it had lost, along with all later writes of that key.
   */
  readonly alone: readonly number[];
  /** The same for the furthest behind of all nodes together. */
  readonly together: number;
}

/**
 * Draws a round. The same seed draws the same round.
 *
 * @param seed The seed.
 * @returns The plan.
 */
export function drawDiskPlan(seed: number): DiskPlan {
  const order = fc.shuffledSubarray([0, 1, 2], { minLength: 3 });
  const gapMs = fc.integer({ min: 0, max: MAX_GAP_MS });
  const plans = fc.record({
    before: order,
    after: order,
    gapsMs: fc.tuple(gapMs, gapMs),
    early: fc.boolean(),
    holdMs: fc.integer({ min: 0, max: 3000 }),
    alone: order,
  });
  return fc.sample(plans, { seed, numRuns: 1, unbiased: true })[0];
}

/**
 * Runs a round.
 *
 * @param cluster The nodes, which keep their data on disk. None of them runs before and after the round.
 * @param plan What to do.
 * @param signal Ends the round.
 * @returns The result.
 * @throws {Error} If a node does not start.
 * @throws The signal's reason, if it is aborted first.
 */
export async function runDiskRound(
  cluster: Cluster,
  plan: DiskPlan,
  signal: AbortSignal,
): Promise<DiskRound> {
  const writers = new Writers(cluster);
  try {
    if (plan.early) writers.start();
    await startAll(cluster, plan.before, plan.gapsMs, signal);
    if (!plan.early) writers.start();
    await delay(AGE_LIMIT * 1000 + plan.holdMs, undefined, { signal });
    const killedAt = performance.now();
    await killAll(cluster);
    await writers.stop();
    const alone: number[] = [];
    for (const index of plan.alone) {
      alone[index] = writers.behind(await readAlone(cluster, index, signal), killedAt);
    }
    await startAll(cluster, plan.after, plan.gapsMs, signal);
    const together = (await readAll(cluster, signal)).map((held) => writers.behind(held, killedAt));
    return { writes: writers.acknowledged, alone, together: Math.max(...together) };
  } finally {
    await writers.stop();
    await killAll(cluster);
  }
}

async function startAll(
  cluster: Cluster,
  order: readonly number[],
  gapsMs: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  for (const [place, index] of order.entries()) {
    if (place > 0) await delay(gapsMs[place - 1], undefined, { signal });
    cluster.node(index).start();
  }
  await cluster.ready();
}

async function killAll({ nodes }: Cluster): Promise<void> {
  await Promise.all(nodes.map((node) => node.kill()));
}

async function readAlone(cluster: Cluster, index: number, signal: AbortSignal): Promise<number[]> {
  const node = cluster.node(index);
  node.start();
  let held: number[] | undefined;
  const hasRead = async () => (held = await read(node.url)) !== undefined;
  await until(hasRead, `node ${index} to serve alone`, START_LIMIT_MS, signal);
  await node.kill();
  return held!;
}

/** Reads all nodes when they agree, or when their time is up. */
async function readAll({ nodes }: Cluster, signal: AbortSignal): Promise<number[][]> {
  const deadline = performance.now() + AGREEMENT_LIMIT_MS;
  while (true) {
    const all = (await Promise.all(nodes.map(({ url }) => read(url)))).map((held) =>
      held ?? NOTHING
    );
    const agree = all.every((held) => held.join() === all[0].join());
    if (agree || performance.now() > deadline) return all;
    await delay(LOOK_PAUSE_MS, undefined, { signal });
  }
}

async function read(url: string): Promise<number[] | undefined> {
  return (await ask(url, (client) => client.mget(KEYS)))?.map(Number);
}

/** Clients, one for each key, that write increasing numbers and record which ones were acknowledged. */
class Writers {
  #cluster: Cluster;
  #acknowledged: { value: number; at: number }[][] = KEYS.map(() => []);
  #stop = new AbortController();
  #running?: Promise<unknown>;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** How many writes were acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged.flat().length;
  }

  start(): void {
    this.#running = Promise.all(KEYS.map((_, index) => this.#write(index)));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Returns the age, at a time, of the oldest write that is newer than what a node holds, in seconds. */
  behind(held: readonly number[], at: number): number {
    const ages = this.#acknowledged.map((writes, index) =>
      at - (writes.find(({ value }) => value > held[index])?.at ?? at)
    );
    return Math.max(0, ...ages) / 1000;
  }

  async #write(index: number): Promise<void> {
    const { url } = this.#cluster.node(this.#cluster.engine.mesh ? index : 0);
    for (let value = Date.now(); !this.#stop.signal.aborted; value++) { // greater than an earlier round's
      const reply = await ask(url, (client) => client.set(KEYS[index], value));
      if (reply === "OK") this.#acknowledged[index].push({ value, at: performance.now() });
      await delay(WRITE_PAUSE_MS);
    }
  }
}

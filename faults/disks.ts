/**
 * Rounds in which all nodes are killed at once while they are written to. Then each disk is looked at by starting
 * its node alone, and all nodes are started together.
 */

import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import type { Cluster } from "../cluster/cluster.ts";
import { until } from "../cluster/waiting.ts";
import { ask } from "./asking.ts";

/** How old an acknowledged value is that every disk has to hold, in seconds. */
export const AGE_LIMIT = 2;

/** The keys; each is written on the node with its index, or on the first one if the others take no writes. */
const KEYS = ["shared_key", "handshake_key", "another_key"];

/** Pause between two writes of a key, in milliseconds. */
const WRITE_PAUSE_MS = 20;

/**
 * How far apart two starts may be, in milliseconds. A KeyDB node that is there a second before both others closes a
 * connection of its own that it takes for a file, and then mixes up who is at the other end.
 */
const MAX_GAP_MS = 200;

/** How long a node may take to serve alone, in milliseconds. */
const START_LIMIT_MS = 20_000;

/** Pause between two looks whether the nodes agree, in milliseconds. */
const LOOK_PAUSE_MS = 50;

/** What a node holds that does not answer. */
const NOTHING = KEYS.map(() => 0);

/** How long the nodes get to agree once they are linked, in milliseconds. */
const AGREEMENT_LIMIT_MS = 5000;

/** What is drawn for a round. */
export interface DiskPlan {
  /** In which order all nodes are started, before the kill and after it. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** The pauses between these starts, in milliseconds. */
  readonly gapsMs: readonly number[];
  /** Whether clients write as soon as a node serves, or only when all nodes are linked. */
  readonly early: boolean;
  /** How long clients write before the kill, besides the limit of age, in milliseconds. */
  readonly holdMs: number;
  /** In which order the nodes are started alone. */
  readonly alone: readonly number[];
}

/** What came of a round. */
export interface DiskRound {
  /** How many writes were acknowledged. */
  readonly writes: number;
  /**
   * How far behind each node was that was started alone: how old, at the kill, the oldest acknowledged write
   * was that it did not have, nor a later one of that key; in seconds.
   */
  readonly alone: readonly number[];
  /** The same for all nodes together: for the one that was behind the most. */
  readonly together: number;
}

/**
 * Draws a round. The same seed draws the same.
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
 * @param cluster The nodes, which keep what they hold on their disks; none runs, before and after.
 * @param plan What is done.
 * @param signal Ends the round.
 * @returns What came of it.
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

/** Reads all nodes when they agree, or had their time to. */
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

/** Clients, one for each key, which write ever greater numbers and know which ones were acknowledged. */
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

  /** How old the oldest write was at a time that is newer than what a node holds, in seconds. */
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

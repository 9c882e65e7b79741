/** One round: the roles work, a fault occurs, they recover, and stop. */

import { setTimeout as delay } from "node:timers/promises";
import type { Cluster } from "../cluster/cluster.ts";
import { until } from "../cluster/waiting.ts";
import { ask } from "./asking.ts";
import { RECOVERY_LIMIT } from "./checker/checker.ts";
import type { Plan } from "./faults.ts";
import type { Held, History } from "./checker/history.ts";
import { subscriberOf } from "./load.ts";
import { LISTENERS, ROLES, World } from "./world.ts";

/** How long the world may take to become ready before and after the fault, in milliseconds. */
const READY_LIMIT_MS = 20_000;

/** How long the roles may take to recover, and to end with the same value; then the round is judged as it is. */
const END_LIMIT_MS = 12_000;

/** The writer's longest pause after healing: slightly longer than the listeners may take to recover. */
const QUIET_LIMIT_MS = RECOVERY_LIMIT * 1000 + 500;

/** How long the nodes may take to agree; after that they have lost something, and the oldest value counts. */
const AGREEMENT_LIMIT_MS = 4000;

/** Pause between two checks of the nodes, in milliseconds. */
const LOOK_MS = 100;

/** The result of a round. */
export interface RoundResult {
  /** What happened. */
  readonly history: History;
  /** Everything the roles printed, each line after the role's name. */
  readonly lines: readonly string[];
}

/**
 * Runs one round.
 *
 * @param cluster The nodes. All their data is removed.
 * @param plan The fault and its timing.
 * @param seed The seed of the plan.
 * @param signal Ends the round.
 * @returns What happened.
 * @throws {Error} If the round cannot show anything: the nodes or the roles do not start to work, the fault fails, or
 * the nodes do not come back after it. Do not use the cluster again then.
 * @throws The signal's reason, if it is aborted first.
 */
export async function runRound(
  cluster: Cluster,
  plan: Plan,
  seed: number,
  signal: AbortSignal,
): Promise<RoundResult> {
  await clear(cluster, signal);
  await using world = new World(cluster);
  await Promise.all(ROLES.map((name) => world.start(name)));
  await until(() => haveObserved(world, 1), "both listeners to observe", READY_LIMIT_MS, signal);
  await doFault(world, plan, signal);
  const healedAt = world.recorder.records.at(-1)!.at;
  if (plan.quiet) await catchUp(world, QUIET_LIMIT_MS, signal);
  world.signal("writer", "SIGCONT");
  await look(world, () => haveObserved(world, healedAt), END_LIMIT_MS, signal);
  await world.stop("writer");
  await catchUp(world, END_LIMIT_MS, signal);
  const nodes = await nodesOf(world);
  for (const listener of LISTENERS) await world.stop(listener);
  const { records, lines } = world.recorder;
  return { history: { fault: plan.name, seed, nodes, records }, lines };
}

/** Finds the node that each listener observes, unless several list it: one may not have noticed yet that it left. */
async function nodesOf({ cluster: { nodes } }: World): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const listener of LISTENERS) {
    const subscribers = await Promise.all(nodes.map(({ url }) => subscriberOf(url, listener)));
    const indexes = subscribers.flatMap((id, index) => id === undefined ? [] : [index]);
    if (indexes.length === 1) found[listener] = indexes[0];
  }
  return found;
}

/** Removes the data of earlier rounds, so that all values in a round are its own writes. */
async function clear(cluster: Cluster, signal: AbortSignal): Promise<void> {
  const { nodes, engine: { mesh } } = cluster;
  for (const { url } of mesh ? nodes : nodes.slice(0, 1)) {
    await ask(url, (client) => client.flushall());
  }
  for (const { url } of nodes) {
    const isEmpty = async () => await ask(url, (client) => client.dbsize()) === 0;
    await until(isEmpty, `the node at ${url} to be empty`, READY_LIMIT_MS, signal);
  }
}

async function doFault(world: World, plan: Plan, signal: AbortSignal): Promise<void> {
  const { fault, pauseMs, holdMs, quiet } = plan;
  await delay(pauseMs, undefined, { signal });
  world.recorder.mark("fault", fault.what);
  try {
    await fault.inject(world);
    await delay(holdMs, undefined, { signal });
    if (quiet) world.signal("writer", "SIGSTOP");
  } finally {
    await fault.heal(world);
  }
  await world.cluster.ready();
  world.recorder.mark("healed", fault.what);
}

/** Checks whether both listeners have observed a value written at or after a time. */
function haveObserved({ recorder }: World, since: number): boolean {
  return LISTENERS.every((listener) => (recorder.lastObserved(listener)?.micros ?? 0) >= since);
}

/** Waits until the nodes agree, or their time is up, and both listeners have observed the nodes' value. */
async function catchUp(world: World, limitMs: number, signal: AbortSignal): Promise<void> {
  const { recorder, cluster } = world;
  const agreementUntil = performance.now() + AGREEMENT_LIMIT_MS;
  await look(
    world,
    () => {
      const held = recorder.records.filter((record): record is Held => record.kind === "held")
        .slice(-cluster.nodes.length).map(({ micros = 0 }) => micros);
      if (new Set(held).size > 1 && performance.now() < agreementUntil) return false;
      return haveObserved(world, Math.min(...held));
    },
    limitMs,
    signal,
  );
}

/** Reads the nodes repeatedly until a condition holds, or the time is up. */
async function look(
  world: World,
  hasCome: () => boolean,
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  do {
    await delay(LOOK_MS, undefined, { signal });
    await world.readNodes();
  } while (!hasCome() && performance.now() < deadline);
}

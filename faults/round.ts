/** One round: the roles work, something is done to their world, they recover, and stop. */

import { setTimeout as delay } from "node:timers/promises";
import type { Cluster } from "../cluster/cluster.ts";
import { until } from "../cluster/waiting.ts";
import { ask } from "./asking.ts";
import { RECOVERY_LIMIT } from "./checker/checker.ts";
import type { Plan } from "./faults.ts";
import type { Held, History } from "./checker/history.ts";
import { LISTENERS, ROLES, World } from "./world.ts";

/** How long the world may take to be as a round needs it before and after the fault, in milliseconds. */
const READY_LIMIT_MS = 20_000;

/** How long the roles get to recover and to end with the same value; then the history is judged as it is. */
const END_LIMIT_MS = 12_000;

/** How long the writer pauses at most after healing: just longer than the listeners may take to recover. */
const QUIET_LIMIT_MS = RECOVERY_LIMIT * 1000 + 500;

/** How long the nodes get to agree; after that they have lost something, and the oldest value counts. */
const AGREEMENT_LIMIT_MS = 4000;

/** Pause between two looks at the nodes, in milliseconds. */
const LOOK_MS = 100;

/** What is left of a round. */
export interface RoundResult {
  /** What happened. */
  readonly history: History;
  /** All that the roles printed, behind their names. */
  readonly lines: readonly string[];
}

/**
 * Runs one round.
 *
 * @param cluster The nodes; everything that they hold is removed.
 * @param plan What is done to them.
 * @param seed What the plan was drawn from.
 * @param signal Ends the round.
 * @returns What happened.
 * @throws {Error} If the round cannot show anything: the nodes or the roles do not come to work, the
 * fault cannot be done, or the nodes do not come back after it. The cluster is then of no use any more.
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
  for (const listener of LISTENERS) await world.stop(listener);
  const { records, lines } = world.recorder;
  return { history: { fault: plan.name, seed, records }, lines };
}

/** Removes what the nodes hold from earlier rounds, so that a round knows all values by its own writes. */
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

/** Tells whether both listeners have observed something that was written at a time, or later. */
function haveObserved({ recorder }: World, since: number): boolean {
  return LISTENERS.every((listener) => (recorder.lastObserved(listener)?.micros ?? 0) >= since);
}

/** Waits until the nodes agree, or had their time to, and both listeners have observed what they hold. */
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

/** Reads the nodes again and again until the time has come, or is over. */
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

/** Fixed rounds of faults on every real server, and the drawing of rounds. */

import { assert, assertEquals } from "@std/assert";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import { SERVER_NAMES } from "../cluster/engine.ts";
import { testOnEachEngine } from "./testing.ts";
import { checkHistory } from "../faults/checker/checker.ts";
import { drawPlan, FAULT_NAMES, type FaultName } from "../faults/faults.ts";
import { runRound } from "../faults/round.ts";

/** The rounds: faults of a node, its links, a line, a role, and several at once. */
const ROUNDS: [FaultName, number][] = [
  ["kill-node", 1],
  ["cut-node", 2],
  ["silence", 3],
  ["kill-writer", 4],
  ["several", 5],
  ["keep-out", 6],
  ["mute-node", 7],
  ["descriptors", 8],
];

async function assertHolds(cluster: Cluster, name: FaultName, seed: number): Promise<void> {
  const plan = drawPlan(seed, [name]);
  const { history, lines } = await runRound(cluster, plan, seed, new AbortController().signal);
  const { violations } = checkHistory(history);
  assertEquals(violations, [], `${plan.fault.what}:\n${lines.join("\n")}`);
}

testOnEachEngine("The roles keep their promises under faults", async (engine, t) => {
  await using cluster = await startCluster(engine, { cuttable: true, disk: true });
  for (const [name, seed] of ROUNDS) {
    await t.step(`${name}, seed ${seed}`, () => assertHolds(cluster, name, seed));
  }
}, SERVER_NAMES);

Deno.test("drawPlan() draws the same plan from the same seed only", () => {
  for (const name of FAULT_NAMES) {
    const [one, same, other] = [7, 7, 8].map((seed) => {
      const { fault: { what, touches }, pauseMs, holdMs } = drawPlan(seed, [name]);
      return JSON.stringify({ what, touches, pauseMs, holdMs });
    });
    assertEquals(one, same);
    assert(one !== other, one);
  }
});

Deno.test("drawPlan() draws every fault", () => {
  const seeds = Array.from({ length: 500 }, (_, seed) => seed);
  const names = new Set(seeds.map((seed) => drawPlan(seed).name));
  assertEquals([...names].toSorted(), FAULT_NAMES.toSorted());
});

Deno.test("drawPlan() draws several faults only if they affect different things", () => {
  for (let seed = 0; seed < 200; seed++) {
    const { fault: { what, touches } } = drawPlan(seed, ["several"]);
    assertEquals(new Set(touches).size, touches.length, what);
    assert(what.includes(" + "), what);
  }
});

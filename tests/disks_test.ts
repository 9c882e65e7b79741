/** Two rounds of killed nodes on every real server, and the drawing of rounds. */

import { assert, assertEquals } from "@std/assert";
import { startCluster } from "../cluster/cluster.ts";
import { SERVER_NAMES } from "../cluster/engine.ts";
import { testOnEachEngine } from "./testing.ts";
import { AGE_LIMIT, drawDiskPlan, runDiskRound } from "../faults/disks.ts";

/** How much longer a snapshot may take on a busy machine, in seconds. */
const SNAPSHOT_TIME = 0.5;

testOnEachEngine("Every disk holds the acknowledged values of all nodes", async (engine) => {
  await using cluster = await startCluster(engine, { disk: true });
  for (const node of cluster.nodes) await node.kill();
  for (const seed of [1, 2]) {
    const plan = { ...drawDiskPlan(seed), gapsMs: [0, 0] }; // docs/faults.md describes what KeyDB does otherwise
    const { signal } = new AbortController();
    const { writes, alone, together } = await runDiskRound(cluster, plan, signal);
    assert(writes > 0);
    const behind = Math.max(...alone, together);
    assert(behind <= AGE_LIMIT + SNAPSHOT_TIME, `behind ${alone} s, together ${together} s`);
  }
}, SERVER_NAMES);

Deno.test("drawDiskPlan() draws the same plan from the same seed only", () => {
  assertEquals(drawDiskPlan(7), drawDiskPlan(7));
  assert(JSON.stringify(drawDiskPlan(7)) !== JSON.stringify(drawDiskPlan(8)));
});

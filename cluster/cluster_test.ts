import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Cluster, startCluster } from "./cluster.ts";
import { SERVER_NAMES } from "./engine.ts";
import { TestClient, testOnEachEngine, testOnEngines, until } from "../tests/testing.ts";

/** Waits until a node holds a value. */
async function holds(cluster: Cluster, index: number, key: string, value: string): Promise<void> {
  await using client = new TestClient(cluster.url(index));
  await until(async () => await client.get(key) === value, `'${value}' on node ${index}`);
}

/** Waits until the disks hold the nodes' data. They may lag behind during a full resync and just after. */
async function areWritten({ nodes, engine }: Cluster): Promise<void> {
  const written = engine.mesh
    ? ["rdb_changes_since_last_save:0"]
    : ["aof_enabled:1", "aof_rewrite_scheduled:0", "aof_rewrite_in_progress:0"];
  for (const { url, port } of nodes) {
    await using client = new TestClient(url);
    await until(async () => {
      const info = await client.info("persistence");
      return written.every((line) => info.includes(`${line}\r`));
    }, `the disk of the node on port ${port}`);
  }
}

/** How many full resyncs the nodes have served. */
async function fullResyncs(cluster: Cluster): Promise<number> {
  let sum = 0;
  for (const { url } of cluster.nodes) {
    await using client = new TestClient(url);
    sum += Number(/sync_full:(\d+)/.exec(await client.info("stats"))![1]);
  }
  return sum;
}

testOnEngines("A write on the first node reaches all nodes", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await client.set("k", "v");
  for (const index of cluster.nodes.keys()) await holds(cluster, index, "k", "v");
});

testOnEngines("Only a mesh accepts writes on nodes other than the first", async (_t, cluster) => {
  for (const index of [1, 2]) {
    await using client = new TestClient(cluster.url(index));
    if (cluster.engine.mesh) {
      await client.set("k", `${index}`);
      await holds(cluster, 0, "k", `${index}`);
    } else {
      await assertRejects(() => client.set("k", "v"), Error, "READONLY");
    }
  }
}, { engines: SERVER_NAMES });

testOnEngines("Nodes restart with or without their data", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await client.set("k", "v");
  for (const index of cluster.nodes.keys()) await holds(cluster, index, "k", "v");
  await areWritten(cluster);
  for (const keepData of [true, false]) {
    for (const node of cluster.nodes) await node.kill();
    for (const node of cluster.nodes) node.start({ keepData });
    await cluster.ready();
    const expected = keepData ? "v" : null;
    await until(async () => await client.get("k") === expected, `'${expected}' on the first node`);
  }
}, { engines: SERVER_NAMES, disk: true });

testOnEngines("A node can be killed while it is stopped", async (_t, cluster) => {
  const node = cluster.node(1);
  node.signal("SIGSTOP");
  await node.kill();
  node.start();
  await cluster.ready();
});

testOnEngines("A node that was cut off catches up by a full resync", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await client.set("k", "before");
  await holds(cluster, 2, "k", "before");
  const before = await fullResyncs(cluster);
  cluster.cut(2);
  await client.set("k", "meanwhile");
  await client.set("flood", "x".repeat(100_000)); // exceeds the backlog
  await holds(cluster, 1, "k", "meanwhile");
  await using far = new TestClient(cluster.url(2));
  assertEquals(await far.get("k"), "before");
  cluster.heal(2);
  await holds(cluster, 2, "k", "meanwhile");
  await cluster.ready();
  assert(await fullResyncs(cluster) > before);
}, { engines: SERVER_NAMES, cuttable: true });

testOnEachEngine("Nodes that replicate directly cannot be cut off", async (engine) => {
  await using cluster = await startCluster(engine);
  assertThrows(
    () => cluster.cut(1),
    Error,
    "Cannot cut nodes off as the cluster is not 'cuttable'",
  );
}, SERVER_NAMES);

testOnEngines("A node that crashes while it starts is restarted once", async (_t, cluster) => {
  const node = cluster.node(1);
  await node.kill();
  node.start();
  node.signal("SIGSEGV");
  await cluster.ready();
  await node.kill();
  node.start();
  node.signal("SIGTERM");
  await assertRejects(() => node.ready(), Error, "ended at once");
}, { engines: SERVER_NAMES });

/** The roles under faults of servers, networks and handlers, one at a time. */

import { assertEquals, assertMatch } from "@std/assert";
import { reloadSlowly } from "./pair.ts";
import { Proxy } from "../cluster/proxy.ts";
import { RoleUnderTest, TestClient, testOnEngines, until } from "./testing.ts";

const REAL = ["keydb-server", "valkey-server", "redis-server"] as const;
const WITH_REPLICAS = ["valkey-server", "redis-server"] as const;

/** Settings for a writer that is fast enough for a test. */
const QUICK = { UPDATE_INTERVAL: "0.1" };

testOnEngines("The writer retries while the server refuses writes", async (t, cluster) => {
  const isMesh = cluster.engine.name === "keydb-server";
  await using client = new TestClient(cluster.url(0));
  for (
    const { setting, value, normal, meaning } of [
      { setting: "maxmemory", value: "1", normal: "0", meaning: "its memory is full, .*: OOM " },
      {
        setting: "min-replicas-to-write",
        value: "9",
        normal: "0",
        meaning: "too few replicas follow it, .*: NOREPLICAS ",
      },
    ]
  ) {
    if (isMesh && setting === "min-replicas-to-write") continue; // active replicas ignore it
    await t.step(`because of ${setting}`, async () => {
      await using writer = await RoleUnderTest.start("writer", {
        KEYDB_URL: cluster.url(0),
        ...QUICK,
      });
      await writer.line(/set shared_key: writer seq /);
      await client.config("SET", setting, value);
      await writer.line(
        new RegExp(`^WARN writer cannot set shared_key \\(${meaning}.*\\); trying again$`),
      );
      await client.config("SET", setting, normal);
      await writer.line(/^writer can set shared_key again$/);
      await writer.stop();
      await writer.line(/^writer stopped: \d+ writes?, write round trip/); // no write failed
      const seqs = writer.lines.map((line) => / set shared_key: writer seq (\d+)/.exec(line)?.[1])
        .filter((seq) => seq !== undefined).map(Number);
      assertEquals(seqs, seqs.map((_, index) => seqs[0] + index));
    });
  }
}, { engines: REAL });

testOnEngines("The roles write to the primary of a read-only replica", async (_t, cluster) => {
  const [first, second, third] = cluster.nodes;
  await using replica = new TestClient(third.url);
  await using promoted = new TestClient(second.url);
  await using writer = await RoleUnderTest.start("writer", { KEYDB_URL: third.url, ...QUICK });
  await using listener = await RoleUnderTest.start("listener_async", { KEYDB_URL: third.url });
  const elsewhere = (port: number) =>
    new RegExp(`is a read-only replica; writes go to its primary at 127.0.0.1:${port}$`);
  await writer.line(elsewhere(first.port));
  await listener.line(elsewhere(first.port));
  await listener.line(/set handshake_key/);
  await first.kill();
  await writer.line(/^WARN Cannot reach the primary at /);
  await promoted.replicaof("NO", "ONE");
  await replica.replicaof("127.0.0.1", second.port);
  await writer.line(elsewhere(second.port));
  await listener.line(elsewhere(second.port));
  const seqOf = async (key: string) => Number(/seq (\d+)/.exec(await promoted.get(key) ?? "")?.[1]);
  const now = await seqOf("shared_key");
  await until(
    async () => await seqOf("handshake_key:listener_async") > now,
    "the handshake to a write on the new primary",
  );
  for (const role of [writer, listener]) assertEquals(await role.stop(), 0);
}, { engines: WITH_REPLICAS });

testOnEngines("The roles continue if the server returns without its data", async (_t, cluster) => {
  await using writer = await RoleUnderTest.start("writer", { KEYDB_URL: cluster.url(0), ...QUICK });
  await using listener = await RoleUnderTest.start("listener_sync", { KEYDB_URL: cluster.url(0) });
  await listener.line(/read shared_key: writer seq /);
  for (const node of cluster.nodes) await node.kill();
  await writer.line(/^WARN Lost the connection/);
  await listener.line(/^WARN Not subscribed/);
  const before = listener.lines.length;
  for (const node of cluster.nodes) node.start({ keepData: false });
  await until(
    () => listener.lines.slice(before).some((line) => /read shared_key: writer seq /.test(line)),
    "the first value after that",
    30_000,
  );
});

testOnEngines("A listener logs that its server is loading its data", async (_t, cluster) => {
  await using primary = new TestClient(cluster.url(0));
  await primary.set("shared_key", "w seq 1 micros 5000000 timestamp 5");
  await using listener = await RoleUnderTest.start("listener_sync", {
    KEYDB_URL: cluster.url(1),
    RECONCILE_INTERVAL: "0.1",
  });
  await listener.line(/read shared_key: w seq 1 /);
  await reloadSlowly(cluster, 1);
  await listener.line(
    /^WARN Cannot read shared_key \(it is still loading its data: LOADING .*\); trying again$/,
  );
  await listener.line(/^Can read shared_key again$/);
  await primary.set("shared_key", "w seq 2 micros 6000000 timestamp 6");
  await listener.line(/read shared_key: w seq 2 /);
}, { engines: WITH_REPLICAS });

testOnEngines("The writer logs once that its replica has lost its primary", async (_t, cluster) => {
  const [first, second] = cluster.nodes;
  await using replica = new TestClient(second.url);
  await replica.config("SET", "replica-serve-stale-data", "no");
  await first.kill();
  await using writer = await RoleUnderTest.start("writer", { KEYDB_URL: second.url });
  const cannot = /^WARN Cannot read shared_key \(it has lost its primary, .*: MASTERDOWN .*\); /;
  await writer.line(cannot);
  await until(async () => await rejectedReads(replica) >= 4, "further reads");
  await replica.config("SET", "replica-serve-stale-data", "yes");
  await writer.line(/^Can read shared_key again$/);
  assertEquals(writer.lines.filter((line) => cannot.test(line)).length, 1);
}, { engines: WITH_REPLICAS });

/** Returns how many reads a server has refused. */
async function rejectedReads(client: TestClient): Promise<number> {
  const stats = await client.info("commandstats");
  return Number(/^cmdstat_get:.*rejected_calls=(\d+)/m.exec(stats)?.[1] ?? 0);
}

testOnEngines("A listener that was too slow reads the newest value", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await client.config("SET", "client-output-buffer-limit", "pubsub 1mb 0 0");
  await client.set("shared_key", "w seq 1 micros 5000000 timestamp 5");
  for (const name of ["listener_sync", "listener_async"] as const) {
    await using listener = await RoleUnderTest.start(name, { KEYDB_URL: cluster.url(0) });
    await listener.line(/read shared_key/);
    const subscribers = async () =>
      (await client.pubsub("NUMSUB", "__keyevent@0__:set") as unknown[])[1];
    await until(async () => await subscribers() === 1, "the subscription");
    listener.signal("SIGSTOP");
    const noise = "x".repeat(1_000_000);
    await until(async () => {
      await client.publish("__keyevent@0__:set", noise);
      return await subscribers() === 0;
    }, "the server forcing the listener out");
    const value = `${name} seq 9 micros 9000000 timestamp 9`;
    await client.set("shared_key", value);
    listener.signal("SIGCONT");
    await listener.line(/^WARN Not subscribed to /);
    await listener.line(new RegExp(`read shared_key: ${value}`));
    await listener.line(/^Subscribed to /);
  }
}, { engines: REAL });

testOnEngines("Listeners reconnect after their connections are killed", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  for (const name of ["listener_sync", "listener_async"] as const) {
    await using listener = await RoleUnderTest.start(name, { KEYDB_URL: cluster.url(0) });
    await listener.line(/read shared_key/);
    await client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await listener.line(/^WARN Lost the connection to the server at \S+ \(.+\)$/);
    await listener.line(/^Connected to the server/);
    const value = `${name} seq 1 micros 5000000 timestamp 5`;
    await client.set("shared_key", value);
    await listener.line(new RegExp(`read shared_key: ${value}`));
  }
}, { engines: REAL });

testOnEngines("A handler that fails or hangs affects only its change", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await using proxy = new Proxy(cluster.node(0).port);
  const url = `redis://127.0.0.1:${proxy.port}`;
  const file = "tests/trying_listener.ts";
  await using role = await RoleUnderTest.start("listener_sync", { KEYDB_URL: url }, { file });
  await role.line(/read shared_key/);
  await client.set("shared_key", "throw seq 1 micros 5000000 timestamp 5");
  const failure = /^ERROR listener_sync could not handle a change: no luck$/;
  await role.line(failure);
  await client.set("shared_key", "throw seq 2 micros 6000000 timestamp 6");
  await role.line(/read shared_key: throw seq 2 /);
  await client.set("shared_key", "work seq 1 micros 5000000 timestamp 5");
  await role.line(/read shared_key: work seq 1 /);
  await role.line(/^listener_sync can handle a change again$/);
  assertEquals(role.lines.filter((line) => failure.test(line)).length, 1);
  await client.set("shared_key", "hang seq 1 micros 5000000 timestamp 5");
  await role.line(/read shared_key: hang seq 1 /);
  proxy.goSilent();
  await role.line(/^WARN Lost the connection to the server at \S+ \(no answer within 3 s\)$/);
  proxy.heal();
  await role.line(/^Connected to the server/);
  assertEquals(await role.stop(), 0);
  assertMatch(role.lines.at(-1)!, /^listener_sync stopped: 0 changes handled, .* 2 failed/);
}, { engines: ["redis-server", "embedded"] });

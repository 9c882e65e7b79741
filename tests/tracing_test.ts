/** The roles' spans, as a collector receives them. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { nowMicros } from "../lib/clock.ts";
import { createStamp, formatStamp, type FullStamp, parseStamp } from "../lib/protocol/stamp.ts";
import { traceOf } from "../lib/telemetry/tracing.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { PatternRole } from "../cluster/roles.ts";
import { RoleUnderTest, TestClient, testOnEngines } from "./testing.ts";
import { Collector } from "./collector.ts";

const LISTENERS = ["listener_sync", "listener_async"] as const;
const LIGHT = { engines: ["embedded", "redis-server"] } as const;
const REAL = { engines: ["keydb-server", "valkey-server", "redis-server"] } as const;

/** OpenTelemetry's numbers for the kinds of spans. */
const [CLIENT, PRODUCER, CONSUMER] = [3, 4, 5];

async function start(
  name: PatternRole,
  cluster: Cluster,
  env: Record<string, string>,
): Promise<RoleUnderTest> {
  const node = { writer: 0, listener_sync: 1, listener_async: 2 }[name];
  return await RoleUnderTest.start(name, { KEYDB_URL: cluster.url(node), ...env });
}

/** Starts both listeners, and waits until they observe. */
async function startListeners(
  stack: AsyncDisposableStack,
  cluster: Cluster,
  env: Record<string, string>,
): Promise<RoleUnderTest[]> {
  const starts = LISTENERS.map((name) => start(name, cluster, env));
  const listeners = (await Promise.all(starts)).map((role) => stack.use(role));
  for (const listener of listeners) await listener.line(/read shared_key: it does not exist/);
  return listeners;
}

async function stop(...roles: RoleUnderTest[]): Promise<void> {
  for (const role of roles) assertEquals(await role.stop(), 0);
}

testOnEngines("The roles' spans of a value are in the trace of its stamp", async (_t, cluster) => {
  await using collector = new Collector();
  await using stack = new AsyncDisposableStack();
  const listeners = await startListeners(stack, cluster, collector.env);
  const writer = stack.use(await start("writer", cluster, collector.env));
  await writer.line(/ set shared_key: writer seq 1 /);
  for (const listener of listeners) await listener.line(/[Ss]et handshake_key: /);
  await using client = new TestClient(cluster.url(0));
  const stamp = parseStamp(await client.get("shared_key") ?? "") as FullStamp;
  await stop(writer, ...listeners); // exports the remaining spans

  const { traceId, spanId: root } = traceOf(stamp);
  const { spans } = collector;
  assertEquals(spans.map((span) => span.traceId), Array(5).fill(traceId));
  const value = {
    "db.system.name": "redis",
    "observable.writer": "writer",
    "observable.seq": 1,
    "server.address": "127.0.0.1",
    "db.namespace": "0",
  };
  const ports = { writer: 0, listener_sync: 1, listener_async: 2 };
  const at = (role: PatternRole) => ({ "server.port": cluster.node(ports[role]).port });
  const [write] = spans.filter(({ role }) => role === "writer");
  assertEquals(
    [write.name, write.kind, write.parentSpanId, write.from],
    ["write", PRODUCER, root, stamp.micros],
  );
  assert(write.to > write.from);
  assertEquals(write.attributes, { ...value, ...at("writer"), "db.operation.name": "SET" });

  for (const role of LISTENERS) {
    const [read, handshake] = spans.filter((span) => span.role === role);
    assertEquals([read.name, read.kind, read.parentSpanId], ["read", CONSUMER, root]);
    assert(write.from <= read.from && read.from <= read.to);
    assertEquals(read.attributes, {
      ...value,
      ...at(role),
      "db.operation.name": "GET",
      "observable.listener": role,
      "observable.cause": "notification",
      "observable.conflated": 0,
      "observable.missed": 0,
      "observable.time_difference": (read.to - stamp.micros) / 1e6,
    });
    assertEquals(
      [handshake.name, handshake.kind, handshake.parentSpanId, handshake.from],
      ["handshake", CLIENT, read.spanId, read.to],
    );
    assert(handshake.to > handshake.from);
    assertEquals(handshake.attributes, {
      ...value,
      "server.port": cluster.engine.mesh ? cluster.node(ports[role]).port : cluster.node(0).port,
      "db.operation.name": "MSET",
      "observable.listener": role,
    });
  }
  assertEquals(spans.filter(({ failure }) => failure !== undefined), []);
});

testOnEngines("The span of a read has its cause and its gap", async (t, cluster) => {
  for (const name of LISTENERS) {
    await t.step(name, async () => {
      await using collector = new Collector();
      await using client = new TestClient(cluster.url(0));
      const write = async (seq: number, key = "shared_key") => {
        await client.set(key, formatStamp(createStamp("w", seq, nowMicros())));
      };
      await write(1);
      await using listener = await RoleUnderTest.start(name, {
        KEYDB_URL: cluster.url(0),
        RECONCILE_INTERVAL: "0.1",
        ...collector.env,
      });
      await listener.line(/read shared_key: w seq 1 /);
      await write(5);
      await listener.line(/read shared_key: w seq 5 /);
      await write(9, "other_key");
      await client.rename("other_key", "shared_key"); // published, but not as a `set`
      await listener.line(/read shared_key: w seq 9 /);
      await client.set("shared_key", "older timestamp 1725543675");
      await listener.line(/read shared_key: older timestamp /);
      await stop(listener);

      const reads = collector.named("read").map(({ attributes, from, to }) => {
        const [seq, cause, conflated, missed] = ["seq", "cause", "conflated", "missed"]
          .map((fact) => attributes[`observable.${fact}`]);
        return { seq, cause, conflated, missed, hasLength: to > from };
      });
      assertEquals(reads, [
        { seq: 1, cause: "initial", conflated: 0, missed: 0, hasLength: false },
        { seq: 5, cause: "notification", conflated: 3, missed: 0, hasLength: true },
        { seq: 9, cause: "reconcile", conflated: 0, missed: 3, hasLength: false },
      ]);
    });
  }
}, LIGHT);

testOnEngines("The span of a failed write has the error", async (_t, cluster) => {
  await using collector = new Collector();
  await using client = new TestClient(cluster.url(0));
  const env = { KEYDB_URL: cluster.url(0), RECONCILE_INTERVAL: "0.1", ...collector.env };
  await client.set("other_key", formatStamp(createStamp("w", 1, nowMicros())));
  await using listener = await RoleUnderTest.start("listener_sync", env);
  await listener.line(/read shared_key: it does not exist/);
  await client.config("SET", "maxmemory", "1");
  await client.rename("other_key", "shared_key");
  await listener.line(/could not handle a change: /);
  await using writer = await RoleUnderTest.start("writer", env);
  await writer.line(/cannot set shared_key /);
  await stop(listener, writer);

  const [handshake, ...others] = collector.named("handshake");
  assertEquals(others, []);
  assertMatch(handshake.failure!, /its memory is full, .*: OOM /);
  const [write] = collector.named("write");
  assertEquals(write.failure, "stopped by a signal");
  assertEquals(collector.named("read")[0].failure, undefined);
}, REAL);

testOnEngines("All roles sample the same values", async (_t, cluster) => {
  await using collector = new Collector();
  await using stack = new AsyncDisposableStack();
  const env = {
    UPDATE_INTERVAL: "0.02",
    OTEL_TRACES_SAMPLER: "traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.5",
    ...collector.env,
  };
  const listeners = await startListeners(stack, cluster, env);
  const writer = stack.use(await start("writer", cluster, env));
  for (const listener of listeners) await listener.line(/ seq [4-9]\d /);
  await stop(writer, ...listeners);

  const seqsOf = (name: string) =>
    collector.named(name).map(({ attributes }) => attributes["observable.seq"] as number);
  const written = seqsOf("write");
  assertMatch(writer.lines.at(-1)!, /^writer stopped: \d+ writes/);
  const writes = parseInt(writer.lines.at(-1)!.slice("writer stopped: ".length));
  assert(Math.abs(written.length - writes / 2) <= 2, `${written.length} of ${writes} writes`);
  for (const name of ["read", "handshake"]) {
    const seqs = seqsOf(name);
    assert(seqs.length > 0);
    assertEquals(seqs.filter((seq) => !written.includes(seq)), []);
  }
}, LIGHT);

testOnEngines("Without OTEL_DENO, nothing is exported", async (_t, cluster) => {
  await using collector = new Collector();
  await using stack = new AsyncDisposableStack();
  const env = { ...collector.env, OTEL_DENO: "false" };
  const listeners = await startListeners(stack, cluster, env);
  const writer = stack.use(await start("writer", cluster, env));
  for (const listener of listeners) await listener.line(/[Ss]et handshake_key: /);
  await stop(writer, ...listeners);
  assertEquals(collector.requests, []);
}, LIGHT);

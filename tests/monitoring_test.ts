/** Metrics and health of whole roles, with servers that work and servers that do not. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import { freePorts, freeRow } from "../cluster/ports.ts";
import { chooseEngine } from "../cluster/engine.ts";
import { runPromtool, testWithPrometheus } from "./prometheus.ts";
import { ROLES } from "../cluster/roles.ts";
import { RoleUnderTest, testOnEngines, until } from "./testing.ts";
import { MonitoredRole } from "./monitored.ts";

/** Starts all roles on one node. */
async function startAll(cluster: Cluster, stack: AsyncDisposableStack): Promise<MonitoredRole[]> {
  const roles: MonitoredRole[] = [];
  for (const name of ROLES) {
    const env = {
      KEYDB_URL: cluster.url(0),
      UPDATE_INTERVAL: "0.1",
      DASHBOARD_PORT: `${freePorts(1)[0]}`,
    };
    roles.push(stack.use(await MonitoredRole.start(name, env)));
  }
  return roles;
}

testOnEngines("The roles serve metrics and health", async (t, cluster) => {
  await using stack = new AsyncDisposableStack();
  const roles = await startAll(cluster, stack);
  const [writer, sync, async, dashboard] = roles;

  await t.step("on every route, and on no other", async () => {
    for (const role of roles) {
      await role.says(/^ready$/m);
      assertEquals(await role.ask("/healthz"), { status: 200, text: "alive\n" });
      assertEquals((await role.ask("/metrics")).status, 200);
      assertEquals((await role.ask("/readyz", "POST")).status, 405);
      assertEquals((await role.ask("/")).status, 404);
      assertEquals(await role.metric("keydb_observable_connected"), 1);
      assertEquals(await role.metric("keydb_observable_subscribed"), 1);
    }
  });

  await t.step("with their counts", async () => {
    const writes = await writer.metric("keydb_observable_writes_total") + 5;
    await until(
      async () => await writer.metric("keydb_observable_writes_total") >= writes,
      "five writes more",
    );
    const writtenAt = await writer.metric("keydb_observable_last_write_timestamp_seconds");
    assert(Math.abs(Date.now() / 1000 - writtenAt) < 5);
    const acknowledged = "keydb_observable_write_acknowledgement_seconds_bucket";
    assert(await writer.metric(acknowledged, '"+Inf"') >= writes);
    assertEquals(await writer.metric("keydb_observable_changes_total"), 0);
    for (const listener of [sync, async]) {
      await until(
        async () =>
          await listener.metric("keydb_observable_newest_value_written_timestamp_seconds") >=
            writtenAt,
        "the newest value",
      );
      assertEquals(await listener.metric("keydb_observable_changes_total", '"initial"'), 1);
      for (
        const [name, labels] of [
          ["keydb_observable_changes_total", '"notification"'],
          ["keydb_observable_handshakes_total"],
          ["keydb_observable_time_difference_seconds_count"],
        ]
      ) await until(async () => await listener.metric(name, labels) >= 4, `four of ${name}`);
      assert(await listener.metric("keydb_observable_last_change_timestamp_seconds") >= writtenAt);
      assertEquals(await listener.metric("keydb_observable_missed_values_total"), 0);
      assertEquals(await listener.metric("keydb_observable_writes_total"), 0);
    }
    await until(async () => await dashboard.metric("keydb_observable_node_up") === 1, "the node");
    assertEquals(await dashboard.metric("keydb_observable_changes_total"), 0);
  });
});

testOnEngines("A role that is not ready gives the reason", async (t, cluster) => {
  await using stack = new AsyncDisposableStack();
  const roles = await startAll(cluster, stack);
  const node = cluster.node(0);
  const all = (pattern: RegExp) => Promise.all(roles.map((role) => role.says(pattern)));
  const no = `^not connected to the server at 127\\.0\\.0\\.1:${node.port}`;
  await all(/^ready$/m);

  await t.step("while its server hangs", async () => {
    node.signal("SIGSTOP");
    await all(new RegExp(`${no} \\(no answer within 3 s\\), since `));
    for (const role of roles) {
      assertEquals((await role.ask("/readyz")).status, 503);
      assertEquals((await role.ask("/healthz")).status, 200);
      assertEquals(await role.metric("keydb_observable_connected"), 0);
    }
    node.signal("SIGCONT");
    await all(/^ready$/m);
  });

  await t.step("while its server is dead", async () => {
    await node.kill();
    await all(new RegExp(`${no} \\(ECONNREFUSED\\), since `));
    node.start();
    await all(/^ready$/m);
    for (const role of roles) {
      assert(await role.metric("keydb_observable_reconnects_total") >= 2);
      assertEquals(await role.metric("keydb_observable_failovers_total"), 0);
    }
  });
});

Deno.test("A role is alive without a server, and stops during a request", async () => {
  const port = freeRow(1); // outside the range of other tests' ports
  await using monitored = await MonitoredRole.start("listener_sync", {
    KEYDB_URL: `redis://127.0.0.1:${port}`,
  });
  await monitored.says(new RegExp(`^not connected to the server at 127.0.0.1:${port} \\(ECONN`));
  assertEquals((await monitored.ask("/healthz")).status, 200);
  using slow = await Deno.connect({ hostname: "127.0.0.1", port: monitored.port });
  await slow.write(new TextEncoder().encode("GET /metrics HTTP/1.1\r\nHost: "));
  assertEquals(await monitored.role.stop(), 0);
});

Deno.test("A role exits if it cannot serve its metrics, and names the setting to change", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  await using second = await RoleUnderTest.start("writer", { METRICS_PORT: `${port}` });
  assertEquals(await second.exitCode(), 1);
  assertEquals(second.lines.slice(0, 2), [
    "Starting writer",
    `ERROR Cannot serve metrics on 127.0.0.1:${port} as something else is served there: ` +
    "METRICS_PORT must be a port that is free",
  ]);
  const [free] = freePorts(1);
  await using third = await RoleUnderTest.start("writer", {
    METRICS_PORT: `${free}`,
    BIND_ADDRESS: "127.0.0.2",
  });
  assertEquals(await third.exitCode(), 1);
  assertMatch(
    third.lines[1],
    new RegExp(
      `^ERROR Cannot serve .* permissions .*: --allow-net must include 127.0.0.2:${free}$`,
    ),
  );
});

testWithPrometheus("promtool finds nothing wrong with the roles' metrics", async () => {
  await using cluster = await startCluster(await chooseEngine());
  await using stack = new AsyncDisposableStack();
  for (const role of await startAll(cluster, stack)) {
    await role.says(/^ready$/m);
    const { text } = await role.ask("/metrics");
    assertEquals(await runPromtool(["check", "metrics"], text), "");
  }
});

testOnEngines(
  "A role serves OpenMetrics on request",
  async (_t, cluster) => {
    await using role = await MonitoredRole.start("writer", { KEYDB_URL: cluster.url(0) });
    await role.says(/^ready$/m);
    const accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";
    const response = await fetch(`http://127.0.0.1:${role.port}/metrics`, { headers: { accept } });
    const text = await response.text();
    assertMatch(
      response.headers.get("content-type")!,
      /^application\/openmetrics-text; version=1\.0\.0/,
    );
    assertMatch(
      text,
      /^# TYPE keydb_observable_writes counter\nkeydb_observable_writes_total\{role="writer"\} \d/m,
    );
    assertMatch(text, /\n# EOF\n$/);
    assertEquals(text.match(/^$/gm), [""]); // no empty line but after the end
  },
);

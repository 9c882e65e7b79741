/** The dashboard as a whole program, together with the other roles, on real servers. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { State } from "../dashboard/protocol.ts";
import { reloadSlowly } from "./pair.ts";
import { nowMicros } from "../lib/clock.ts";
import { createStamp, formatStamp } from "../lib/protocol/stamp.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { PatternRole } from "../cluster/roles.ts";
import { RoleUnderTest, TestClient, testOnEngines, within } from "./testing.ts";
import { DashboardUnderTest } from "./dashboard_testing.ts";

const REAL = ["keydb-server", "valkey-server", "redis-server"] as const;
const OWN_NODES = { writer: 0, listener_sync: 1, listener_async: 2 };

/** The URLs of all nodes, beginning with one of them. */
function urls({ nodes }: Cluster, first = 0): string {
  return nodes.map((_, index) => nodes[(first + index) % nodes.length].url).join(",");
}

async function start(
  name: PatternRole,
  cluster: Cluster,
  env: Record<string, string> = {},
): Promise<RoleUnderTest> {
  return await RoleUnderTest.start(name, { KEYDB_URL: urls(cluster, OWN_NODES[name]), ...env });
}

function startDashboard(cluster: Cluster, env: Record<string, string> = {}) {
  return DashboardUnderTest.start({ KEYDB_URL: urls(cluster), ...env });
}

function nodeOf(state: State, port: number) {
  return state.nodes.find(({ name }) => name === `127.0.0.1:${port}`);
}

function listenerOf(state: State, name: string) {
  return state.listeners.find((listener) => listener.name === name)!;
}

testOnEngines("The dashboard shows the pattern", async (t, cluster) => {
  await using dashboard = await startDashboard(cluster);
  await using client = new TestClient(cluster.url(0));

  await t.step("before anything is written", async () => {
    const state = await dashboard.shows(
      ({ observation, nodes }) =>
        observation.state === "observing" && nodes.every(({ status }) => status === "up"),
      "all nodes",
    );
    assertEquals(state.nodes.length, cluster.nodes.length);
    assertEquals(state.writer.last, undefined);
  });

  await t.step("with the roles, their nodes, and the path of a write", async () => {
    await using _sync = await start("listener_sync", cluster);
    await using _async = await start("listener_async", cluster);
    await using writer = await start("writer", cluster, { UPDATE_INTERVAL: "0.3" });
    const { length } = cluster.nodes;
    const state = await dashboard.shows(
      ({ writer, listeners, interval }) =>
        writer.presence.nodes.length > 0 && writer.last?.path.length === length &&
        interval.seconds === 0.3 &&
        listeners.every(({ presence, difference }) =>
          presence.status === "here" && presence.nodes.length > 0 && difference.count > 2
        ),
      "writes and answers",
    );
    assertEquals(state.writer.name, "writer");
    assertEquals(new Set(state.writer.last!.path.map(({ node }) => node)).size, length);
    for (const { last, difference, roundTrip, missed } of state.listeners) {
      assertEquals(missed, 0);
      assert(last!.written! <= last!.read! && last!.read! <= last!.answered);
      assert(difference.p50 <= roundTrip.max && difference.max > 0);
    }
    const { nodes, mesh } = cluster.engine;
    assertEquals(state.links.length, mesh ? nodes * (nodes - 1) : nodes - 1);
    assert(state.links.every(({ status }) => status === "up"));

    assertEquals(await dashboard.setInterval("0.1"), [204, ""]);
    await writer.line(/^writer now writes every 0.1 seconds$/);
    await dashboard.shows(({ interval }) => interval.seconds === 0.1, "the new interval");
  });

  await t.step("a write within a second, and problems of the keys", async () => {
    await dashboard.shows(({ writer }) => writer.presence.status === "gone", "no writer");
    const value = formatStamp(createStamp("me", 4711, nowMicros()));
    await client.set("shared_key", value);
    const state = await dashboard.shows(({ writer }) => writer.last?.seq === 4711, "a write", 1000);
    assertEquals(state.writer.name, "me");
    await client.set("update_interval", "soon");
    await dashboard.shows(({ interval }) => interval.problem !== undefined, "the problem");
  });

  await t.step("what a page missed, unless it was on another dashboard", async () => {
    const { lastId } = dashboard;
    await using other = await startDashboard(cluster);
    await using page = await other.open(lastId);
    const { id, event } = (await within(page.next(), "a snapshot"))!;
    assertEquals(event, "snapshot");
    assert(id.split("-")[0] !== lastId.split("-")[0]);
    await using back = await dashboard.open(lastId);
    assertEquals((await within(back.next(), "an update"))!.event, "update");
  });

  await t.step("and stops within two seconds, with an open page", async () => {
    const closed = nowMicros();
    await dashboard.shows(({ at }) => at > closed, "an update after the other page was closed");
    assertEquals(await dashboard.role.stop(), 0);
    assertMatch(
      dashboard.role.lines.at(-1)!,
      /^dashboard stopped: \d+ writes?, \d+ answers? shown, 1 page open$/,
    );
    assertEquals(dashboard.role.lines.filter((line) => line.startsWith("ERROR")), []);
  });
});

testOnEngines("The dashboard shows who has gone, and who is back", async (t, cluster) => {
  await using dashboard = await startDashboard(cluster);
  await using _writer = await start("writer", cluster, { UPDATE_INTERVAL: "0.2" });
  await using _async = await start("listener_async", cluster);

  for (
    const [signal, reason] of [
      ["SIGKILL", /^not connected to any node$/],
      ["SIGSTOP", /^no answer to \d+ writes$/],
    ] as const
  ) {
    await t.step(`a listener by ${signal}`, async () => {
      const begun = nowMicros();
      await using sync = await start("listener_sync", cluster);
      await dashboard.shows((state) => {
        const { presence, last } = listenerOf(state, "listener_sync");
        // Without an entry in a server's client list, only silence since its last answer shows that it has gone.
        const hasAnswered = last !== undefined && last.answered > begun;
        return presence.status === "here" && presence.nodes.length > 0 && hasAnswered;
      }, "the listener, and its node");
      const before = nowMicros();
      sync.signal(signal);
      const state = await dashboard.shows((state) => {
        const { status, reason: found = "" } = listenerOf(state, "listener_sync").presence;
        return status === "gone" && reason.test(found); // silence may be noticed first
      }, `no listener, by ${reason}`);
      const { presence } = listenerOf(state, "listener_sync");
      const late = presence.since! - before;
      assert(Math.abs(late) < 2e6, `${late} µs`);
      assertEquals(listenerOf(state, "listener_async").presence.status, "here");
      if (signal === "SIGKILL") return;
      sync.signal("SIGCONT");
      await dashboard.shows(
        (state) => listenerOf(state, "listener_sync").presence.status === "here",
        "the listener again",
      );
    });
  }

  await t.step("a node", async () => {
    const node = cluster.nodes.at(-1)!;
    await dashboard.shows((state) => nodeOf(state, node.port)?.status === "up", "the node");
    const before = nowMicros();
    await node.kill();
    const state = await dashboard.shows(
      (state) => nodeOf(state, node.port)?.status === "down",
      "no node",
    );
    const { since, reason } = nodeOf(state, node.port)!;
    assert(since! >= before && since! <= nowMicros());
    assert(reason!.length > 0);
    node.start();
    await node.ready();
    await dashboard.shows((state) => nodeOf(state, node.port)?.status === "up", "the node again");
    await dashboard.shows(
      ({ observation, writer }) =>
        observation.state === "observing" && writer.last?.path.length === cluster.nodes.length,
      "the path through all nodes again",
    );
  });

  await t.step("all nodes, and all roles are unknown", async () => {
    for (const node of cluster.nodes) await node.kill();
    const state = await dashboard.shows(
      ({ nodes, observation, writer, listeners }) =>
        nodes.every(({ status }) => status === "down") && observation.state === "interrupted" &&
        [writer, ...listeners].every(({ presence }) => presence.status === "unknown"),
      "all roles unknown",
    );
    assertEquals(state.interval, {});
    for (const { presence, hearing, unanswered } of state.listeners) {
      assertEquals([presence.nodes, unanswered], [[], undefined]);
      assert(hearing.reason !== undefined);
    }
    const lost = state.at;
    for (const node of cluster.nodes) node.start();
    await cluster.ready();
    await dashboard.shows(
      ({ observation, writer: { presence }, listeners }) =>
        observation.state === "observing" && presence.status === "here" && presence.since! > lost &&
        listeners.some(({ name, presence }) =>
          name === "listener_async" && presence.status === "here"
        ),
      "the roles again",
      20_000,
    );
  });

  await t.step("a node that hangs", async () => {
    const node = cluster.nodes.at(-1)!;
    node.signal("SIGSTOP");
    await dashboard.shows((state) => nodeOf(state, node.port)?.status === "down", "no node");
    node.signal("SIGCONT");
    await dashboard.shows((state) => nodeOf(state, node.port)?.status === "up", "the node again");
  });
});

testOnEngines("The dashboard shows links that are down", async (_t, cluster) => {
  await using dashboard = await startDashboard(cluster);
  const links = (state: State, status: string) =>
    state.links.filter((link) => link.status === status).length;
  const { length } = cluster.nodes;
  const all = cluster.engine.mesh ? length * (length - 1) : length - 1;
  const ofOne = cluster.engine.mesh ? 2 * (length - 1) : 1;
  await dashboard.shows((state) => links(state, "up") === all, "all links");
  cluster.cut(2);
  const state = await dashboard.shows((state) => links(state, "down") === ofOne, "cut links");
  assertEquals(links(state, "up"), all - ofOne);
  assert(state.nodes.every(({ status }) => status === "up"));
  cluster.heal(2);
  await dashboard.shows((state) => links(state, "up") === all, "all links again", 30_000);
}, { engines: REAL, cuttable: true });

testOnEngines("The dashboard serves its page while no server is there", async (_t, cluster) => {
  for (const node of cluster.nodes) await node.kill();
  await using dashboard = await startDashboard(cluster);
  const state = await dashboard.shows(
    ({ nodes }) => nodes.every(({ status }) => status === "down"),
    "a try",
  );
  assertEquals(state.observation.state, "interrupted");
  assertEquals(state.nodes.map(({ status }) => status), cluster.nodes.map(() => "down"));
  assertMatch(await (await fetch(dashboard.url)).text(), /^<!doctype html>/i);
  assertEquals(await dashboard.setInterval("1"), [
    503,
    "Cannot set update_interval: no server is connected",
  ]);
  for (const node of cluster.nodes) node.start();
  await cluster.ready();
  await dashboard.shows(
    ({ observation, nodes }) =>
      observation.state === "observing" && nodes.every(({ status }) => status === "up"),
    "all nodes",
  );
  assertEquals(await dashboard.setInterval("1"), [204, ""]);
}, { engines: ["redis-server", "embedded"] });

testOnEngines("The dashboard exits if its port is taken", async (_t, cluster) => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  await using role = await RoleUnderTest.start("dashboard", {
    KEYDB_URL: cluster.url(0),
    DASHBOARD_PORT: `${port}`,
  });
  assertEquals(await role.exitCode(), 1);
  await role.line(
    new RegExp(`^ERROR Cannot serve the page on 127.0.0.1:${port} .*DASHBOARD_PORT must be `),
  );
}, { engines: ["embedded"] });

testOnEngines("The dashboard keeps its token to itself", async (_t, cluster) => {
  const env = { DASHBOARD_TOKEN: "Xyzzy4711", LOG_LEVEL: "debug" };
  await using dashboard = await startDashboard(cluster, env);
  const state = await dashboard.shows(({ observation }) => observation.state === "observing", "it");
  assert(state.needsToken);
  assertEquals((await dashboard.setInterval("1"))[0], 401);
  assertEquals((await dashboard.setInterval("1", "Xyzzy4711"))[0], 204);
  await dashboard.shows(({ interval }) => interval.seconds === 1, "the interval");
  assertEquals(await dashboard.role.stop(), 0);
  assert(!`${dashboard.role.lines} ${JSON.stringify(state)}`.includes("Xyzzy"));
}, { engines: ["embedded"] });

testOnEngines("The dashboard continues while one server refuses it", async (_t, cluster) => {
  const [first, second] = cluster.nodes;
  const wrong = second.url.replace("the-one", "not-the-one");
  await using dashboard = await DashboardUnderTest.start({ KEYDB_URL: `${first.url},${wrong}` });
  const state = await dashboard.shows(
    (state) =>
      nodeOf(state, first.port)?.status === "up" && /WRONGPASS/.test(state.nodes[1].reason ?? ""),
    "both nodes",
  );
  assertEquals(state.nodes[1].status, "down");
  await dashboard.role.line(/^WARN The server at \S+ refused user or password .*; trying again/);
  assert(!JSON.stringify(state).includes("the-one"));
  assert(!dashboard.role.lines.some((line) => line.includes("the-one")));
}, { engines: ["redis-server", "keydb-server"], password: "the-one" });

testOnEngines("The dashboard works without CLIENT LIST", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await client.call("ACL", "SETUSER", "limited", "on", ">pw", "~*", "&*", "+@all", "-client|list");
  const url = cluster.url(0).replace("redis://", "redis://limited:pw@");
  await using dashboard = await DashboardUnderTest.start({ KEYDB_URL: url });
  await using _sync = await RoleUnderTest.start("listener_sync", { KEYDB_URL: url });
  await using _writer = await RoleUnderTest.start("writer", {
    KEYDB_URL: url,
    UPDATE_INTERVAL: "0.2",
  });
  const { writer } = await dashboard.shows(
    ({ writer, listeners: [sync] }) =>
      sync.presence.status === "here" && writer.presence.status === "here",
    "both",
  );
  assertEquals(writer.presence.nodes, []);
  await dashboard.role.line(/does not list its clients/);
  const silence = dashboard.role.lines.filter((line) => line.includes("does not list its clients"));
  assertEquals(silence.length, 1);
}, { engines: ["redis-server"] });

testOnEngines("Pages that never read cost nothing, others get everything", async (_t, cluster) => {
  const env = { LOG_FORMAT: "json", REPORT_INTERVAL: "0.5", DASHBOARD_LISTENERS: "listener_sync" };
  await using dashboard = await startDashboard(cluster, env);
  await using _sync = await start("listener_sync", cluster);
  await using _writer = await start("writer", cluster, { UPDATE_INTERVAL: "0.005" });
  const lazy = await Promise.all(Array.from({ length: 20 }, async () => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: dashboard.port });
    await connection.write(new TextEncoder().encode("GET /events HTTP/1.1\r\nHost: x\r\n\r\n"));
    return connection;
  }));
  await using page = await dashboard.open();
  const numberOf = (id: string) => Number(id.split("-")[1]);
  let number = numberOf((await within(page.next(), "the snapshot"))!.id);
  const memory: number[] = [];
  for (let count = 0; count < 100; count++) {
    const { id, data } = (await within(page.next(), "an update"))!;
    assertEquals(numberOf(id), ++number);
    if (count === 99) assert(JSON.parse(data).state.writer.last.seq > 500);
    const reports = dashboard.role.lines.filter((line) => line.includes('"memory"'));
    memory.push(JSON.parse(reports.at(-1) ?? "{}").memory ?? Infinity);
  }
  for (const connection of lazy) connection.close();
  const [early, late] = [memory[40], memory[99]];
  assert(late - early < 40e6, `${early} → ${late} bytes`);
}, { engines: ["redis-server", "embedded"] });

testOnEngines("The dashboard shows that a node is loading its data", async (_t, cluster) => {
  await using primary = new TestClient(cluster.url(0));
  await primary.set("shared_key", "w seq 1 micros 5000000 timestamp 5");
  await using dashboard = await startDashboard(cluster);
  const { port } = cluster.node(1);
  await dashboard.shows((state) => nodeOf(state, port)?.status === "up", "the node");
  await reloadSlowly(cluster, 1);
  await dashboard.shows((state) => nodeOf(state, port)?.status === "loading", "that it loads");
  await dashboard.shows((state) => nodeOf(state, port)?.status === "up", "the node again", 20_000);
}, { engines: ["valkey-server", "redis-server"] });

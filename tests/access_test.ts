/** The roles with their users of keydb/users.acl: these rights are sufficient, and nothing else is allowed. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Cluster } from "../cluster/cluster.ts";
import type { RoleName } from "../cluster/roles.ts";
import { RoleUnderTest, TestClient, testOnEngines, usersWith } from "./testing.ts";
import { DashboardUnderTest } from "./dashboard_testing.ts";

const users = usersWith("secret");

const NODES: Record<RoleName, number> = {
  writer: 0,
  listener_sync: 1,
  listener_async: 2,
  dashboard: 1,
};

async function start(
  name: RoleName,
  cluster: Cluster,
  env: Record<string, string>,
): Promise<RoleUnderTest> {
  const url = cluster.node(NODES[name]).urlAs(name);
  return await RoleUnderTest.start(name, { KEYDB_URL: url, ...env });
}

/** The operator's connection to the writer's node. */
function operator(cluster: Cluster): TestClient {
  const client = new TestClient(cluster.url(0));
  client.options.enableReadyCheck = false;
  return client;
}

testOnEngines("The roles work with their users", async (t, cluster) => {
  await using client = operator(cluster);

  for (const via of ["keyevent", "keyspace"]) {
    await t.step(`via ${via}`, async () => {
      await client.set("update_interval", "3600");
      await using sync = await start("listener_sync", cluster, { NOTIFICATION_CHANNEL: via });
      await using async = await start("listener_async", cluster, { NOTIFICATION_CHANNEL: via });
      await using writer = await start("writer", cluster, { NOTIFICATION_CHANNEL: via });
      await writer.line(/now writes every 3600 seconds/);
      await client.set("update_interval", "0.1");
      await writer.line(/now writes every 0.1 seconds/);
      await sync.line(/^Set handshake_key: /);
      await async.line(/^listener_async set handshake_key: /);
      assertMatch(await client.get("handshake_key") ?? "", /^Handshake /);
      for (const role of [writer, sync, async]) {
        // CONFIG GET is denied on purpose: it would reveal passwords.
        await role.line(/^Could not check .*NOPERM .*'config/);
        role.signal("SIGTERM");
        assertEquals(await role.exitCode(), 0);
        const troubles = role.lines.filter((line) => /NOPERM|ERROR/.test(line));
        assertEquals(troubles.length, 1, troubles.join("\n"));
      }
    });
  }

  await t.step("and may read the server's time", async () => {
    const env = { LOG_FORMAT: "json", REPORT_INTERVAL: "0.1" };
    await using role = await start("listener_sync", cluster, env);
    await role.line(/"event":"report".*"clockUncertainty":\d/);
  });

  await t.step("but not with another name", async () => {
    await using role = await start("listener_sync", cluster, { ROLE_NAME: "Deno07" });
    assertEquals(await role.exitCode(), 1);
    await role.line(
      /^ERROR The server at \S+ refused the right to mset handshake_key handshake_key:Deno07: NOPERM /,
    );
  });

  await t.step("and not with another role's user", async () => {
    const url = cluster.node(0).urlAs("listener_sync");
    await using role = await start("writer", cluster, { KEYDB_URL: url });
    assertEquals(await role.exitCode(), 1);
    await role.line(/^ERROR The server at \S+ refused the right to \S+ \S+: NOPERM /);
  });
}, { users, engines: ["keydb-server", "valkey-server", "redis-server"] });

testOnEngines("The dashboard works with its user", async (t, cluster) => {
  for (const via of ["keyevent", "keyspace"]) {
    await t.step(`via ${via}`, async () => {
      const env = { NOTIFICATION_CHANNEL: via, UPDATE_INTERVAL: "0.2" };
      const urlOf = (name: RoleName) => cluster.nodes.map((node) => node.urlAs(name)).join(",");
      await using dashboard = await DashboardUnderTest.start({
        KEYDB_URL: urlOf("dashboard"),
        ...env,
      });
      await using _sync = await RoleUnderTest.start("listener_sync", {
        KEYDB_URL: urlOf("listener_sync"),
        ...env,
      });
      await using _writer = await RoleUnderTest.start("writer", {
        KEYDB_URL: urlOf("writer"),
        ...env,
      });
      await dashboard.shows(
        ({ writer, listeners: [sync] }) =>
          writer.last?.path.length === cluster.nodes.length && sync.presence.nodes.length > 0 &&
          sync.difference.count > 0,
        "everything",
      );
      assertEquals((await dashboard.setInterval("0.1"))[0], 204);
      await dashboard.shows(({ interval }) => interval.seconds === 0.1, "the new interval");
      const troubles = dashboard.role.lines.filter((line) => /NOPERM|ERROR/.test(line));
      // CONFIG GET is denied on purpose: it would reveal passwords.
      assert(troubles.every((line) => /^Could not check/.test(line)), troubles.join("\n"));
    });
  }
}, { users, engines: ["keydb-server", "valkey-server", "redis-server"] });

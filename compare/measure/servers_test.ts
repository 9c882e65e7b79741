/** Comparisons on the user's own servers. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Proxy } from "../../cluster/proxy.ts";
import { TestClient, testOnEngines } from "../../tests/testing.ts";
import { useServers } from "./servers.ts";

testOnEngines(
  "useServers() describes the servers, and removes the keys of the comparison",
  async (_t, cluster) => {
    const url = `${cluster.url(0)}/3`;
    await using client = new TestClient(url);
    await client.mset({ "mine": "stays", "noise:1": "stays", "handshake_key:mine": "stays" });
    {
      await using servers = await useServers([url]);
      const { name, version } = cluster.engine;
      const [server] = servers.descriptions;
      assertEquals(server.name, `127.0.0.1:${cluster.node(0).port}/3`);
      if (name !== "embedded") assertEquals([server.engine, server.version], [name, version]);
      await client.mset({
        shared_key: "a",
        handshake_key: "b",
        "handshake_key:listener_sync": "d",
        "shared_key:noise:1": "e",
        "shared_key:changes": "f",
      });
    }
    assertEquals((await client.keys("*")).toSorted(), ["handshake_key:mine", "mine", "noise:1"]);
  },
);

testOnEngines("useServers() refuses a database that is in use", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await client.set("shared_key", "somebody's");
  const { message } = await assertRejects(() => useServers([cluster.url(0)]), Error);
  assertStringIncludes(
    message,
    "/0: it holds shared_key already: name an unused database",
  );
  assertEquals(await client.get("shared_key"), "somebody's");
});

testOnEngines("useServers() names missing notification flags", async (_t, cluster) => {
  const { message } = await assertRejects(() => useServers([cluster.url(0)]), Error);
  assertStringIncludes(message, "notify-keyspace-events must have ");
}, { notify: "Kx" });

Deno.test("useServers() reports an unreachable server", async () => {
  const { message } = await assertRejects(() => useServers(["redis://127.0.0.1:1"]), Error);
  assertEquals(message, "Cannot compare on 127.0.0.1:1/0: no answer in 5000 ms (ECONNREFUSED)");
});

testOnEngines(
  "useServers() names the server on which it cannot remove its keys",
  async (_t, cluster) => {
    await using proxy = new Proxy(cluster.node(0).port);
    const servers = await useServers([`redis://127.0.0.1:${proxy.port}`]);
    proxy.cut();
    const { message } = await assertRejects(() => servers[Symbol.asyncDispose](), Error);
    assertStringIncludes(
      message,
      `Cannot remove the comparison's keys from 127.0.0.1:${proxy.port}/0: no answer in 5000 ms`,
    );
  },
  { engines: ["redis-server"] },
);

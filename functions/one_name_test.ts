/** Writers that go by one name, as listeners see them. */

import { assertEquals } from "@std/assert";
import { RoleUnderTest, TestClient, testOnEngines, until } from "../local/testing.ts";

const CONTESTED = /^WARN More than one writer of shared_key calls itself "writer": .* ROLE_NAME/;

testOnEngines("The listeners warn once of two writers of one name", async (_t, cluster) => {
  const env = { KEYDB_URL: cluster.url(0), UPDATE_INTERVAL: "0.1" };
  await using sync = await RoleUnderTest.start("listener_sync", env);
  await using async = await RoleUnderTest.start("listener_async", env);
  await using first = await RoleUnderTest.start("writer", env);
  await first.line(/seq 3 /);
  await using second = await RoleUnderTest.start("writer", env);
  for (const listener of [sync, async]) await listener.line(CONTESTED);
  await second.line(/seq 40 /);
  for (const listener of [sync, async]) {
    await listener.line(/ read shared_key: writer seq ([4-9]\d|\d{3,}) /);
    assertEquals(listener.lines.filter((line) => CONTESTED.test(line)).length, 1);
  }
}, { engines: ["keydb-server", "redis-server", "embedded"] });

testOnEngines(
  "The listeners do not warn of a writer that is started again",
  async (_t, cluster) => {
    const env = { KEYDB_URL: cluster.url(0), UPDATE_INTERVAL: "0.05" };
    await using client = new TestClient(cluster.url(0));
    await using listener = await RoleUnderTest.start("listener_async", env);
    for (let start = 0; start < 6; start++) {
      if (start % 2 === 1) await client.del("shared_key"); // it begins anew
      const read = () =>
        listener.lines.filter((line) => line.includes(" read shared_key: writer "));
      const before = read().length;
      await using writer = await RoleUnderTest.start("writer", env);
      await until(() => read().length >= before + 3, "three values of the next writer");
      writer.signal("SIGTERM");
      assertEquals(await writer.exitCode(), 0);
    }
    assertEquals(listener.lines.filter((line) => line.startsWith("WARN")), []);
  },
  { engines: ["redis-server", "embedded"] },
);

import { assertEquals } from "@std/assert";
import { TestClient, testOnEngines } from "../../tests/testing.ts";
import { checkNotifications, missingFlags } from "./notifications.ts";

Deno.test("missingFlags() knows what each family of channels needs", () => {
  assertEquals(missingFlags("KEA", "keyevent"), "");
  assertEquals(missingFlags("KEA", "keyspace"), "");
  assertEquals(missingFlags("E$", "keyevent"), "");
  assertEquals(missingFlags("", "keyevent"), "E$");
  assertEquals(missingFlags("E$", "keyspace"), "Kgxe");
});

testOnEngines("checkNotifications() reports which flags the server lacks", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  assertEquals(await checkNotifications(client, "keyevent"), { result: "ok" });
  await client.config("SET", "notify-keyspace-events", "Kx");
  assertEquals(await checkNotifications(client, "keyevent"), {
    result: "missing",
    flags: "xK",
    missing: "E$",
  });
});

testOnEngines("checkNotifications() reports a refusal as unknown", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await client.call("ACL", "SETUSER", "limited", "on", "nopass", "~*", "+@all", "-config");
  await client.auth("limited", "any");
  const check = await checkNotifications(client, "keyevent");
  assertEquals(check.result === "unknown" && check.reason.startsWith("NOPERM"), true);
}, { engines: ["keydb-server", "valkey-server", "redis-server"] });

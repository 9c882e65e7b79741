import { assert, assertEquals, assertFalse } from "@std/assert";
import { Proxy } from "../../cluster/proxy.ts";
import { TestClient, testOnEngines, until } from "../../tests/testing.ts";
import { reloadSlowly } from "../../tests/pair.ts";
import { askOnce } from "./one_shot.ts";
import { checkServing, isHealthy, isHealthyInfo } from "./health.ts";
import { parseServerUrl } from "./server.ts";

const signal = AbortSignal.timeout(600_000);

testOnEngines("isHealthy() returns true for every node of a cluster", async (_t, cluster) => {
  for (const { url } of cluster.nodes) assert(await isHealthy(parseServerUrl(url)!, signal));
});

testOnEngines("isHealthy() returns false for a node without any link", async (_t, cluster) => {
  const [last, ...others] = [...cluster.nodes].reverse();
  for (const node of others) await node.kill();
  const server = parseServerUrl(last.url)!;
  await until(async () => !await isHealthy(server, signal), "the loss of all links");
  assertEquals(await askOnce(server, (client) => client.ping(), signal), "PONG");
}, { engines: ["keydb-server", "valkey-server", "redis-server"] });

testOnEngines("checkServing() reports that a node is loading its data", async (_t, c) => {
  await using replica = new TestClient(c.url(1));
  assertEquals(await checkServing(replica), undefined);
  await reloadSlowly(c, 1);
  const server = parseServerUrl(c.url(1))!;
  const problem = () => askOnce(server, checkServing, signal);
  await until(
    async () => (await problem())?.message === "it is still loading its data",
    "the loading",
  );
  assertFalse(await isHealthy(server, signal));
  await until(() => isHealthy(server, signal), "the end of the loading");
}, { engines: ["valkey-server", "redis-server"] });

testOnEngines("askOnce() gives up on a server that does not answer", async (_t, cluster) => {
  await using proxy = new Proxy(cluster.node(0).port);
  proxy.goSilent();
  const server = parseServerUrl(`redis://127.0.0.1:${proxy.port}`)!;
  assertEquals(await askOnce(server, (client) => client.ping(), signal), undefined);
}, { engines: ["redis-server", "embedded"] });

Deno.test("isHealthyInfo() requires one link of a mesh node, and the one of a replica", () => {
  assert(isHealthyInfo("")); // no right to ask
  assert(isHealthyInfo("role:active-replica\r\nconnected_masters:1\r\n"));
  assertFalse(isHealthyInfo("role:active-replica\r\nconnected_masters:0\r\n"));
  assertFalse(isHealthyInfo("role:slave\r\nmaster_link_status:down\r\n"));
  assert(isHealthyInfo("role:slave\r\nmaster_link_status:up\r\n"));
  assertFalse(isHealthyInfo("loading:1\r\nrole:master\r\n"));
});

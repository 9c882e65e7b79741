import process from "node:process";
import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { TestClient, testOnEngines, until, within } from "../../tests/testing.ts";
import { AccessError } from "./access_error.ts";
import { type ConnectionStatus, openConnection, whenReady } from "./connection.ts";
import { parseServerUrls } from "./server.ts";

const signal = AbortSignal.timeout(600_000);

testOnEngines("openConnection() waits for a server, and reports each try", async (_t, cluster) => {
  const [node] = cluster.nodes;
  const statuses: ConnectionStatus[] = [];
  const onStatus = (status: ConnectionStatus) => void statuses.push(status);
  await node.stop();
  const opening = openConnection(parseServerUrls(node.url)!, { name: "test", signal, onStatus });
  await until(() => statuses.length >= 2, "two failed tries");
  assertEquals(statuses.map(({ state }) => state).slice(0, 2), ["unreachable", "reconnecting"]);
  node.start();
  const connection = await within(opening, "the connection");
  const { client } = connection;
  assertEquals(statuses.at(-1)?.state, "connected");
  await node.stop();
  await until(() => statuses.some(({ state }) => state === "lost"), "the loss of the connection");
  node.start();
  await within(whenReady(client, signal), "the new connection");
  await connection.close();
});

testOnEngines(
  "openConnection() names the connection and selects the database",
  async (_t, cluster) => {
    const servers = parseServerUrls(`${cluster.url(0)}/3`)!;
    await using connection = await openConnection(servers, { name: "test", signal });
    const { client } = connection;
    assertEquals(await client.client("GETNAME"), "test");
    await client.set("here", "3");
    await client.select(0);
    assertEquals(await client.get("here"), null);
  },
);

testOnEngines(
  "openConnection() takes the servers' URLs, and waits without a signal",
  async (_t, cluster) => {
    const [node] = cluster.nodes;
    await using connection = await openConnection(`redis://127.0.0.1:1,${node.url}`, {
      name: "test",
    });
    assertEquals(await connection.client.ping(), "PONG");
  },
);

Deno.test("openConnection() refuses an invalid URL, without printing its password", async () => {
  const opening = openConnection("http://bob:secret@keydb_01", { name: "test" });
  const error = await assertRejects(() => opening, TypeError, "must be redis://");
  assert(error.message.endsWith('got "http://***@keydb_01"'), error.message);
});

testOnEngines("openConnection() ends at once if the server refuses", async (t, cluster) => {
  const { port } = cluster.nodes[0];

  await t.step("a wrong password", async () => {
    const server = parseServerUrls(`redis://:wrong-one@127.0.0.1:${port}`)!;
    const opening = openConnection(server, { name: "test", signal });
    const error = await assertRejects(
      () => within(opening, "the refusal"),
      AccessError,
      "refused user or password of its URL",
    );
    assertEquals(error.setting, "URL");
    assertFalse(error.message.includes("wrong-one"));
  });

  await t.step("a missing password", async () => {
    const server = parseServerUrls(`redis://127.0.0.1:${port}`)!;
    const opening = openConnection(server, { name: "test", signal });
    await assertRejects(() => within(opening, "the refusal"), AccessError, "wants a password");
  });

  await t.step("but accepts the right one", async () => {
    const servers = parseServerUrls(cluster.url(0))!;
    await using connection = await openConnection(servers, { name: "test", signal });
    assertEquals(await connection.client.ping(), "PONG");
  });
}, { password: "right/one" });

Deno.test("openConnection() ends its wait at the abort signal", async () => {
  const abort = new AbortController();
  const server = parseServerUrls("redis://127.0.0.1:1")!;
  const opening = openConnection(server, {
    name: "test",
    signal: abort.signal,
    onStatus: () => abort.abort(new Error("enough")),
  });
  await assertRejects(() => within(opening, "the end of the wait"), Error, "enough");
});

testOnEngines("whenReady() ends its wait at the abort signal", async (_t, cluster) => {
  const [node] = cluster.nodes;
  const connection = await openConnection(parseServerUrls(node.url)!, { name: "test", signal });
  const { client } = connection;
  await whenReady(client, signal);
  await node.stop();
  await until(() => client.status !== "ready", "the loss of the connection");
  const abort = new AbortController();
  const waiting = whenReady(client, abort.signal);
  abort.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
  assert(client.listenerCount("ready") > 0); // others' listeners are left alone
  node.start();
  await within(whenReady(client, signal), "the new connection");
  await connection.close();
}, { engines: ["redis-server", "embedded"] });

testOnEngines("whenReady() may be called by many at once", async (_t, cluster) => {
  const [node] = cluster.nodes;
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on("warning", onWarning);
  await using connection = await openConnection(parseServerUrls(node.url)!, {
    name: "test",
    signal,
  });
  const { client } = connection;
  await node.stop();
  await until(() => client.status !== "ready", "the loss of the connection");
  const waiting = Array.from({ length: 50 }, () => whenReady(client, signal));
  node.start();
  await within(Promise.all(waiting), "the new connection");
  process.off("warning", onWarning);
  assertEquals(warnings, []);
}, { engines: ["redis-server", "embedded"] });

testOnEngines(
  "openConnection() reports the server's own error if it takes no more clients",
  async (_t, cluster) => {
    await using admin = new TestClient(cluster.url(0));
    await admin.config("SET", "maxclients", 1);
    const statuses: ConnectionStatus[] = [];
    const ending = new AbortController();
    const opening = openConnection(cluster.url(0), {
      name: "test",
      signal: ending.signal,
      onStatus: (status) => void statuses.push(status),
    }).catch(() => {});
    const reasons = () =>
      statuses.flatMap((status) => status.state === "unreachable" ? [status.reason] : []);
    const words = "ERR max number of clients reached";
    await until(
      () => reasons().filter((reason) => reason === words).length >= 3,
      "the server's words",
    );
    ending.abort();
    await opening;
    const known = reasons().slice(reasons().indexOf(words));
    assert(
      known.every((reason) => reason === words),
      `once known, the words are the reason: ${reasons()}`,
    );
  },
  { engines: ["keydb-server", "valkey-server", "redis-server"] },
);

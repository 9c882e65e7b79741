/** Connections with several servers: two lines to one node, so that no test depends on replication. */

import { assertEquals, assertRejects } from "@std/assert";
import { type Cluster, startCluster } from "../../cluster/cluster.ts";
import { Proxy } from "../../cluster/proxy.ts";
import { TestClient, testOnEachEngine, testOnEngines, until, within } from "../../tests/testing.ts";
import { NEVER, newKey, stamp } from "../../tests/pair.ts";
import { AccessError } from "./access_error.ts";
import { type ConnectionStatus, openConnection } from "./connection.ts";
import { observe, type ObserveOptions } from "../observe/observe.ts";
import { parseServerUrls } from "./server.ts";

const signal = AbortSignal.timeout(600_000);

/** Longer than it takes to notice silence, in milliseconds. */
const LONG = 15_000;

/** Two lines to a cluster's first node, and the statuses of a connection over them. */
class Lines implements AsyncDisposable {
  readonly first: Proxy;
  readonly second: Proxy;
  readonly urls: string;
  readonly statuses: ConnectionStatus[] = [];

  constructor(cluster: Cluster) {
    const { port } = cluster.node(0);
    this.first = new Proxy(port);
    this.second = new Proxy(port);
    this.urls = [this.first, this.second].map(({ port }) => `redis://127.0.0.1:${port}`).join();
  }

  async open() {
    return await openConnection(parseServerUrls(this.urls)!, {
      name: "test",
      signal,
      onStatus: (status) => void this.statuses.push(status),
    });
  }

  /** Waits for a state, and returns its status. */
  async reached(state: ConnectionStatus["state"], ms?: number): Promise<ConnectionStatus> {
    const find = () => this.statuses.find((status) => status.state === state);
    await until(() => find() !== undefined, `the state '${state}'`, ms);
    return find()!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.first, this.second].map((line) => line[Symbol.asyncDispose]()));
  }
}

testOnEngines("openConnection() with several servers", async (t, cluster) => {
  await using direct = new TestClient(cluster.url(0));

  await t.step("moves on if the line is cut, and returns when it works again", async () => {
    await using lines = new Lines(cluster);
    await using connection = await lines.open();
    const [first, second] = [lines.first, lines.second].map(({ port }) => `127.0.0.1:${port}`);
    lines.first.cut();
    await within(connection.client.set("k", "sent late"), "the write over the second line");
    assertEquals(await lines.reached("failed-over"), {
      server: second,
      state: "failed-over",
      from: first,
    });
    lines.first.heal();
    assertEquals(await lines.reached("failed-back"), {
      server: first,
      state: "failed-back",
      from: second,
    });
    assertEquals(lines.statuses[0], { server: first, state: "connected" });
    const states = lines.statuses.map(({ state }) => state);
    assertEquals(states.filter((state) => state === "lost").length, 1);
    assertEquals(await within(connection.client.get("k"), "the read"), "sent late");
  });

  await t.step("moves on at once if the line goes silent", async () => {
    await using lines = new Lines(cluster);
    await using connection = await lines.open();
    lines.first.goSilent();
    const write = connection.client.set("k", "sent twice");
    assertEquals(await lines.reached("lost", LONG), {
      server: `127.0.0.1:${lines.first.port}`,
      state: "lost",
      reason: "no answer within 3 s",
    });
    await within(write, "the write over the second line");
    assertEquals(lines.statuses.filter(({ state }) => state === "unreachable"), []);
    lines.first.heal();
    await lines.reached("failed-back");
  });

  await t.step("first tries the server that closed the connection", async () => {
    await using lines = new Lines(cluster);
    await using connection = await lines.open();
    const { client } = connection;
    await direct.call("CLIENT", "KILL", "ID", `${await client.client("ID")}`);
    await until(
      () => lines.statuses.filter(({ state }) => state === "connected").length === 2,
      "the connection to it",
    );
    assertEquals(client.options.port, lines.first.port);
  });

  await t.step("begins with the next server if the first is unreachable", async () => {
    await using lines = new Lines(cluster);
    lines.first.cut();
    await using connection = await lines.open();
    assertEquals(connection.client.options.port, lines.second.port);
    assertEquals(lines.statuses.map(({ state }) => state), [
      "unreachable",
      "reconnecting",
      "connected",
    ]);
  });

  await t.step("moves a subscription too, and loses no change", async () => {
    await using lines = new Lines(cluster);
    await using connection = await lines.open();
    const key = newKey();
    const heard: string[] = [];
    const options: ObserveOptions = {
      reconcileInterval: NEVER,
      onStatus: ({ state }) => heard.push(state),
    };
    await direct.set(key, stamp(1));
    await using loop = observe(connection.client, key, options);
    await within(loop.next(), "the first change");
    lines.first.cut();
    await until(() => heard.includes("interrupted"), "the interruption");
    await direct.set(key, stamp(2));
    const { value: missed } = await within(loop.next(), "the change over the second line");
    assertEquals([missed?.cause, missed?.value], ["resync", stamp(2)]);
    await direct.set(key, stamp(3));
    const { value: heardOf } = await within(loop.next(), "a change that is announced");
    assertEquals([heardOf?.cause, heardOf?.value], ["notification", stamp(3)]);
    lines.first.heal();
    await lines.reached("failed-back");
    lines.second.cut(); // nothing uses it any more
    await direct.set(key, stamp(4));
    assertEquals((await within(loop.next(), "the change after it")).value?.value, stamp(4));
    await until(
      () => heard.filter((state) => state === "subscribed").length === 3,
      "the move back",
    );
    await direct.set(key, stamp(5));
    assertEquals((await within(loop.next(), "the last change")).value?.cause, "notification");
  });
}, { engines: ["keydb-server", "redis-server", "embedded"] });

testOnEngines("openConnection() uses the servers that accept it", async (_t, cluster) => {
  const { port } = cluster.node(0);
  const [right, wrong] = ["right", "wrong"].map((word) => `redis://:${word}@127.0.0.1:${port}`);
  const statuses: ConnectionStatus[] = [];
  const options = {
    name: "test",
    signal,
    onStatus: (status: ConnectionStatus) => void statuses.push(status),
  };
  await using connection = await openConnection(parseServerUrls(`${wrong},${right}`)!, options);
  assertEquals(await connection.client.ping(), "PONG");
  const refused = statuses.find((status) => status.state === "refused");
  assertEquals([refused?.error.name, refused?.final], ["AccessError", false]);
  await assertRejects(
    () =>
      within(openConnection(parseServerUrls(`${wrong},${wrong}`)!, options), "the last refusal"),
    AccessError,
  );
}, { password: "right", engines: ["keydb-server", "redis-server"] });

testOnEachEngine(
  "A connection and its observation leave a server that refuses them",
  async (engine) => {
    await using first = await startCluster(engine);
    await using second = await startCluster(engine, { password: "another" });
    await using third = await startCluster(engine);
    await using a = new TestClient(first.url(0));
    await using c = new TestClient(third.url(0));
    const { port } = second.node(0);
    const urls = [first.url(0), `redis://:wrong@127.0.0.1:${port}`, third.url(0)].join();
    const statuses: ConnectionStatus[] = [];
    await using connection = await openConnection(parseServerUrls(urls)!, {
      name: "test",
      signal,
      onStatus: (status) => void statuses.push(status),
    });
    const key = newKey();
    await c.set(key, stamp(2));
    // Reads are under way all the time, so that some wait for a server that then refuses.
    await using loop = observe(connection.client, key, { reconcileInterval: 0.005 });
    await within(loop.next(), "the first change");
    await a.config("SET", "requirepass", "changed");
    await a.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await a.call("CLIENT", "KILL", "TYPE", "pubsub");
    const { value } = await within(loop.next(), "the change on the third server");
    assertEquals(value?.value, stamp(2));
    await until(
      () => statuses.some(({ state }) => state === "failed-over"),
      "the third server's status",
    );
    const refused = statuses.filter(({ state }) => state === "refused");
    assertEquals(refused.map(({ server }) => server), [
      `127.0.0.1:${first.node(0).port}`,
      `127.0.0.1:${port}`,
    ]);
    await c.set(key, stamp(3));
    assertEquals((await within(loop.next(), "a change there")).value?.value, stamp(3));
  },
  ["redis-server"],
);

testOnEachEngine(
  "A connection reports that a preferred server refuses its return",
  async (engine) => {
    await using first = await startCluster(engine);
    await using second = await startCluster(engine);
    const { port } = first.node(0);
    await using line = new Proxy(port);
    const statuses: ConnectionStatus[] = [];
    const urls = `redis://127.0.0.1:${line.port},${second.url(0)}`;
    await using connection = await openConnection(parseServerUrls(urls)!, {
      name: "test",
      signal,
      onStatus: (status) => void statuses.push(status),
    });
    line.cut();
    await within(connection.client.ping(), "the answer of the second server");
    await using client = new TestClient(first.url(0));
    await client.config("SET", "requirepass", "changed");
    line.heal();
    const refusals = () => statuses.filter(({ state }) => state === "refused");
    await until(() => refusals().length > 0, "the refusal");
    assertEquals(refusals().map(({ server }) => server), [`127.0.0.1:${line.port}`]);
    assertEquals(await connection.client.ping(), "PONG");
  },
  ["redis-server"],
);

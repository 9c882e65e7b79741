import { assert, assertEquals, assertRejects } from "@std/assert";
import { TestClient, testOnEngines, until, within } from "../../tests/testing.ts";
import { Primary, type PrimaryStatus } from "./primary.ts";

const WITH_REPLICAS = ["valkey-server", "redis-server"] as const;

function primaryFor(client: TestClient, statuses: PrimaryStatus[], signal?: AbortSignal): Primary {
  return new Primary(client, {
    name: "test",
    signal: signal ?? new AbortController().signal,
    onStatus: (status) => void statuses.push(status),
  });
}

testOnEngines("Primary writes to the connected server if that takes writes", async (_t, c) => {
  await using client = new TestClient(c.url(0));
  const statuses: PrimaryStatus[] = [];
  await using primary = primaryFor(client, statuses);
  await primary.write((client) => client.set("k", "here"));
  assertEquals(await client.get("k"), "here");
  assertEquals(statuses, []);
});

testOnEngines("Primary throws what is refused for another reason", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await using primary = primaryFor(client, []);
  await assertRejects(() => primary.write((client) => client.incr("k", "no" as never)), Error);
}, { engines: ["redis-server", "embedded"] });

testOnEngines("Primary follows the primary of a read-only replica", async (t, cluster) => {
  const [first, second, third] = cluster.nodes;
  const clients = cluster.nodes.map(({ url }) => new TestClient(url));
  await using stack = new AsyncDisposableStack();
  for (const client of clients) stack.use(client);
  const statuses: PrimaryStatus[] = [];
  await using primary = primaryFor(clients[2], statuses);
  let last = "";
  let writes = 0;

  /** Writes through the replica, and asserts that the given node, the primary, has the value. */
  async function assertWritesTo(index: number, value: string): Promise<void> {
    await within(primary.write((client) => client.set("k", value)), `the write of ${value}`);
    assertEquals(await clients[index].get("k"), value);
    last = value;
  }

  await t.step("which it finds with ROLE", async () => {
    await assertWritesTo(0, "first");
    const [replica, address] = [third, first].map(({ port }) => `127.0.0.1:${port}`);
    assertEquals(statuses, [{ state: "elsewhere", primary: address, replica }]);
    await assertWritesTo(0, "again");
    assertEquals(statuses.length, 1);
  });

  await t.step("through a failover", async () => {
    await clients[1].replicaof("NO", "ONE");
    await clients[0].replicaof("127.0.0.1", second.port);
    await clients[2].replicaof("127.0.0.1", second.port);
    await assertWritesTo(1, "second");
    assertEquals(statuses.at(-1)?.state, "elsewhere");
  });

  await t.step("through replicas of replicas", async () => {
    await clients[2].replicaof("127.0.0.1", first.port);
    await until(() => statuses.length > 0 && clients[2].status === "ready", "the replica");
    await assertWritesTo(1, "behind another replica");
  });

  await t.step("after the primary is killed and another one takes its place", async () => {
    await clients[2].replicaof("127.0.0.1", second.port);
    await until(async () => await clients[2].get("k") === last, "the value on the replica");
    await second.kill();
    const late = primary.write((client) => client.set("k", "late"));
    await until(() => statuses.at(-1)?.state === "unreachable", "the loss of the primary");
    await clients[0].replicaof("NO", "ONE");
    await clients[2].replicaof("127.0.0.1", first.port);
    await within(late, "the write");
    assertEquals(await clients[0].get("k"), "late");
  });

  await t.step("until the replica is promoted itself", async () => {
    await clients[2].replicaof("NO", "ONE");
    await until(async () => {
      await primary.write((client) => client.set("k", ++writes));
      return await clients[2].get("k") === `${writes}`;
    }, "a write on the promoted one");
    assert(await clients[0].get("k") !== `${writes}`);
    const server = `127.0.0.1:${third.port}`;
    assertEquals(statuses.at(-1), { state: "here", server });
  });
}, { engines: WITH_REPLICAS });

testOnEngines("Primary keeps the order of writes that were under way", async (_t, cluster) => {
  const [first] = cluster.nodes;
  await using client = new TestClient(cluster.url(1));
  await using direct = new TestClient(cluster.url(0));
  await using primary = primaryFor(client, []);
  const push = (n: number) => primary.write((client) => client.set("k", n));
  await push(0);
  first.signal("SIGSTOP");
  const writes = Array.from({ length: 50 }, (_, index) => push(index + 1));
  await first.kill();
  first.start();
  await within(Promise.all(writes), "the writes");
  assertEquals(await direct.get("k"), "50");
}, { engines: WITH_REPLICAS });

testOnEngines("Primary ends its wait at the abort signal", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(1));
  const abort = new AbortController();
  const statuses: PrimaryStatus[] = [];
  await using primary = primaryFor(client, statuses, abort.signal);
  await cluster.node(0).kill();
  const write = primary.write((client) => client.set("k", "never"));
  await until(() => statuses.at(-1)?.state === "unreachable", "the loss of the primary");
  abort.abort(new Error("enough"));
  await assertRejects(() => within(write, "the end"), Error, "enough");
}, { engines: WITH_REPLICAS });

testOnEngines(
  "Primary leaves no connection behind if it is closed early",
  async (_t, cluster) => {
    await using direct = new TestClient(cluster.url(0));
    for (let round = 0; round < 5; round++) {
      await using client = new TestClient(cluster.url(1));
      const primary = new Primary(client, { name: "early", signal: new AbortController().signal });
      const write = primary.write((client) => client.set("k", round));
      const settled = write.catch(() => {});
      await until(async () => {
        return `${await direct.call("CLIENT", "LIST")}`.includes("name=early");
      }, "the connection to the primary");
      await primary[Symbol.asyncDispose]();
      await within(settled, "the write's end");
      await until(async () => {
        return !`${await direct.call("CLIENT", "LIST")}`.includes("name=early");
      }, "the end of that connection");
    }
  },
  { engines: WITH_REPLICAS },
);

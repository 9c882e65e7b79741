/** What an observation guarantees, whatever happens to servers, connections and the client it was made with. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import process from "node:process";
import type { Cluster } from "../../cluster/cluster.ts";
import type { EngineName } from "../../cluster/engine.ts";
import { TestClient, testOnEngines, until, within } from "../../tests/testing.ts";
import { NEVER, newKey, Pair, SpyClient, stamp } from "../../tests/pair.ts";
import { openConnection } from "../connect/connection.ts";
import { versionOfStamp } from "../protocol/stamp.ts";
import { type Change, type ObservationStatus, observe, type ObserveOptions } from "./observe.ts";
import { type ChangeSubscription, onChange } from "./on_change.ts";

const REAL: EngineName[] = ["keydb-server", "valkey-server", "redis-server"];

/** An observation, with its values and statuses. */
class Observed implements AsyncDisposable {
  readonly values: (string | null)[] = [];
  readonly statuses: ObservationStatus[] = [];
  readonly subscription: ChangeSubscription;

  constructor(
    client: TestClient,
    key: string,
    options: ObserveOptions = {},
    onEach: (change: Change) => void = () => {},
  ) {
    const callback = (change: Change) => {
      this.values.push(change.value);
      onEach(change);
    };
    this.subscription = onChange(client, key, callback, {
      ...options,
      onStatus: (status) => void this.statuses.push(status),
    });
  }

  get states(): string[] {
    return this.statuses.map(({ state }) => state);
  }

  async current(): Promise<void> {
    await until(() => this.subscription.current, () => `current after ${this.states}`);
  }

  async told<State extends ObservationStatus["state"]>(
    state: State,
  ): Promise<Extract<ObservationStatus, { state: State }>> {
    await until(() => this.states.includes(state), () => `${state} after ${this.states}`);
    return this.statuses.find((status) => status.state === state) as Extract<
      ObservationStatus,
      { state: State }
    >;
  }

  async holds(value: string | null): Promise<void> {
    await until(() => this.values.at(-1) === value, () => `${value} after ${this.values}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.subscription[Symbol.asyncDispose]();
  }
}

testOnEngines("An observation is current", async (t, cluster) => {
  await using admin = new TestClient(cluster.url(0));

  await t.step("not while it is kept out, and again with the newest value", async () => {
    const key = newKey();
    await admin.set(key, "old");
    await using client = new TestClient(cluster.url(0));
    await using observed = new Observed(client, key, { via: "keyspace" });
    await observed.current();
    const clients = String(await admin.call("CLIENT", "LIST")).trim().split("\n");
    const own = clients.find((line) => / sub=[1-9]/.test(line))!;
    const [, limit] = await admin.config("GET", "maxclients") as string[];
    await admin.config("SET", "maxclients", clients.length - 1); // no room for it to reconnect
    try {
      await admin.call("CLIENT", "KILL", "ID", /^id=(\d+)/.exec(own)![1]);
      await observed.told("interrupted");
      assert(!observed.subscription.current);
      await admin.set(key, "new");
      assertEquals([observed.values, observed.subscription.current], [["old"], false]);
    } finally {
      await admin.config("SET", "maxclients", limit);
    }
    await observed.holds("new");
    await observed.current();
  });

  await t.step("not while its server is behind, and again when that has caught up", async () => {
    const key = newKey();
    await admin.set(key, stamp(5));
    await using client = new TestClient(cluster.url(0));
    const options = { versionOf: versionOfStamp, reconcileInterval: 0.05 };
    await using observed = new Observed(client, key, options);
    await observed.current();
    await admin.set(key, stamp(4)); // as a replica would have it that lags
    await observed.told("stale");
    assert(!observed.subscription.current);
    await admin.set(key, stamp(5));
    await observed.current();
    await admin.set(key, stamp(4));
    const untilStale = () => observed.states.filter((state) => state === "stale").length === 2;
    await until(untilStale, "the second report of it");
    await admin.set(key, stamp(6));
    await observed.holds(stamp(6));
    await observed.current();
    assertEquals(observed.states, [
      ...["subscribed", "current", "stale", "current", "stale", "current"],
    ]);
  });

  await t.step("not while reads fail", async () => {
    const key = newKey();
    await admin.call("ACL", "SETUSER", "reader", "on", ">pw", "~*", "&*", "+@all");
    await using client = new TestClient(`redis://reader:pw@127.0.0.1:${cluster.node(0).port}`);
    await using observed = new Observed(client, key, { reconcileInterval: 0.05 });
    await observed.current();
    await admin.call("ACL", "SETUSER", "reader", "-get");
    await assertRejects(() => within(observed.subscription.finished, "the end"), Error, "NOPERM");
    assert(!observed.subscription.current);
  });
}, { engines: REAL });

testOnEngines(
  "An observation shares nothing with the client that it follows:",
  async (t, cluster) => {
    await using other = new TestClient(cluster.url(0));

    for (const kind of ["the caller's own client", "the client of openConnection()"]) {
      await t.step(`a transaction on ${kind} returns only its owner's replies`, async () => {
        const key = newKey();
        await using connection = await openConnection(cluster.url(0), { name: "test" });
        await using own = new TestClient(cluster.url(0));
        const client = kind.includes("own") ? own : connection.client;
        await using observed = new Observed(client as TestClient, key, { reconcileInterval: 0.05 });
        await observed.current();
        await client.multi({ pipeline: false });
        await client.incr(newKey());
        await other.set(key, "two");
        await observed.holds("two");
        // The heartbeat sends PING once a second: one must be due while the transaction is open.
        const { promise: beaten, resolve } = Promise.withResolvers<void>();
        setTimeout(resolve, 1200);
        await beaten;
        assertEquals(await client.exec(), [[null, 1]]);
        assertEquals(observed.values, [null, "two"]);
      });
    }

    await t.step("a blocking command on the caller's own client delays nothing", async () => {
      const [key, list] = [newKey(), newKey()];
      await using client = new TestClient(cluster.url(0));
      await using observed = new Observed(client, key);
      await observed.current();
      const job = client.blpop(list, 0);
      await other.set(key, "new");
      await observed.holds("new");
      assert(observed.subscription.current);
      await other.rpush(list, "job");
      assertEquals(await within(job, "the job"), [list, "job"]);
    });

    await t.step("openConnection()'s client refuses commands that hold up others", async () => {
      await using connection = await openConnection(cluster.url(0), { name: "test" });
      const { client } = connection;
      for (
        const command of [
          () => client.blpop("jobs", 1),
          () => client.call("BRPOP", "jobs", "1"),
          () => client.xread("BLOCK", 1, "STREAMS", "s", "$"),
          () => client.call("WAIT", "0", "1"),
          () => client.call("CLIENT", "REPLY", "OFF"),
          () => client.call("MONITOR"),
        ]
      ) await assertRejects(command as () => Promise<unknown>, Error, "as it would hold up others");
      const replies = await client.pipeline().set("k", "v").blpop("jobs", 1).get("k").exec();
      assertEquals(replies?.map(([error, reply]) => error ? "refused" : reply), [
        "OK",
        "refused",
        "v",
      ]);
      const transaction = await client.multi().blpop("jobs", 1).get("k").exec(); // which does not wait
      assertEquals(transaction, [[null, null], [null, "v"]]);
      assertEquals(await client.xread("COUNT", 1, "STREAMS", "s", "0"), null);
      assertEquals(await client.ping(), "PONG");
    });
  },
  { engines: REAL },
);

testOnEngines("An observation whose server stops announcing", async (t, cluster) => {
  await using admin = new TestClient(cluster.url(0));
  const { port } = cluster.node(0);

  await t.step("reports it, with the flags, until the server announces again", async () => {
    const key = newKey();
    await using client = new TestClient(cluster.url(0));
    await using observed = new Observed(client, key, { reconcileInterval: 0.05 });
    await observed.current();
    await admin.config("SET", "notify-keyspace-events", "Kg");
    await admin.set(key, "silent");
    await observed.holds("silent");
    const { flags, missing, server } = await observed.told("unannounced");
    assertEquals([flags, missing, server], ["gK", "E$", `127.0.0.1:${port}`]);
    assert(!observed.subscription.current);
    await admin.config("SET", "notify-keyspace-events", "KEA");
    await observed.told("announced");
    await admin.set(key, "announced");
    await observed.holds("announced");
    await observed.current();
  });

  await t.step("counts as missed what was not announced", async () => {
    const key = newKey();
    await admin.set(key, stamp(1));
    await using client = new TestClient(cluster.url(0));
    const counts = { missed: 0, conflated: 0 };
    await using observed = new Observed(client, key, {
      versionOf: versionOfStamp,
      reconcileInterval: 2,
    }, ({ missed, conflated }) => {
      counts.missed += missed;
      counts.conflated += conflated;
    });
    await observed.current();
    await admin.config("SET", "notify-keyspace-events", "");
    await admin.set(key, stamp(3));
    await observed.holds(stamp(3)); // found by a regular read; the next one comes in 2 s
    for (const seq of [4, 5, 6]) await admin.set(key, stamp(seq));
    await admin.config("SET", "notify-keyspace-events", "KEA");
    await admin.set(key, stamp(7));
    await observed.holds(stamp(7));
    assertEquals(counts, { missed: 7 - observed.values.length, conflated: 0 });
  });

  await t.step("reports it at the start", async () => {
    await admin.config("SET", "notify-keyspace-events", "");
    await using client = new TestClient(cluster.url(0));
    await using observed = new Observed(client, newKey(), { reconcileInterval: NEVER });
    await observed.told("unannounced");
    await observed.holds(null);
    assert(!observed.states.includes("current"));
    await admin.config("SET", "notify-keyspace-events", "KEA");
    await admin.set(newKey(), "of another key, which is announced on the same channel");
    await observed.told("announced");
  });

  await t.step("without the right to ask, decides by two changes in a row", async () => {
    const key = newKey();
    await admin.call("ACL", "SETUSER", "curious", "on", ">pw", "~*", "&*", "+@all", "-config");
    await using client = new TestClient(`redis://curious:pw@127.0.0.1:${port}`);
    await using observed = new Observed(client, key, { reconcileInterval: 0.05 });
    assertEquals((await observed.told("unverified")).needed, "E$");
    await observed.current();
    await admin.config("SET", "notify-keyspace-events", "");
    await admin.set(key, "one");
    await observed.holds("one");
    await admin.config("SET", "notify-keyspace-events", "KEA");
    await admin.set(key, "two"); // announced, so the silent change before was an exception
    await observed.holds("two");
    assert(!observed.states.includes("unannounced"));
    await admin.config("SET", "notify-keyspace-events", "");
    for (const value of ["three", "four"]) {
      await admin.set(key, value);
      await observed.holds(value);
    }
    const { flags, missing } = await observed.told("unannounced");
    assertEquals([flags, missing], [undefined, "E$"]);
    await admin.config("SET", "notify-keyspace-events", "KEA");
    await admin.set(key, "five");
    await observed.holds("five");
    await observed.told("announced");
    await observed.current();
  });

  await t.step(
    "without that right, counts a change once, however long the loop is busy",
    async () => {
      const key = newKey();
      await using client = new SpyClient(`redis://curious:pw@127.0.0.1:${port}`);
      const states: string[] = [];
      const onStatus = ({ state }: ObservationStatus) => void states.push(state);
      await using loop = observe(client, key, { reconcileInterval: 0.05, onStatus });
      await within(loop.next(), "the first change");
      await admin.config("SET", "notify-keyspace-events", "");
      await admin.set(key, "silent");
      const before = client.reads;
      await until(() => client.reads > before + 4, "several regular reads");
      assertEquals((await within(loop.next(), "the change")).value?.value, "silent");
      await admin.config("SET", "notify-keyspace-events", "KEA");
      assert(!states.includes("unannounced"), `${states}`);
    },
  );
}, { engines: REAL });

testOnEngines(
  "A silent full resync does not mean that a node stops announcing",
  async (t, cluster) => {
    await using pair = new Pair(cluster);
    const { port } = cluster.node(1);
    await pair.reader.call(
      "ACL",
      "SETUSER",
      "curious",
      "on",
      ">pw",
      "~*",
      "&*",
      "+@all",
      "-config",
    );
    for (const user of ["", "curious:pw@"]) {
      await t.step(user === "" ? "by its setting" : "by what is observed", async () => {
        const key = newKey();
        await using client = new TestClient(`redis://${user}127.0.0.1:${port}`);
        await using observed = new Observed(client, key, { reconcileInterval: 0.1 });
        await observed.current();
        const others = cluster.nodes.filter((_, index) => index !== 1);
        for (const { port } of others) {
          await pair.reader.call("REPLICAOF", "REMOVE", "127.0.0.1", port);
        }
        await pair.writer.set(key, "by resync");
        for (const { port } of others) await pair.reader.call("REPLICAOF", "127.0.0.1", port);
        await observed.holds("by resync");
        await pair.writer.set(key, "announced");
        await observed.holds("announced");
        await observed.current();
        assert(!observed.states.includes("unannounced"), `${observed.states}`);
      });
    }
  },
  { engines: ["keydb-server"] },
);

/** One address that leads to a cluster's nodes in turn. */
class Balancer implements AsyncDisposable {
  #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  #connections: Deno.Conn[] = [];
  #done: Promise<void>;

  constructor(cluster: Cluster) {
    this.#done = this.#run(cluster);
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async #run({ nodes }: Cluster): Promise<void> {
    let turn = 0;
    for await (const client of this.#listener) {
      const node = await Deno.connect({
        hostname: "127.0.0.1",
        port: nodes[turn++ % nodes.length].port,
      });
      this.#connections.push(client, node);
      client.readable.pipeTo(node.writable).catch(() => {});
      node.readable.pipeTo(client.writable).catch(() => {});
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#done;
    for (const connection of this.#connections) {
      try {
        connection.close();
      } catch {
        // a pipe has closed it
      }
    }
  }
}

testOnEngines(
  "Behind one address that leads to several nodes, every notification leads to its value",
  async (_t, cluster) => {
    await using balancer = new Balancer(cluster);
    const key = newKey();
    const writers = cluster.nodes.map(({ url }) => new TestClient(url));
    const connection = await openConnection(`redis://127.0.0.1:${balancer.port}`, { name: "test" });
    const causes: string[] = [];
    const loop = observe(connection.client, key, { reconcileInterval: NEVER });
    await within(loop.next(), "the first change");
    for (let n = 0; n < 30; n++) {
      await writers[n % writers.length].set(key, `${n}`);
      const { value } = await within(loop.next(), `value ${n}`);
      causes.push(`${value?.cause} ${value?.value}`);
    }
    assertEquals(causes, Array.from({ length: 30 }, (_, n) => `notification ${n}`));
    await loop.return!();
    await connection.close();
    for (const writer of writers) await writer[Symbol.asyncDispose]();
  },
  { engines: ["keydb-server"] },
);

testOnEngines("Many observations over a client cause no warning", async (_t, cluster) => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on("warning", onWarning);
  await using client = new TestClient(cluster.url(0));
  const limit = client.getMaxListeners();
  const { signal } = new AbortController();
  const all = Array.from({ length: 30 }, (_, n) => new Observed(client, `key ${n}`, { signal }));
  await Promise.all(all.map((observed) => observed.holds(null)));
  for (const observed of all) await observed[Symbol.asyncDispose]();
  process.off("warning", onWarning);
  assertEquals([warnings, client.getMaxListeners()], [[], limit]);
}, { engines: ["redis-server", "embedded"] });

testOnEngines(
  "A value too long for a subscriber is reported as a problem, without repeated disconnects",
  async (_t, cluster) => {
    await using client = new TestClient(cluster.url(0));
    const key = newKey();
    await using loop = observe(client, key);
    await within(loop.next(), "the first change");
    await client.set(key, "x".repeat(40_000_000));
    const { value: long } = await within(loop.next(), "the long value", 30_000);
    assertEquals(long?.problem, "its 40000000 bytes are more than the 25000000 taken as text");
    await client.set(key, "x".repeat(24_000_000));
    assertEquals(
      (await within(loop.next(), "the shorter value", 30_000)).value?.value?.length,
      24_000_000,
    );
  },
  { engines: REAL },
);

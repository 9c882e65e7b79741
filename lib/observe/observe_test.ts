import { versionOfStamp } from "../protocol/stamp.ts";
import { Buffer } from "node:buffer";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { TestClient, testOnEngines, until, within } from "../../tests/testing.ts";
import { NEVER, newKey, Pair, stamp } from "../../tests/pair.ts";
import { AccessError } from "../connect/access_error.ts";
import { nowMicros } from "../clock.ts";
import { type Change, type ChangeLoop, observe, type ObserveOptions } from "./observe.ts";

async function next(loop: ChangeLoop, what: string): Promise<Change> {
  const { value, done } = await within(loop.next(), what);
  assert(!done, `the loop ended, instead of ${what}`);
  return value;
}

/** Asserts that a channel has no subscriber left. */
async function assertUnsubscribed(client: TestClient, channel: string): Promise<void> {
  await until(async () => {
    const [, count] = await client.pubsub("NUMSUB", channel) as [string, number];
    return count === 0;
  }, `the end of the subscription to ${channel}`);
}

testOnEngines("observe()", async (t, cluster) => {
  await using pair = new Pair(cluster);
  const { writer, reader: client } = pair;
  const options = { reconcileInterval: NEVER, versionOf: versionOfStamp };

  await t.step("yields the current value first", async () => {
    const key = newKey();
    await pair.write(key, stamp(1));
    await using loop = observe(client, key, options);
    const change = await next(loop, "the first change");
    assertEquals([change.cause, change.value, change.version?.number], ["initial", stamp(1), 1]);
  });

  await t.step("yields null first if the key is absent", async () => {
    await using loop = observe(client, newKey(), options);
    const change = await next(loop, "the first change");
    assertEquals([change.cause, change.value], ["initial", null]);
  });

  await t.step("reads after every notification", async () => {
    const key = newKey();
    await using loop = observe(client, key, options);
    await next(loop, "the first change");
    for (const seq of [1, 2, 3]) {
      await writer.set(key, stamp(seq));
      const change = await next(loop, "the change of a write");
      assertEquals([change.cause, change.value], ["notification", stamp(seq)]);
      assertEquals([change.conflated, change.missed], [0, 0]);
    }
  });

  await t.step("reports when the notification that led to the read arrived", async () => {
    const key = newKey();
    await using loop = observe(client, key, options);
    assertEquals((await next(loop, "the first change")).notifiedAt, undefined);
    const begin = nowMicros();
    await writer.set(key, stamp(1));
    const { notifiedAt, readAt } = await next(loop, "the change of a write");
    assert(begin <= notifiedAt! && notifiedAt! <= readAt);
  });

  await t.step("reports no notification time for other changes", async () => {
    const key = newKey();
    await using loop = observe(client, key, { ...options, reconcileInterval: 0.05 });
    await next(loop, "the first change");
    await pair.writeSilently(key, stamp(1));
    const { cause, notifiedAt } = await next(loop, "the unannounced change");
    assertEquals([cause, notifiedAt], ["reconcile", undefined]);
  });

  await t.step("works over keyspace channels as well", async () => {
    const key = newKey();
    await using loop = observe(client, key, { ...options, via: "keyspace" });
    await next(loop, "the first change");
    await writer.set(key, "a");
    assertEquals((await next(loop, "the change of a write")).value, "a");
  });

  await t.step("yields an announced deletion as null", async () => {
    const key = newKey();
    await pair.write(key, "a");
    await using loop = observe(client, key, { ...options, via: "keyspace" });
    await next(loop, "the first change");
    await writer.del(key);
    const change = await next(loop, "the deletion");
    assertEquals([change.value, change.cause], [null, "notification"]);
  });

  await t.step("finds a deletion that is not announced", async () => {
    const key = newKey();
    await pair.write(key, "a");
    await using loop = observe(client, key, { ...options, reconcileInterval: 0.05 });
    await next(loop, "the first change");
    await writer.del(key);
    const change = await next(loop, "the deletion");
    assertEquals([change.value, change.cause], [null, "reconcile"]);
  });

  await t.step("finds a change that is not announced, and counts the gap as missed", async () => {
    const key = newKey();
    await pair.write(key, stamp(1));
    await using loop = observe(client, key, { ...options, reconcileInterval: 0.05 });
    await next(loop, "the first change");
    await pair.writeSilently(key, stamp(4));
    const change = await next(loop, "the unannounced change");
    assertEquals([change.cause, change.value, change.missed], ["reconcile", stamp(4), 2]);
  });

  await t.step(
    "reads again after the connection was lost, and counts the gap as missed",
    async () => {
      const key = newKey();
      await pair.write(key, stamp(1));
      await using proxy = pair.proxy();
      await using far = new TestClient(`redis://127.0.0.1:${proxy.port}`);
      const states: string[] = [];
      const onStatus = ({ state }: { state: string }) => states.push(state);
      await using loop = observe(far, key, { ...options, onStatus });
      await next(loop, "the first change");
      proxy.cut();
      await until(() => states.includes("interrupted"), "the interruption");
      await pair.write(key, stamp(5));
      proxy.heal();
      const change = await next(loop, "the change after the interruption");
      assertEquals([change.cause, change.value, change.missed], ["resync", stamp(5), 3]);
      assertEquals(states.filter((state) => state !== "unreadable"), [
        "subscribed",
        "interrupted",
        "subscribed",
      ]);
      await writer.set(key, stamp(7));
      const later = await next(loop, "a change after that");
      assertEquals([later.cause, later.conflated, later.missed], ["notification", 1, 0]);
    },
  );

  await t.step("never goes backwards", async () => {
    const key = newKey();
    await pair.write(key, stamp(5));
    await using loop = observe(client, key, options);
    await next(loop, "the first change");
    await pair.write(key, stamp(4));
    await writer.set(key, stamp(6));
    assertEquals((await next(loop, "the newer change")).value, stamp(6));
  });

  await t.step(
    "skips to the newest value when the loop is slow, and counts what it skipped",
    async () => {
      const key = newKey();
      const last = 200;
      await pair.write(key, stamp(1));
      await using loop = observe(client, key, options);
      let accounted = 0;
      for (let seq = 0; seq < last;) {
        const change = await next(loop, `a change after ${seq}`);
        assert(change.version!.number! > seq, "backwards");
        seq = change.version!.number!;
        accounted += 1 + change.conflated + change.missed;
        if (seq === 1) { // while the loop is here, everything is written
          await Promise.all(
            Array.from({ length: last - 1 }, (_, i) => writer.set(key, stamp(i + 2))),
          );
          await until(async () => await client.get(key) === stamp(last), "the last write");
        }
      }
      assertEquals(accounted, last);
    },
  );

  await t.step("ends at break, and closes what it opened", async () => {
    const key = newKey();
    for await (const _change of observe(client, key, { ...options, via: "keyspace" })) break;
    await assertUnsubscribed(client, `__keyspace@0__:${key}`);
    assertEquals(await client.ping(), "PONG");
  });

  await t.step("ends an idle loop at the abort signal", async () => {
    const key = newKey();
    const abort = new AbortController();
    const settings: ObserveOptions = { ...options, via: "keyspace", signal: abort.signal };
    const loop = observe(client, key, settings);
    await next(loop, "the first change");
    const idle = loop.next();
    abort.abort();
    assertEquals(await within(idle, "the end of the loop"), { done: true, value: undefined });
    assertEquals((await loop.next()).done, true);
    await assertUnsubscribed(client, `__keyspace@0__:${key}`);
  });

  await t.step("ends at once if the signal is already aborted", async () => {
    const loop = observe(client, newKey(), { ...options, signal: AbortSignal.abort() });
    assertEquals((await within(loop.next(), "the end of the loop")).done, true);
  });

  await t.step("ends with its scope", async () => {
    const key = newKey();
    {
      using loop = observe(client, key, { ...options, via: "keyspace" });
      await next(loop, "the first change");
    }
    await assertUnsubscribed(client, `__keyspace@0__:${key}`);
    {
      await using loop = observe(client, key, { ...options, via: "keyspace" });
      await next(loop, "the first change");
    }
    await assertUnsubscribed(client, `__keyspace@0__:${key}`);
  });

  await t.step("ends while the server is unreachable", async () => {
    await using proxy = pair.proxy();
    await using far = new TestClient(`redis://127.0.0.1:${proxy.port}`);
    const abort = new AbortController();
    const loop = observe(far, newKey(), { ...options, signal: abort.signal });
    await next(loop, "the first change");
    proxy.cut();
    const idle = loop.next();
    abort.abort();
    assertEquals((await within(idle, "the end of the loop")).done, true);
  });

  await t.step("serves overlapping calls of next() in turn", async () => {
    const key = newKey();
    await using loop = observe(client, key, options);
    const changes = [loop.next(), loop.next(), loop.next()];
    await within(changes[0], "the first change");
    await writer.set(key, "a");
    assertEquals((await within(changes[1], "the second change")).value?.value, "a");
    await writer.set(key, "b");
    assertEquals((await within(changes[2], "the third change")).value?.value, "b");
  });

  await t.step("reports a value that is not text, once", async () => {
    const key = newKey();
    await using loop = observe(client, key, { ...options, via: "keyspace" });
    await next(loop, "the first change");
    await writer.rpush(key, "a");
    assertEquals((await next(loop, "the list")).problem, "it is not a string");
    await writer.rpush(key, "b");
    await writer.set(key, "text");
    assertEquals((await next(loop, "the text")).value, "text");
  });
});

testOnEngines("observe() reports bytes that are not text", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  const key = newKey();
  await client.set(key, Buffer.from([0x61, 0xff, 0x0a]));
  await using loop = observe(client, key);
  const change = await next(loop, "the first change");
  assertEquals(change.value, null);
  assertEquals(change.problem, 'its bytes are no UTF-8 text: "a\\xff\\n"');
}, { engines: ["keydb-server", "valkey-server", "redis-server"] });

testOnEngines("observe() ends with an error if a right is missing", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await client.call("ACL", "SETUSER", "deaf", "on", ">pw", "~*", "+@all", "resetchannels");
  const { port } = cluster.nodes[0];
  await using deaf = new TestClient(`redis://deaf:pw@127.0.0.1:${port}`);
  const loop = observe(deaf, newKey());
  const error = await assertRejects(() => within(loop.next(), "the error"), AccessError);
  assert(error.message.includes("NOPERM"), error.message);
}, { engines: ["keydb-server", "valkey-server", "redis-server"] });

testOnEngines(
  "observe() finds what a full resync changes without any event",
  async (_t, cluster) => {
    await using pair = new Pair(cluster);
    const { writer, reader: client } = pair;
    await using witness = new TestClient(cluster.url(1));
    const events: string[] = [];
    witness.on("pmessage", (_pattern, channel) => events.push(channel));
    await witness.psubscribe("__key*__:*");
    const key = newKey();
    await using loop = observe(client, key, { reconcileInterval: 0.1, versionOf: versionOfStamp });
    await next(loop, "the first change");
    await writer.set(key, stamp(1));
    await next(loop, "the change of a write");
    const others = cluster.nodes.filter((_, index) => index !== 1);
    for (const { port } of others) await client.call("REPLICAOF", "REMOVE", "127.0.0.1", port);
    events.length = 0;
    await writer.set(key, stamp(3));
    for (const { port } of others) await client.call("REPLICAOF", "127.0.0.1", port);
    const change = await next(loop, "the change by the full resync");
    assertEquals([change.cause, change.value, change.missed], ["reconcile", stamp(3), 1]);
    assertEquals(events, []);
  },
  { engines: ["keydb-server"] },
);

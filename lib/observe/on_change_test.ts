import { type StampVersion, versionOfStamp } from "../protocol/stamp.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TestClient, testOnEngines, until, within } from "../../tests/testing.ts";
import { NEVER, newKey, Pair, SpyClient, stamp } from "../../tests/pair.ts";
import { nowMicros } from "../clock.ts";
import {
  type Change,
  type ChangeSubscription,
  onChange,
  type OnChangeOptions,
} from "./on_change.ts";

/** An observation whose changes are collected. */
class Collector implements AsyncDisposable {
  readonly changes: Change<StampVersion>[] = [];
  readonly subscription: ChangeSubscription;

  constructor(client: TestClient, key: string, options: OnChangeOptions<StampVersion> = {}) {
    const settings = { reconcileInterval: NEVER, versionOf: versionOfStamp, ...options };
    this.subscription = onChange(client, key, (change) => void this.changes.push(change), settings);
  }

  /** Waits for the n-th change. */
  async change(n: number, what: string): Promise<Change<StampVersion>> {
    await until(() => this.changes.length >= n, what);
    return this.changes[n - 1];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.subscription[Symbol.asyncDispose]();
  }
}

testOnEngines("onChange()", async (t, cluster) => {
  await using pair = new Pair(cluster);
  const { writer, reader: client } = pair;

  await t.step("calls back with the current value first", async () => {
    const key = newKey();
    await pair.write(key, stamp(1));
    await using collector = new Collector(client, key);
    const change = await collector.change(1, "the first change");
    assertEquals([change.cause, change.value, change.version?.number], ["initial", stamp(1), 1]);
  });

  await t.step("calls back after every notification", async () => {
    const key = newKey();
    await using collector = new Collector(client, key);
    await collector.change(1, "the first change");
    for (const seq of [1, 2, 3]) {
      await writer.set(key, stamp(seq));
      const change = await collector.change(seq + 1, "the change of a write");
      assertEquals([change.cause, change.value], ["notification", stamp(seq)]);
    }
  });

  await t.step(
    "reports when the notification that led to the read arrived, also if the read had to wait",
    async () => {
      const key = newKey();
      const gate = Promise.withResolvers<void>();
      const changes: Change[] = [];
      await using subscription = onChange(client, key, async (change) => {
        changes.push(change);
        await gate.promise;
      }, { concurrency: 2, reconcileInterval: NEVER });
      await until(() => changes.length === 1, "the first change");
      const begin = nowMicros();
      await writer.set(key, stamp(1));
      await until(() => changes.length === 2, "the change of a write");
      const between = nowMicros();
      await pair.write(key, stamp(2)); // its read has to wait
      gate.resolve();
      await until(() => changes.length === 3, "the newest value");
      const [first, second, third] = changes;
      assertEquals(first.notifiedAt, undefined);
      assert(begin <= second.notifiedAt! && second.notifiedAt! <= second.readAt);
      assert(between <= third.notifiedAt! && third.notifiedAt! <= third.readAt);
      subscription.close();
    },
  );

  await t.step("calls back with a deletion", async () => {
    const key = newKey();
    await pair.write(key, "a");
    await using collector = new Collector(client, key, { via: "keyspace" });
    await collector.change(1, "the first change");
    await writer.del(key);
    const change = await collector.change(2, "the deletion");
    assertEquals([change.value, change.cause], [null, "notification"]);
  });

  await t.step("finds a change that is not announced, and counts the gap as missed", async () => {
    const key = newKey();
    await pair.write(key, stamp(1));
    await using collector = new Collector(client, key, { reconcileInterval: 0.05 });
    await collector.change(1, "the first change");
    await pair.writeSilently(key, stamp(4));
    const change = await collector.change(2, "the unannounced change");
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
      await using collector = new Collector(far, key, { onStatus });
      await collector.change(1, "the first change");
      proxy.cut();
      await until(() => states.includes("interrupted"), "the interruption");
      await pair.write(key, stamp(5));
      proxy.heal();
      const change = await collector.change(2, "the change after the interruption");
      assertEquals([change.cause, change.value, change.missed], ["resync", stamp(5), 3]);
    },
  );

  await t.step("never goes backwards", async () => {
    const key = newKey();
    await pair.write(key, stamp(5));
    await using collector = new Collector(client, key);
    await collector.change(1, "the first change");
    await pair.write(key, stamp(4));
    await writer.set(key, stamp(6));
    assertEquals((await collector.change(2, "the newer change")).value, stamp(6));
  });

  await t.step("ends a burst with the newest value, and accounts for all of it", async () => {
    const key = newKey();
    const last = 500;
    await pair.write(key, stamp(1));
    await using collector = new Collector(client, key, { concurrency: 4 });
    await collector.change(1, "the first change");
    await Promise.all(Array.from({ length: last - 1 }, (_, i) => writer.set(key, stamp(i + 2))));
    await until(() => collector.changes.at(-1)?.version?.number === last, "the newest value");
    const seqs = collector.changes.map((change) => change.version!.number!);
    assertEquals(seqs, seqs.toSorted((one, other) => one - other));
    const accounted = collector.changes.map((change) => 1 + change.conflated + change.missed);
    assertEquals(accounted.reduce((sum, count) => sum + count), last);
  });

  await t.step("lets callbacks overlap up to the limit, then skips to the newest", async () => {
    const key = newKey();
    await pair.write(key, stamp(1));
    const gate = Promise.withResolvers<void>();
    const begun: number[] = [];
    await using subscription = onChange(client, key, async (change) => {
      begun.push(change.version!.number!);
      await gate.promise;
    }, { concurrency: 3, reconcileInterval: NEVER, versionOf: versionOfStamp });
    for (const seq of [1, 2, 3]) {
      if (seq > 1) await writer.set(key, stamp(seq));
      await until(() => begun.length === seq, `callback ${seq}, while the others are running`);
    }
    for (const seq of [4, 5, 6]) await pair.write(key, stamp(seq));
    assertEquals(begun, [1, 2, 3]);
    gate.resolve();
    await until(() => begun.length === 4, "the newest value");
    assertEquals(begun, [1, 2, 3, 6]);
    subscription.close();
  });

  await t.step("ends while idle at the abort signal", async () => {
    const key = newKey();
    const abort = new AbortController();
    const collector = new Collector(client, key, { via: "keyspace", signal: abort.signal });
    await collector.change(1, "the first change");
    abort.abort();
    await within(collector.subscription.finished, "the end of the observation");
    assertEquals(await writer.pubsub("NUMSUB", `__keyspace@0__:${key}`), [
      `__keyspace@0__:${key}`,
      0,
    ]);
  });

  await t.step("ends with its scope", async () => {
    const key = newKey();
    let seen = 0;
    let finished: Promise<void>;
    {
      using subscription = onChange(client, key, () => void seen++, { reconcileInterval: NEVER });
      finished = subscription.finished;
      await until(() => seen === 1, "the first change");
    }
    await within(finished, "the end of the observation");
  });

  await t.step("waits for running callbacks when it ends", async () => {
    const key = newKey();
    const channel = `__keyspace@0__:${key}`;
    const gate = Promise.withResolvers<void>();
    const order: string[] = [];
    const subscription = onChange(client, key, async () => {
      order.push("begun");
      await gate.promise;
      order.push("done");
    }, { via: "keyspace" });
    const finished = subscription.finished.then(() => order.push("finished"));
    await until(() => order.includes("begun"), "the callback");
    subscription.close();
    await until(
      async () => (await writer.pubsub("NUMSUB", channel))[1] === 0,
      "the unsubscription",
    );
    assertEquals(order, ["begun"]);
    gate.resolve();
    await within(finished, "the end of the observation");
    assertEquals(order, ["begun", "done", "finished"]);
  });

  await t.step("does not call back after it was closed", async () => {
    const key = newKey();
    const gate = Promise.withResolvers<void>();
    await using spy = new SpyClient(cluster.url(1));
    const seen: (string | null)[] = [];
    const subscription = onChange(spy, key, ({ value }) => {
      seen.push(value);
      if (value !== null) subscription.close();
    });
    await until(() => seen.length === 1, "the first change");
    spy.afterRead = () => gate.promise; // the replies come all at once
    for (const [index, value] of ["a", "b", "c"].entries()) {
      await pair.write(key, value);
      await until(() => spy.replies === index + 2, "the read");
    }
    gate.resolve();
    await within(subscription.finished, "the end of the observation");
    assertEquals(seen, [null, "a"]);
  });

  await t.step("ends with the error of a callback", async () => {
    const subscription = onChange(client, newKey(), () => {
      subscription.close(); // which does not hide the error
      throw new RangeError("no luck");
    });
    await assertRejects(() => within(subscription.finished, "the end"), RangeError, "no luck");
  });
});

Deno.test("onChange() refuses a concurrency that is not a positive whole number", async () => {
  await using client = new TestClient("redis://127.0.0.1:1");
  for (const concurrency of [0, -1, 1.5, NaN]) {
    assertThrows(
      () => onChange(client, "k", () => {}, { concurrency }),
      RangeError,
      "'concurrency'",
    );
  }
});

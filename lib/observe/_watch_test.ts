/** What observe() and onChange() share, with reads and connections under the test's control. */

import { versionOfStamp } from "../protocol/stamp.ts";
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { TestClient, testOnEngines, until, within } from "../../tests/testing.ts";
import { NEVER, newKey, Pair, SpyClient, stamp } from "../../tests/pair.ts";
import { strongerHint } from "./_watch.ts";
import { notificationChannel } from "./channels.ts";
import { observe } from "./observe.ts";
import { onChange } from "./on_change.ts";
import { createStamp, formatStamp } from "../protocol/stamp.ts";

const options = { versionOf: versionOfStamp, reconcileInterval: NEVER };

Deno.test("strongerHint() chooses the more important cause, and the later of two notifications", () => {
  const [initial, resync, reconcile] = (["initial", "resync", "reconcile"] as const)
    .map((cause) => ({ cause }));
  const [early, late] = [1, 2].map((notifiedAt) => ({
    cause: "notification" as const,
    notifiedAt,
  }));
  assertEquals(strongerHint(undefined, reconcile), reconcile);
  assertEquals(strongerHint(reconcile, early), early);
  assertEquals(strongerHint(early, reconcile), early);
  assertEquals(strongerHint(early, late), late);
  assertEquals(strongerHint(resync, late), resync);
  assertEquals(strongerHint(resync, initial), initial);
});

Deno.test("observe() refuses a reconcileInterval that no timer supports", async () => {
  await using client = new TestClient("redis://127.0.0.1:1");
  for (const reconcileInterval of [0, -1, NaN, Infinity, 2 ** 31]) {
    assertThrows(
      () => observe(client, "k", { reconcileInterval }),
      RangeError,
      "'reconcileInterval'",
    );
  }
});

testOnEngines("An observation", async (t, cluster) => {
  await using pair = new Pair(cluster);
  await using client = new SpyClient(cluster.url(1));

  /** Undoes what a step did to the connection. */
  function reset(): void {
    client.reads = 0;
    client.replies = 0;
    client.beforeRead = () => {};
    client.afterRead = () => {};
  }

  await t.step("subscribes before it reads", async () => {
    reset();
    const key = newKey();
    const channel = notificationChannel("keyspace", 0, key);
    const subscribers: unknown[] = [];
    client.beforeRead = async () => {
      subscribers.push((await pair.reader.pubsub("NUMSUB", channel) as unknown[])[1]);
    };
    await using loop = observe(client, key, { ...options, via: "keyspace" });
    await within(loop.next(), "the first change");
    assertEquals(subscribers, [1]);
  });

  await t.step("reports once that the first subscription fails", async () => {
    const key = newKey();
    await using proxy = pair.proxy();
    const { target } = proxy;
    await using far = new TestClient(`redis://127.0.0.1:${proxy.port}`);
    await far.ping();
    using full = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    proxy.target = full.addr.port; // the open connection stays
    const states: string[] = [];
    await using loop = observe(far, key, {
      ...options,
      onStatus: ({ state }) => states.push(state),
    });
    for (let tries = 0; tries < 3; tries++) (await within(full.accept(), "a try")).close();
    assertEquals(states, ["interrupted"]);
    proxy.target = target;
    assertEquals((await within(loop.next(), "the first change")).value?.cause, "initial");
    assertEquals(states, ["interrupted", "subscribed"]);
  });

  await t.step("reads again if a notification arrives during a read", async () => {
    reset();
    const key = newKey();
    const gate = Promise.withResolvers<void>();
    client.afterRead = () => gate.promise;
    await using witness = new TestClient(cluster.url(1));
    const heard: string[] = [];
    witness.on("message", (_channel, name) => heard.push(name));
    await witness.subscribe(notificationChannel("keyevent", 0, key));
    await using loop = observe(client, key, options);
    const first = loop.next();
    await until(() => client.replies === 1, "the reply that the key is absent");
    await pair.write(key, stamp(1));
    await until(() => heard.includes(key), "the notification");
    gate.resolve();
    await within(first, "the first change");
    const { value } = await within(loop.next(), "the change of the write");
    assertEquals(value?.value, stamp(1));
  });

  await t.step("is not current while a newer value waits to be read", async () => {
    reset();
    const key = newKey();
    await using loop = observe(client, key, options);
    await within(loop.next(), "the first change");
    let pending = loop.next();
    const seen: (string | null)[] = [];
    await using observation = onChange(client, key, ({ value }) => void seen.push(value), options);
    await until(() => loop.current && observation.current, "the proof that both are current");
    const gate = Promise.withResolvers<void>();
    client.beforeRead = () => gate.promise;
    client.reads = 0;
    try {
      await pair.write(key, stamp(1));
      await until(() => client.reads === 2, "both reads");
      assertEquals([loop.current, observation.current, seen], [false, false, [null]]);
    } finally {
      gate.resolve();
    }
    await within(pending, "the change");
    pending = loop.next();
    await until(() => loop.current && observation.current, "the proof that both are current again");
    assertEquals(seen, [null, stamp(1)]);
    loop.close();
    await pending;
  });

  await t.step("ends if versionOf() fails, in a regular read too", async () => {
    reset();
    const key = newKey();
    const versionOf = (value: string) => {
      if (value === "bad") throw new TypeError("no version");
      return undefined;
    };
    for (const fails of ["by a notification", "silently"]) {
      await pair.write(key, "good");
      const settings = { versionOf, reconcileInterval: fails === "silently" ? 0.05 : NEVER };
      const loop = observe(client, key, settings);
      await within(loop.next(), "the first change");
      const pending = loop.next();
      const observation = onChange(client, key, () => {}, settings);
      await until(() => loop.current && observation.current, "the proof that both are current");
      const ends = [pending, observation.finished].map((end: Promise<unknown>) =>
        assertRejects(() => within(end, `the end of it, ${fails}`), TypeError, "no version")
      );
      if (fails === "silently") await pair.writeSilently(key, "bad");
      else await pair.write(key, "bad");
      await Promise.all(ends);
    }
  });

  await t.step("does not read for other keys", async () => {
    reset();
    const [key, other] = [newKey(), newKey()];
    await using loop = observe(client, key, options);
    await within(loop.next(), "the first change");
    const pending = loop.next();
    for (let seq = 1; seq <= 20; seq++) await pair.writer.set(other, stamp(seq));
    await pair.writer.set(key, stamp(1));
    await within(pending, "the change");
    assertEquals(client.reads, 2);
  });

  await t.step("never goes backwards, and reports what it dropped", async () => {
    reset();
    const key = newKey();
    const outdated: string[] = [];
    await pair.write(key, stamp(5));
    await using loop = observe(client, key, {
      ...options,
      onStatus: (status) => status.state === "stale" && outdated.push(status.value),
    });
    await within(loop.next(), "the first change");
    const pending = loop.next();
    for (const [index, seq] of [4, 3].entries()) {
      await pair.write(key, stamp(seq));
      await until(() => client.replies === index + 2, `the read of value ${seq}`);
    }
    await until(() => outdated.length === 1, "the older value");
    await pair.writer.set(key, stamp(6));
    assertEquals((await within(pending, "the newer change")).value?.value, stamp(6));
    assertEquals(outdated, [stamp(4)]);
  });

  await t.step("reports dropped values again, as long as they change", async () => {
    reset();
    const key = newKey();
    const outdated: string[] = [];
    await pair.write(key, stamp(5));
    await using loop = observe(client, key, {
      versionOf: versionOfStamp,
      reconcileInterval: 0.05,
      onStatus: (status) => status.state === "stale" && outdated.push(status.value),
    });
    await within(loop.next(), "the first change");
    const pending = loop.next();
    for (const seq of [2, 3, 4]) {
      await pair.write(key, stamp(seq));
      await until(() => outdated.includes(stamp(seq)), `the report of the older value ${seq}`);
    }
    await pair.writer.set(key, stamp(6));
    assertEquals((await within(pending, "the newer change")).value?.value, stamp(6));
    assertEquals(outdated, [2, 3, 4].map(stamp));
  });

  await t.step("reports two writers with one name", async () => {
    reset();
    const key = newKey();
    const contested: string[] = [];
    await using loop = observe(client, key, {
      ...options,
      onStatus: (status) => status.state === "duplicate-source" && contested.push(status.source),
    });
    await within(loop.next(), "the first change");
    for (const [turn, seq] of [42, 42, 43, 43, 44, 44, 45, 45, 46, 46].entries()) {
      await pair.writer.set(
        key,
        formatStamp(createStamp("w", seq, turn, turn % 2 ? "one" : "other")),
      );
      await within(loop.next(), `the change to ${seq}`);
    }
    assertEquals(contested, ["w"]);
  });

  await t.step(
    "reports that it is current after each loss, with or without missed changes",
    async () => {
      reset();
      const key = newKey();
      await using proxy = pair.proxy();
      const { port } = client.options;
      client.options.port = proxy.port; // for the subscription alone
      const seen: (string | null)[] = [];
      await using _observation = onChange(client, key, ({ value }) => void seen.push(value), {
        ...options,
        onStatus: ({ state }) => seen.push(state),
      });
      client.options.port = port;

      /** Returns all that was seen until it is current again. */
      async function untilCurrent(): Promise<(string | null)[]> {
        await until(() => seen.includes("current"), () => `current after ${seen}`);
        return seen.splice(0);
      }

      assertEquals(await untilCurrent(), ["subscribed", null, "current"]);
      proxy.reset();
      assertEquals(await untilCurrent(), ["interrupted", "subscribed", "current"]);
      proxy.cut();
      await until(() => seen.includes("interrupted"), "the interruption");
      await pair.write(key, stamp(1));
      proxy.heal();
      assertEquals(await untilCurrent(), ["interrupted", "subscribed", stamp(1), "current"]);
    },
  );

  await t.step("reports that it is current when reads work again, without new values", async () => {
    reset();
    const states: string[] = [];
    await using _observation = onChange(client, newKey(), () => {}, {
      reconcileInterval: 0.05,
      onStatus: ({ state }) => states.push(state),
    });
    await until(() => states.includes("current"), "the first read");
    client.beforeRead = () => {
      client.beforeRead = () => {};
      throw new Error("MASTERDOWN Link with MASTER is down");
    };
    await until(() => states.length === 5, () => `current after ${states}`);
    assertEquals(states, ["subscribed", "current", "unreadable", "readable", "current"]);
  });

  await t.step("drops a reply that comes after its connection was lost", async () => {
    reset();
    const key = newKey();
    await pair.write(key, stamp(1));
    await using proxy = pair.proxy();
    const { port } = client.options;
    client.options.port = proxy.port;
    const states: string[] = [];
    const onStatus = ({ state }: { state: string }) => void states.push(state);
    await using loop = observe(client, key, { ...options, onStatus });
    client.options.port = port;
    const gate = Promise.withResolvers<void>();
    client.afterRead = () => gate.promise;
    const first = loop.next();
    await until(() => client.replies === 1, "the reply");
    proxy.cut();
    await until(() => states.includes("interrupted"), "the interruption");
    for (const seq of [2, 3]) await pair.write(key, stamp(seq)); // without a subscriber
    proxy.heal();
    await until(() => states.at(-1) === "subscribed", "the next subscription");
    gate.resolve();
    const { value: change } = await within(first, "the newest value");
    assertEquals([change?.value, change?.cause, change?.missed], [stamp(3), "initial", 0]);
    assertEquals(states, ["subscribed", "interrupted", "subscribed"]);
    const last = loop.next();
    await until(() => states.at(-1) === "current", "the report that it is current");
    loop.close();
    await last;
  });

  await t.step("ends while a read is stuck", async () => {
    reset();
    await using proxy = pair.proxy();
    await using far = new TestClient(`redis://127.0.0.1:${proxy.port}`);
    const abort = new AbortController();
    const loop = observe(far, newKey(), { reconcileInterval: 0.05, signal: abort.signal });
    await within(loop.next(), "the first change");
    const pending = loop.next();
    proxy.goSilent();
    abort.abort();
    assertEquals((await within(pending, "the end of the loop")).done, true);
  });

  await t.step(
    "retries failed reads, and reports once that they fail, and once that they work again",
    async () => {
      reset();
      const key = newKey();
      await pair.write(key, stamp(1));
      client.beforeRead = () => {
        if (client.reads < 3) throw new Error("MASTERDOWN Link with MASTER is down");
      };
      const states: string[] = [];
      await using loop = observe(client, key, {
        ...options,
        onStatus: ({ state }) => states.push(state),
      });
      assertEquals((await within(loop.next(), "the first change")).value?.value, stamp(1));
      assertEquals(states, ["subscribed", "unreadable", "readable"]);
    },
  );

  await t.step("takes no change for unannounced while regular reads meet many writes", async () => {
    reset();
    const key = newKey();
    const states: string[] = [];
    const onStatus = ({ state }: { state: string }) => void states.push(state);
    const causes: string[] = [];
    const settings = { reconcileInterval: 0.001, onStatus };
    await using observation = onChange(client, key, ({ cause, value }) => {
      causes.push(cause);
      if (value === stamp(300)) observation.close();
    }, settings);
    await until(() => causes.length === 1, "the first change");
    for (let seq = 1; seq <= 300; seq++) await pair.writer.set(key, stamp(seq));
    await within(observation.finished, "the last value");
    assertEquals(new Set(causes.slice(1)), new Set(["notification"]));
    assertEquals(states, ["subscribed", "current"]);
  });

  await t.step("is current for at most 4 s after the line goes silent", async () => {
    reset();
    const key = newKey();
    await using proxy = pair.proxy();
    await using far = new TestClient(`redis://127.0.0.1:${proxy.port}`);
    const states: string[] = [];
    await using loop = observe(far, key, { onStatus: ({ state }) => states.push(state) });
    await within(loop.next(), "the first change");
    const pending = loop.next();
    await until(() => loop.current, "the proof that it is current");
    const silentAt = performance.now();
    proxy.goSilent();
    await pair.write(key, stamp(1));
    await until(() => !loop.current, "the end of the proof");
    assert(performance.now() - silentAt < 4500, "too late, even for a busy machine");
    await until(() => states.length === 3, () => `the report of it after ${states}`);
    assertEquals(states.slice(0, 2), ["subscribed", "current"]);
    assertMatch(states[2], /unreadable|interrupted/);
    proxy.heal();
    const { value } = await within(pending, "the change", 15_000);
    assertEquals([value?.value, value?.cause], [stamp(1), "resync"]);
  });

  await t.step("uses the key prefix of its connection", async () => {
    reset();
    const key = newKey();
    await using prefixed = new TestClient(cluster.url(1));
    prefixed.options.keyPrefix = "p:";
    for (const via of ["keyevent", "keyspace"] as const) {
      await using loop = observe(prefixed, key, { ...options, via });
      await within(loop.next(), "the first change");
      await pair.writer.set(`p:${key}`, via);
      assertEquals((await within(loop.next(), "the change")).value?.value, via);
    }
  });
});

testOnEngines(
  "An observation ends with an error if its connection is closed",
  async (_t, cluster) => {
    const client = new TestClient(cluster.url(0));
    const loop = observe(client, newKey(), options);
    await within(loop.next(), "the first change");
    const pending = loop.next();
    await client[Symbol.asyncDispose]();
    await assertRejects(() => within(pending, "the error"), Error, "its connection was closed");
    assertEquals((await loop.next()).done, true);
    const late = observe(client, newKey(), options);
    await assertRejects(() => within(late.next(), "the error"), Error, "its connection was closed");
  },
  { engines: ["redis-server", "embedded"] },
);

testOnEngines(
  "An observation ends with the error that its onStatus throws",
  async (_t, cluster) => {
    await using client = new TestClient(cluster.url(0));
    const loop = observe(client, newKey(), {
      onStatus() {
        throw new RangeError("no luck");
      },
    });
    await assertRejects(() => within(loop.next(), "the error"), RangeError, "no luck");
  },
  { engines: ["embedded"] },
);

/** Measures a listener as a process on real servers. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { nowMicros } from "../../lib/clock.ts";
import { createStamp, formatStamp } from "../../lib/protocol/stamp.ts";
import { until } from "../../cluster/waiting.ts";
import { TestClient, testOnEngines } from "../../tests/testing.ts";
import { Listener } from "./listener.ts";

const FOREVER = new AbortController().signal;

testOnEngines("Listener.take() returns what the listener has handled", async (_t, cluster) => {
  const setup = { role: "listener_sync", name: "measured", permissions: [] } as const;
  const env = { KEYDB_URL: cluster.url(0) };
  await using listener = await Listener.start({ ...setup, env }, FOREVER);
  await using client = new TestClient(cluster.url(0));
  const begin = nowMicros();
  await client.set("shared_key", formatStamp(createStamp("load", 7, begin)));
  let handled = 0;
  await until(async () => {
    const { durations, staleness } = await listener.take({
      schedule: { begin, rate: 1, writes: 1000 },
    });
    handled += durations.totalCount;
    assert(staleness === null || staleness >= 0);
    return handled === 1;
  }, "a report of the value");
  assertEquals(
    (await listener.take({ schedule: { begin: 0, rate: 1, writes: 1 } })).staleness,
    null,
  ); // no report lies within this schedule
}, { engines: ["redis-server", "embedded"] });

Deno.test("Listener.start() rejects with the reason if the listener cannot start", async () => {
  const env = { KEYDB_URL: "nonsense" };
  const setup = { role: "listener_async", name: "measured", env, permissions: [] } as const;
  const { message } = await assertRejects(() => Listener.start(setup, FOREVER), Error);
  assertStringIncludes(message, "measured has ended with exit code 2: KEYDB_URL must be redis://");
});

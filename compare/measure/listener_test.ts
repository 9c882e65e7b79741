/** A listener under measurement, as a process on real servers. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { nowMicros } from "../../lib/clock.ts";
import { createStamp, formatStamp } from "../../lib/protocol/stamp.ts";
import { TestClient, testOnEngines } from "../../tests/testing.ts";
import { Listener } from "./listener.ts";

const FOREVER = new AbortController().signal;

/** Seconds are more than the answer to one value takes; milliseconds are less than a report. */
const LONG_MS = 10_000;
const SHORT_MS = 1;

testOnEngines("A listener tells when it has handled a value", async (_t, cluster) => {
  const setup = { role: "listener_sync", name: "measured", permissions: [] } as const;
  const env = { KEYDB_URL: cluster.url(0) };
  await using listener = await Listener.start({ ...setup, env }, FOREVER);
  assert(listener.startUp > 0);
  await using client = new TestClient(cluster.url(0));
  await client.set("shared_key", formatStamp(createStamp("load", 7, nowMicros())));
  assert(await listener.handles(7, LONG_MS, FOREVER));
  assertEquals(await listener.handles(8, SHORT_MS, FOREVER), false);
  assert(listener.reports.some(({ handled }) => handled === 1));
  listener.forget();
  assertEquals(listener.reports.some(({ handled }) => handled === 1), false);
  const enough = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => listener.handles(8, LONG_MS, enough), Error, "enough");
}, { engines: ["redis-server", "embedded"] });

Deno.test("A listener that cannot start says why", async () => {
  const env = { KEYDB_URL: "nonsense" };
  const setup = { role: "listener_async", name: "measured", env, permissions: [] } as const;
  const { message } = await assertRejects(() => Listener.start(setup, FOREVER), Error);
  assertStringIncludes(message, "measured has ended with exit code 2: KEYDB_URL must be redis://");
});

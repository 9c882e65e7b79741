/** The roles' handlers, called with one event at a time. */

import { changeTo } from "./changes.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Change } from "../lib/observe/change.ts";
import { readConfig } from "../lib/role/config.ts";
import { IntervalTimer } from "../lib/role/interval_timer.ts";
import { Metrics } from "../lib/telemetry/metrics.ts";
import type { RoleContext } from "../lib/role/role.ts";
import { createStamp, formatStamp } from "../lib/protocol/stamp.ts";
import { TestClient, testOnEngines, within } from "./testing.ts";
import * as listenerAsync from "../functions/listener_async.ts";
import * as listenerSync from "../functions/listener_sync.ts";
import { handleInterval, handleWrite } from "../functions/writer.ts";

/** Creates a context that keeps its log. */
function contextOf(
  client: TestClient,
  name: string,
  env: Record<string, string> = {},
): { context: RoleContext; lines: string[] } {
  const lines: string[] = [];
  const keep = (message: string) => void lines.push(message);
  const context = {
    name,
    config: readConfig(name, (variable) => env[variable]),
    client,
    write: <T>(command: (client: TestClient) => Promise<T>) => command(client),
    log: { debug: keep, info: keep, warn: keep, error: keep },
    metrics: new Metrics(),
    observing: {},
    signal: new AbortController().signal,
  };
  return { context, lines };
}

testOnEngines("The handlers", async (t, cluster) => {
  await using client = new TestClient(cluster.url(0));

  for (const { handleChange, PHRASE } of [listenerSync, listenerAsync]) {
    await t.step(`answer a change with '${PHRASE}'`, async () => {
      const { context, lines } = contextOf(client, "me");
      const stamp = createStamp("w", 7, 5_000_000);
      await handleChange(changeTo(formatStamp(stamp), { conflated: 2, missed: 1 }), context);
      assertEquals(await client.get("handshake_key"), PHRASE);
      assertMatch(
        await client.get("handshake_key:me") ?? "",
        new RegExp(`^${PHRASE} seq 7 micros `),
      );
      assertEquals(lines[0], "me missed 1 value of shared_key (notification)");
      assertEquals(
        lines[1],
        "me read shared_key: w seq 7 micros 5000000 timestamp 5, Time difference: 1.000000 seconds",
      );
      const { handled, conflated, missed } = context.metrics;
      assertEquals([handled, conflated, missed], [1, 2, 1]);
    });

    await t.step(`work before they answer with '${PHRASE}'`, async () => {
      await client.del("handshake_key");
      const { context } = contextOf(client, "me", { SIMULATED_WORK: "compute 20" });
      const stamp = createStamp("w", 8, 5_000_000);
      const begin = performance.now();
      const write: RoleContext["write"] = (command) => {
        assert(performance.now() - begin >= 20);
        return context.write(command);
      };
      const change = changeTo(formatStamp(stamp), { conflated: 2, missed: 1 });
      await handleChange(change, { ...context, write });
      assertEquals(await client.get("handshake_key"), PHRASE);
    });

    await t.step(`end with the signal while they wait to answer with '${PHRASE}'`, async () => {
      await client.del("handshake_key");
      const { context } = contextOf(client, "me", { SIMULATED_WORK: "wait 10000" });
      const stop = new AbortController();
      const stamp = createStamp("w", 9, 5_000_000);
      const change = changeTo(formatStamp(stamp), { conflated: 2, missed: 1 });
      const handling = handleChange(change, { ...context, signal: stop.signal });
      stop.abort(new Error("enough"));
      await assertRejects(() => within(handling, "the end of the work"), Error, "enough");
      assertEquals(await client.exists("handshake_key"), 0);
    });

    await t.step(`do not answer a value without a stamp with '${PHRASE}'`, async () => {
      await client.del("handshake_key");
      const { context, lines } = contextOf(client, "me");
      for (const value of ["hello", null]) {
        await handleChange(changeTo(value), context);
      }
      assertEquals(await client.exists("handshake_key"), 0);
      assertEquals(lines.length, 2);
      assertEquals(context.metrics.handled, 0);
    });
  }

  await t.step("set a stamp", async () => {
    const { context } = contextOf(client, "me");
    await handleWrite({ seq: 5 }, context);
    assertMatch(
      await client.get("shared_key") ?? "",
      /^me seq 5 micros \d{16} run [0-9a-f]{8} timestamp \d{10}$/,
    );
    assertEquals(context.metrics.handled, 1);
  });

  await t.step(
    "follow the interval, warn if it is invalid, and set it if it is absent",
    async () => {
      const { context, lines } = contextOf(client, "me");
      const timer = new IntervalTimer(10);
      const handle = (change: Partial<Change>) =>
        handleInterval({ ...changeTo(null), ...change }, { ...context, timer });
      await handle({ value: "0.5" });
      assertEquals(timer.interval, 0.5);
      await handle({ value: "0" });
      await handle({ problem: "it is not a string" });
      assertEquals(timer.interval, 0.5);
      const rule = "update_interval must be a number of seconds from 0.001 to 86400";
      assertEquals(lines, [
        "me now writes every 0.5 seconds",
        `${rule}: got "0"; it stays at 0.5`,
        `${rule}: it is not a string; it stays at 0.5`,
      ]);
      await client.del("update_interval");
      await handle({});
      assertEquals(await client.get("update_interval"), "10");
    },
  );
}, { engines: ["embedded", "redis-server"] });

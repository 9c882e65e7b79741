/** The roles' reports: they account for every value, and no other line is logged. */

import { assert, assertEquals } from "@std/assert";
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { nowMicros } from "../lib/clock.ts";
import { createStamp, formatStamp, parseStamp } from "../lib/protocol/stamp.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { PatternRole } from "../cluster/roles.ts";
import { RoleUnderTest, TestClient, testOnEngines, until } from "./testing.ts";

/** A report's numbers by name; the distributions are texts. */
type Report = Record<string, number> & Record<"level" | "event" | "message", string>;

const COUNTS = ["handled", "conflated", "missed", "failed", "negative"] as const;

async function start(name: PatternRole, cluster: Cluster): Promise<RoleUnderTest> {
  const node = { writer: 0, listener_sync: 1, listener_async: 2 }[name];
  return await RoleUnderTest.start(name, {
    KEYDB_URL: cluster.url(node),
    LOG_FORMAT: "json",
    LOG_LEVEL: "warn",
    REPORT_INTERVAL: "0.1",
  });
}

function reportsOf({ lines }: RoleUnderTest): Report[] {
  return lines.map((line) => JSON.parse(line));
}

function sum(reports: Report[], name: string): number {
  return reports.reduce((sum, report) => sum + report[name], 0);
}

/** Returns how many durations all reports hold. */
function durations(reports: Report[], name: string): number {
  return reports.map((report) => report[name] as unknown as string | undefined)
    .filter((text) => text !== undefined)
    .map((text) => decodeFromCompressedBase64(text).totalCount)
    .reduce((sum, count) => sum + count, 0);
}

/** Asserts what holds for every role's reports. */
function assertSound(reports: Report[]): void {
  for (const [index, report] of reports.entries()) {
    assertEquals([report.level, report.event], ["info", "report"], report.message);
    if (index > 0) assertEquals(report.from, reports[index - 1].to);
    assert(report.from < report.to);
    assert(report.memory > 0);
    assert(report.cpu >= 0);
  }
  assert(sum(reports, "cpu") > 0);
  assertEquals(sum(reports, "failed"), 0);
}

testOnEngines("The roles' reports account for every value", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  const first = createStamp("writer", 1, nowMicros());
  await client.set("shared_key", formatStamp(first));
  await client.set("update_interval", "0.02"); // slow enough that some changes do not replace another
  for (const node of cluster.nodes) {
    await using there = new TestClient(node.url);
    await until(async () => await there.exists("shared_key") === 1, "the first value");
  }
  await using sync = await start("listener_sync", cluster);
  await using async = await start("listener_async", cluster);
  const listeners = [sync, async];
  for (const listener of listeners) await listener.line(/"newestSeq":1,/);
  await using writer = await start("writer", cluster);
  await writer.line(/"newestSeq":([5-9]\d|\d{3})/);
  assertEquals(await writer.stop(), 0);
  const { seq, micros } = parseStamp(await client.get("shared_key") ?? "")!;
  for (const listener of listeners) {
    await listener.line(new RegExp(`"newestSeq":${seq},`));
    assertEquals(await listener.stop(), 0);
  }

  for (const listener of listeners) {
    const reports = reportsOf(listener);
    assertSound(reports);
    const [handled, conflated, missed, , negative] = COUNTS.map((name) => sum(reports, name));
    assertEquals(handled + conflated + missed, seq);
    const timed = handled - 1; // the value at the start is not timed
    assertEquals(durations(reports, "timeDifference") + negative, timed);
    assertEquals(durations(reports, "answered"), timed);
    const steps = ["notification", "read", "handshake"].map((name) => durations(reports, name));
    assert(Math.min(...steps) > 0);
    assert(Math.max(...steps) <= timed);
    const last = reports.at(-1)!;
    assertEquals([last.newestSeq, last.newestMicros], [seq, micros]);
    assert(last.newestAt > last.newestMicros);
    assert(last.observingSince > first.micros!);
    const estimates = reports.filter(({ clockServer }) => clockServer);
    assert(estimates.length > 0);
    for (const { clockOffset, clockUncertainty } of estimates) { // both are on one host
      assert(Math.abs(clockOffset) <= clockUncertainty);
    }
    assert(last.staleness >= last.to - last.newestMicros);
  }

  const reports = reportsOf(writer);
  assertSound(reports);
  assertEquals(sum(reports, "handled"), seq! - 1);
  assertEquals(durations(reports, "acknowledgement"), seq! - 1);
  assertEquals(reports.at(-1)!.newestSeq, seq);
});

testOnEngines("A role works without the right to read the server's time", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  const rights = ["on", ">w-1", "allkeys", "allchannels", "+@all", "-time"];
  await client.call("acl", "setuser", "me", ...rights);
  await using role = await RoleUnderTest.start("listener_sync", {
    KEYDB_URL: cluster.url(0).replace("redis://", "redis://me:w-1@"),
    LOG_FORMAT: "json",
    REPORT_INTERVAL: "0.1",
  });
  await client.set("shared_key", formatStamp(createStamp("w", 1, nowMicros())));
  await role.line(/"event":"report".*"newestSeq":1,/);
  assertEquals(await role.stop(), 0);
  for (const line of role.lines) assert(!/clock[A-Z]|NOPERM/.test(line), line);
}, { engines: ["keydb-server", "valkey-server", "redis-server"] });

testOnEngines("A report is a readable line", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await using role = await RoleUnderTest.start("listener_sync", {
    KEYDB_URL: cluster.url(0),
    LOG_LEVEL: "error",
    REPORT_INTERVAL: "0.1",
  });
  await client.set("shared_key", formatStamp(createStamp("w", 1, nowMicros())));
  await role.line(
    /^listener_sync, 0\.\d s: 1 change handled, 0 conflated, 0 missed, time difference p50 /,
  );
  assertEquals(await role.stop(), 0);
  for (const line of role.lines) assert(/^listener_sync, \d+\.\d s: /.test(line), line);
}, { engines: ["embedded", "redis-server"] });

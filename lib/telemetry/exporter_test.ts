import { changeTo } from "../../tests/changes.ts";
import { assert, assertEquals } from "@std/assert";
import { Gauge, type Registry } from "prom-client";
import project from "../deno.json" with { type: "json" };
import type { Change } from "../observe/change.ts";
import { createRegistry } from "./exporter.ts";
import { Metrics } from "./metrics.ts";
import { ReadinessWatch } from "./readiness.ts";
import { createStamp, formatStamp, type Stamp, type StampVersion } from "../protocol/stamp.ts";

/** A role's metrics, as Prometheus sees them. */
class Exported {
  readonly metrics = new Metrics();
  readonly readiness = new ReadinessWatch();
  readonly registry: Registry;

  constructor(counts?: "changes" | "writes", name = "me") {
    this.registry = createRegistry({ name, counts, ...this });
  }

  /** The samples by series, without the role's label. */
  async samples(): Promise<Record<string, number>> {
    const lines = (await this.registry.metrics()).split("\n");
    const samples = lines.filter((line) => /^[^#]/.test(line)).map((line) => {
      const [, series, value] = /^(.*) (\S+)$/.exec(line)!;
      return [series.replace(/,?role="me"/, "").replace("{}", ""), Number(value)];
    });
    return Object.fromEntries(samples);
  }
}

const STAMP = createStamp("w", 7, 1_700_000_000_000_000);

function change(facts: Partial<Change<StampVersion>> = {}, stamp: Stamp = STAMP) {
  return changeTo(formatStamp(stamp), { readAt: STAMP.micros + 400, ...facts });
}

Deno.test("createRegistry() exports what a listener has counted so far", async () => {
  const exported = new Exported("changes");
  const { metrics } = exported;
  metrics.recordChange(change({ cause: "initial" }));
  metrics.recordChange(change({ conflated: 2, missed: 3 }));
  metrics.recordAnswer(change(), 0);
  metrics.failed++;
  const expected = {
    'keydb_observable_changes_total{cause="initial"}': 1,
    'keydb_observable_changes_total{cause="notification"}': 1,
    'keydb_observable_changes_total{cause="resync"}': 0,
    'keydb_observable_changes_total{cause="reconcile"}': 0,
    keydb_observable_conflated_values_total: 2,
    keydb_observable_missed_values_total: 3,
    keydb_observable_handshakes_total: 1,
    keydb_observable_handler_errors_total: 1,
    keydb_observable_newest_value_written_timestamp_seconds: 1_700_000_000,
    keydb_observable_last_change_timestamp_seconds: 1_700_000_000.0004,
  };
  for (let time = 0; time < 2; time++) { // nothing is counted twice
    const samples = await exported.samples();
    for (const [series, value] of Object.entries(expected)) {
      assertEquals(samples[series], value, series);
    }
  }
  metrics.recordChange(change());
  assertEquals(
    (await exported.samples())['keydb_observable_changes_total{cause="notification"}'],
    2,
  );
});

Deno.test("createRegistry() sorts durations into buckets, except negative ones", async () => {
  const exported = new Exported("changes");
  for (const micros of [50, 51, 400, 10_000_000, 10_000_001, -1]) {
    exported.metrics.recordTimeDifference(micros);
  }
  const samples = await exported.samples();
  const bucket = (le: string) =>
    samples[`keydb_observable_time_difference_seconds_bucket{le="${le}"}`];
  assertEquals(["0.00005", "0.0001", "0.0005", "5", "10", "+Inf"].map(bucket), [1, 2, 3, 3, 4, 5]);
  assertEquals(samples["keydb_observable_time_difference_seconds_count"], 5);
  assertEquals(samples["keydb_observable_negative_time_differences_total"], 1);
});

Deno.test("createRegistry() exports the time of the newest value, unless it is implausible", async () => {
  const exported = new Exported("changes");
  const name = "keydb_observable_newest_value_written_timestamp_seconds";
  const newest = async () => (await exported.samples())[name];
  assertEquals(await newest(), 0);
  exported.metrics.recordAnswer(change(), 0);
  for (const micros of [STAMP.micros - 1_000_000, STAMP.micros + 2 * 86_400_000_000]) {
    exported.metrics.recordAnswer(change({}, createStamp("w", 1, micros)), 0);
  }
  assertEquals(await newest(), STAMP.timestamp);
  const older = { writer: "w", timestamp: STAMP.timestamp + 1 };
  exported.metrics.recordAnswer(change({}, older), 0);
  assertEquals(await newest(), STAMP.timestamp + 1);
});

Deno.test("createRegistry() orders a writer's values by number if its clock is set back", () => {
  const exported = new Exported("changes");
  const back = STAMP.micros - 3_600_000_000;
  for (
    const [stamp, newest] of [
      [STAMP, STAMP.micros],
      [createStamp("w", 9, back + 2), back + 2],
      [createStamp("w", 8, back + 1), back + 2], // overtaken
      [createStamp("other", 100, back), back + 2], // another writer's numbers do not count
      [createStamp("other", 1, STAMP.micros), STAMP.micros],
    ] as const
  ) {
    exported.metrics.recordAnswer(change({}, stamp), 0);
    assertEquals(exported.metrics.newestMicros, newest);
  }
});

Deno.test("createRegistry() exports a writer's writes, and no changes", async () => {
  const exported = new Exported("writes");
  exported.metrics.recordWrite(STAMP, STAMP.micros + 400);
  exported.metrics.failed++;
  const samples = await exported.samples();
  assertEquals(samples["keydb_observable_writes_total"], 1);
  assertEquals(samples["keydb_observable_write_failures_total"], 1);
  assertEquals(samples["keydb_observable_last_write_timestamp_seconds"], STAMP.timestamp);
  assertEquals(samples['keydb_observable_write_acknowledgement_seconds_bucket{le="0.00025"}'], 0);
  assertEquals(samples['keydb_observable_write_acknowledgement_seconds_bucket{le="0.0005"}'], 1);
  assertEquals(samples["keydb_observable_write_acknowledgement_seconds_sum"], 0.0004);
  assert(!Object.keys(samples).some((series) => /change|difference|handshake/.test(series)));
});

Deno.test("createRegistry() exports any role's connection and process, and accepts more metrics", async () => {
  const exported = new Exported();
  const { readiness, registry } = exported;
  readiness.followConnection({ server: "h:1", state: "failed-over", from: "g:1" });
  readiness.followObservation({ state: "subscribed", key: "k", channel: "c" });
  new Gauge({ name: "more", help: "More.", labelNames: ["node"], registers: [registry] })
    .set({ node: "h:1" }, 1);
  const samples = await exported.samples();
  assertEquals(Object.keys(samples), [
    `keydb_observable_build_info{version="${project.version}",deno="${Deno.version.deno}"}`,
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
    "keydb_observable_connected",
    "keydb_observable_subscribed",
    "keydb_observable_announced",
    "keydb_observable_ready",
    "keydb_observable_reconnects_total",
    "keydb_observable_failovers_total",
    'more{node="h:1"}',
  ]);
  assert(samples["process_cpu_seconds_total"] > 0);
  assert(samples["process_resident_memory_bytes"] > 1e6);
  const age = Date.now() / 1000 - samples["process_start_time_seconds"];
  assert(age > 0 && age < 3600, `${age}`);
  assertEquals(samples["keydb_observable_connected"], 1);
  assertEquals(samples["keydb_observable_subscribed"], 1);
  assertEquals(samples["keydb_observable_announced"], 1);
  assertEquals(samples["keydb_observable_ready"], 1);
  assertEquals(samples["keydb_observable_failovers_total"], 1);
});

Deno.test("createRegistry() escapes a name that would end the label", async () => {
  const text = await new Exported(undefined, 'a"}\\b').registry.metrics();
  assert(text.includes('keydb_observable_connected{role="a\\"}\\\\b"} 0'), text);
});

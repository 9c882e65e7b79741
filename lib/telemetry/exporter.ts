/**
 * What a role counts and times, for Prometheus. Everything except the histograms is read at each request.
 */

import process from "node:process";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import project from "../deno.json" with { type: "json" };
import type { Cause } from "../observe/change.ts";
import type { Metrics } from "./metrics.ts";
import type { ReadinessWatch } from "./readiness.ts";

/** What a role's metrics are made of. */
export interface ExportSource {
  /** The role's name, a label of every metric. */
  readonly name: string;
  /** What `metrics` counts: changes delivered, or writes; neither if absent. */
  readonly counts?: "changes" | "writes";
  /** What the role counts and times. */
  readonly metrics: Metrics;
  /** Whether the role is ready. */
  readonly readiness: ReadinessWatch;
}

/** Upper bounds of the histograms' buckets, in seconds: 50 µs to 10 s, two or three a decade. */
const BUCKETS = [
  ...[50e-6, 100e-6, 250e-6, 500e-6],
  ...[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5],
  ...[1, 2.5, 5, 10],
];

/** Ends the help texts of points in time. */
const EPOCH = "in seconds since the Unix epoch; 0 until there is one.";

/**
 * Registers a role's metrics, and observes its durations from now on.
 *
 * @param source What they are made of.
 * @returns The registry, to which more metrics may be added.
 *
 * @example Usage
 * ```ts
 * import { createRegistry } from "./exporter.ts";
 * import { Metrics } from "./metrics.ts";
 * import { ReadinessWatch } from "./readiness.ts";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const [metrics, readiness] = [new Metrics(), new ReadinessWatch()];
 * const registry = createRegistry({ name: "me", counts: "changes", metrics, readiness });
 * metrics.missed = 3;
 * assertStringIncludes(await registry.metrics(), 'keydb_observable_missed_values_total{role="me"} 3');
 * ```
 */
export function createRegistry(source: ExportSource): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ role: source.name });
  addProcess(registry);
  addConnection(registry, source.readiness);
  if (source.counts === "changes") addChanges(registry, source.metrics);
  if (source.counts === "writes") addWrites(registry, source.metrics);
  return registry;
}

function addProcess(registry: Registry): void {
  new Gauge({
    name: "keydb_observable_build_info",
    help: "Always 1; the labels are the versions of the program and of Deno.",
    labelNames: ["version", "deno"],
    registers: [registry],
  }).set({ version: project.version, deno: Deno.version.deno }, 1);
  addCounters(registry, {
    process_cpu_seconds_total: ["CPU time used, in seconds.", cpuSeconds],
  });
  addGauges(registry, {
    process_resident_memory_bytes: ["Memory held, in bytes.", () => Deno.memoryUsage().rss],
    process_start_time_seconds: [
      "When the process began, in seconds since the Unix epoch.",
      () => performance.timeOrigin / 1000,
    ],
  });
}

function addConnection(registry: Registry, readiness: ReadinessWatch): void {
  addGauges(registry, {
    keydb_observable_connected: [
      "1 while the role is connected, else 0.",
      () => Number(readiness.connected),
    ],
    keydb_observable_subscribed: [
      "1 while all of the role's observations are subscribed, else 0.",
      () => Number(readiness.subscribed),
    ],
    keydb_observable_announced: [
      "1 while servers announce changes as far as is known, 0 if notify-keyspace-events lacks flags.",
      () => Number(readiness.announced),
    ],
    keydb_observable_ready: [
      "1 while the role is connected and its observations are current, as /readyz says, else 0.",
      () => Number(readiness.readiness.ready),
    ],
  });
  addCounters(registry, {
    keydb_observable_reconnects_total: [
      "How often the role reconnected after its connection was lost.",
      () => readiness.reconnects,
    ],
    keydb_observable_failovers_total: [
      "How often the connection failed over to a less preferred server.",
      () => readiness.failovers,
    ],
  });
}

function addChanges(registry: Registry, metrics: Metrics): void {
  new Counter({
    name: "keydb_observable_changes_total",
    help: "Changes delivered, by the cause of their read.",
    labelNames: ["cause"],
    registers: [registry],
    collect() {
      this.reset();
      for (const cause of Object.keys(metrics.changes) as Cause[]) {
        this.inc({ cause }, metrics.changes[cause]);
      }
    },
  });
  addCounters(registry, {
    keydb_observable_conflated_values_total: [
      "Values replaced by a newer one before they were read.",
      () => metrics.conflated,
    ],
    keydb_observable_missed_values_total: [
      "Values written while the listener was not subscribed, or that were not announced.",
      () => metrics.missed,
    ],
    keydb_observable_handshakes_total: [
      "Changes answered with a handshake that a server acknowledged.",
      () => metrics.handled,
    ],
    keydb_observable_handler_errors_total: ["Changes whose handling failed.", () => metrics.failed],
    keydb_observable_negative_time_differences_total: [
      "Time differences below zero: the clocks of writer and listener are apart.",
      () => metrics.negative,
    ],
  });
  observeDurations(
    registry,
    metrics,
    "keydb_observable_time_difference_seconds",
    "From the write of a value to the end of its read. The initial value is not timed, negative " +
      "ones count only in keydb_observable_negative_time_differences_total, and values of the older " +
      "form have whole seconds.",
  );
  addGauges(registry, {
    keydb_observable_newest_value_written_timestamp_seconds: [
      `When the newest value that was handled was written, ${EPOCH}`,
      () => seconds(metrics.newestMicros),
    ],
    keydb_observable_last_change_timestamp_seconds: [
      `When the last change was read, ${EPOCH}`,
      () => seconds(metrics.changedAt),
    ],
  });
}

function addWrites(registry: Registry, metrics: Metrics): void {
  addCounters(registry, {
    keydb_observable_writes_total: [
      "Values whose write a server acknowledged.",
      () => metrics.handled,
    ],
    keydb_observable_write_failures_total: [
      "Writes of a value or of the interval that failed permanently.",
      () => metrics.failed,
    ],
  });
  observeDurations(
    registry,
    metrics,
    "keydb_observable_write_acknowledgement_seconds",
    "From a value's time in its stamp to the acknowledgement of its write.",
  );
  addGauges(registry, {
    keydb_observable_last_write_timestamp_seconds: [
      `The time in the stamp of the last value that a server acknowledged, ${EPOCH}`,
      () => seconds(metrics.newestMicros),
    ],
  });
}

/** Metrics by name: their help text, and how they are read. */
type Readings = Record<string, [help: string, read: () => number]>;

function addCounters(registry: Registry, readings: Readings): void {
  for (const [name, [help, read]] of Object.entries(readings)) {
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset(); // a counter cannot be set
        this.inc(read());
      },
    });
  }
}

function addGauges(registry: Registry, readings: Readings): void {
  for (const [name, [help, read]] of Object.entries(readings)) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  }
}

function observeDurations(registry: Registry, metrics: Metrics, name: string, help: string): void {
  const histogram = new Histogram({ name, help, buckets: BUCKETS, registers: [registry] });
  metrics.onDuration = (seconds) => histogram.observe(seconds);
}

function seconds(micros = 0): number {
  return micros / 1e6;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return seconds(user + system);
}

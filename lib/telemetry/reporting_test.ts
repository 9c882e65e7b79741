import { assert, assertEquals } from "@std/assert";
import { until } from "../../tests/testing.ts";
import { nowMicros } from "../clock.ts";
import type { LogFacts } from "./log.ts";
import { Metrics, type Totals } from "./metrics.ts";
import { Reports } from "./reporting.ts";
import { createStamp } from "../protocol/stamp.ts";

/** Keeps the reports that are logged. */
class Kept {
  readonly metrics = new Metrics();
  readonly messages: string[] = [];
  readonly facts: LogFacts[] = [];
  readonly reports: Reports;

  constructor(interval: number) {
    const log = {
      debug() {},
      info: (message: string, facts?: LogFacts) => {
        this.messages.push(message);
        this.facts.push(facts!);
      },
      warn() {},
      error() {},
    };
    const summarize = ({ handled, percentiles }: Totals) => `${handled} done, ${percentiles()}`;
    this.reports = new Reports(interval, { name: "me", log, metrics: this.metrics, summarize });
  }

  write(seq: number, micros: number): void {
    const now = nowMicros();
    this.metrics.recordWrite(createStamp("w", seq, now - micros), now);
  }
}

Deno.test("Reports end with a report of everything since the last one", async () => {
  const kept = new Kept(0.05);
  kept.write(1, 400);
  await until(() => kept.facts.some(({ handled }) => handled === 1), "the first report");
  const { length } = kept.facts;
  kept.write(2, 300);
  kept.write(3, 300);
  kept.metrics.failed++;
  kept.reports.end();
  const later = kept.facts.slice(length);
  assertEquals(later.reduce((sum, { handled }) => sum + (handled as number), 0), 2);
  assertEquals(later.reduce((sum, { failed }) => sum + (failed as number), 0), 1);
  assertEquals(later.at(-1)!.newestSeq, 3);
  for (const [index, { from }] of kept.facts.entries()) {
    if (index > 0) assertEquals(from, kept.facts[index - 1].to);
  }
});

Deno.test("Reports use the role's summary, for their interval only", () => {
  const kept = new Kept(3600);
  kept.write(1, 400);
  kept.metrics.recordTimeDifference(-5);
  kept.reports.end();
  assertEquals(kept.messages, [
    "me, 0.0 s: 1 done, p50 0.000400 s (1 negative, clocks apart)",
  ]);
});

Deno.test("Reports include the process's CPU time and memory", () => {
  const kept = new Kept(3600);
  kept.reports.end();
  const [{ cpu, memory }] = kept.facts;
  assert(cpu as number >= 0);
  assert(memory as number > 1e6);
});

Deno.test("Reports record nothing after their end", () => {
  const kept = new Kept(3600);
  kept.reports.end();
  assertEquals(kept.metrics.recent, undefined);
});

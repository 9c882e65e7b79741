/** Figures, from reports whose content is known. */

import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { build, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";
import { clockOf, scenarioResult } from "./figures.ts";
import type { RawScenario } from "../measure/experiment.ts";
import type { ListenerReport } from "../measure/listener.ts";
import type { RawRun } from "../measure/run.ts";
import { planScenario } from "../measure/scenarios.ts";

const BEGIN = 1_000_000_000;

function histogramOf(...values: number[]): Histogram {
  const histogram = build({ numberOfSignificantValueDigits: 3, autoResize: true });
  for (const value of values) histogram.recordValue(value);
  return histogram;
}

function report(from: number, facts: Partial<ListenerReport> = {}): ListenerReport {
  return {
    from: BEGIN + from,
    to: BEGIN + from + 100_000,
    ...{ handled: 0, conflated: 0, missed: 0, failed: 0, negative: 0, cpu: 0, memory: 1 },
    ...facts,
  };
}

/** A run of a hundred writes within a second, of which each listener handles all in the first interval. */
function run(differences: Partial<RawRun> = {}): RawRun {
  return {
    schedule: { begin: BEGIN, rate: 100, writes: 100 },
    lastSeq: 100,
    reports: [[report(0, { handled: 100, newestSeq: 100, newestAt: BEGIN + 995_000 })]],
    caughtUp: true,
    load: { acknowledged: 100, lateness: histogramOf(10, 20, 30) },
    roundTrips: histogramOf(1000),
    serverCpu: 0.05,
    ...differences,
  };
}

function scenario(...runs: RawRun[]): RawScenario {
  const scenario = planScenario("anatomy", { quick: true, nodes: 1 });
  const [point] = scenario.points;
  const variants = [{ runs, startUps: [300_000, 500_000, 400_000] }, { runs: [], startUps: [] }];
  return { scenario, points: [{ point, variants }] };
}

function variantOf(...runs: RawRun[]) {
  const { points: [{ variants }] } = scenarioResult(scenario(...runs), null);
  assertEquals(variants.length, 1); // the variant without a run is left out
  return variants[0];
}

Deno.test("scenarioResult() adds up what all listeners report in all intervals", () => {
  const reports = [
    [
      report(0, { handled: 40, conflated: 10, cpu: 20_000, memory: 7 }),
      report(1e5, { handled: 30 }),
    ],
    [report(0, { handled: 90, missed: 2, failed: 1, negative: 3, cpu: 60_000, memory: 9 })],
  ];
  const { runs: [run1], figures } = variantOf(run({ reports }));
  const { handled, conflated, missed, failed, negative } = run1;
  assertEquals([handled, conflated, missed, failed, negative], [160, 10, 2, 1, 3]);
  assertEquals(figures.handledShare!.median, 0.8); // 160 of 100 for each of two
  assertEquals(figures.cpuPer1000!.median, 0.5);
  assertAlmostEquals(figures.cpuLoad!.median, 0.04 / 0.99, 1e-9); // each, until the last write was due
  assertEquals(figures.serverCpuPer1000!.median, 0.5);
  assertEquals(figures.peakMemory!.median, 9);
  assertEquals(figures.startUp, { median: 400_000, least: 300_000, greatest: 500_000 });
});

Deno.test("scenarioResult() gives the median of the repetitions and merges their distributions", () => {
  const times = [100, 300, 900].map((micros) => {
    const timeDifference = encodeIntoCompressedBase64(histogramOf(micros, micros, micros));
    return run({ reports: [[report(0, { timeDifference })]] });
  });
  const { figures, merged } = variantOf(...times);
  assertEquals(figures.timeDifferenceP50!.median, 300);
  assertEquals([figures.timeDifferenceP50!.least, figures.timeDifferenceP50!.greatest], [100, 900]);
  assertEquals([merged.timeDifference.count, merged.timeDifference.max], [9, 900]);
  assertEquals(figures.timeDifferenceP99, null);
});

Deno.test("scenarioResult() leaves runs out whose load was late or refused, and says why", () => {
  const late = run({ load: { acknowledged: 100, lateness: histogramOf(10, 90_000, 90_000) } });
  const refused = run({
    load: { acknowledged: 0, lateness: histogramOf(1), problem: "OOM command not allowed" },
  });
  const noisy = run({ noise: { acknowledged: 9, lateness: histogramOf(110_000) } });
  const { runs, figures } = variantOf(late, refused, noisy, run());
  assertMatch(runs[0].invalid!, /^The load generator could not keep up: .* 90 ms late/);
  assertEquals(runs[1].invalid, "The writes of the load failed: OOM command not allowed");
  assertMatch(runs[2].invalid!, /^The noise generator could not keep up/);
  assertEquals(runs[3].invalid, null);
  assertEquals(figures.roundTripP50, null); // one value has no median
  assertEquals(figures.roundTripMax!.least, figures.roundTripMax!.greatest);
  assertEquals(variantOf(late).figures.handledShare, null);
});

Deno.test("scenarioResult() tells how old the newest value was while writes came", () => {
  const reports = [[
    report(-50_000, { staleness: 700_000 }), // of a value from before the run
    report(50_000, { staleness: 30_000 }),
    report(150_000, { staleness: 50_000 }),
    report(250_000, { staleness: 40_000 }),
    report(950_000, { staleness: 99_000 }), // ends after the last write
  ]];
  const { runs: [{ staleness }], figures } = variantOf(run({ reports }));
  assertEquals(staleness, [[0.15, 30_000], [0.25, 50_000], [0.35, 40_000]]);
  assertEquals([figures.staleness!.median, figures.stalenessPeak!.median], [40_000, 50_000]);
});

Deno.test("scenarioResult() counts catching up until the last listener has the newest value", () => {
  const reports = [5000, 7000].map((late) => [
    report(0, { newestSeq: 99, newestAt: BEGIN + 980_000 }),
    report(1e5, { newestSeq: 100, newestAt: BEGIN + 990_000 + late }),
  ]);
  assertEquals(variantOf(run({ reports })).figures.catchUp!.median, 7000);
  assertEquals(variantOf(run({ reports, caughtUp: false })).figures.catchUp, null);
});

Deno.test("clockOf() compares both clocks with the same server's, and believes the best comparison", () => {
  const reports = [[
    report(0, { clockServer: "a:1", clockOffset: 5000, clockUncertainty: 200 }),
    report(1, { clockServer: "a:1", clockOffset: 5100, clockUncertainty: 50 }),
    report(2, { clockServer: "b:1", clockOffset: 9000, clockUncertainty: 1 }),
    report(3),
  ]];
  const writer = new Map([["a:1", { offset: 1000, uncertainty: 20 }]]);
  const clock = clockOf([scenario(run({ reports }))], writer);
  assertEquals(clock, { offset: 4100, uncertainty: 70 });
  assertEquals(clockOf([scenario(run())], writer), null);
});

Deno.test("scenarioResult() corrects what crosses two clocks, and nothing else", () => {
  const encoded = encodeIntoCompressedBase64(histogramOf(500, 500));
  const durations = { timeDifference: encoded, notification: encoded, answered: encoded };
  const facts = { ...durations, read: encoded, handshake: encoded };
  const raw = scenario(run({ reports: [[report(0, facts)]], roundTrips: histogramOf(500, 500) }));
  const { points: [{ variants: [{ merged }] }] } = scenarioResult(raw, {
    offset: 100,
    uncertainty: 1,
  });
  const p50s = Object.entries(merged).map(([name, { p50 }]) => [name, p50]);
  assertEquals(Object.fromEntries(p50s), {
    ...{ timeDifference: 400, notification: 400, answered: 400 },
    ...{ read: 500, handshake: 500, roundTrip: 500 },
  });
  assert(merged.timeDifference.curve.length > 0);
});

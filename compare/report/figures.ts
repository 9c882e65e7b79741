/** From what was reported to the figures of the report. */

import type { Histogram } from "hdr-histogram-js";
import { type ClockOffset, differenceOfOffsets } from "../../lib/telemetry/clock_offset.ts";
import type { RawPoint, RawScenario, RawVariant } from "../measure/experiment.ts";
import { distributionOf, merge } from "../measure/histograms.ts";
import type { ListenerReport } from "../measure/listener.ts";
import {
  type Clock,
  type Distribution,
  type Distributions,
  DURATION_NAMES,
  type DurationName,
  FIGURE_NAMES,
  type FigureName,
  type PointResult,
  type Run,
  type ScenarioResult,
  type VariantResult,
} from "../results.ts";
import type { RawRun } from "../measure/run.ts";
import { dueAt, secondsOf } from "../measure/schedule.ts";
import { spreadOf } from "../measure/statistics.ts";
import { formatValue } from "./units.ts";

/**
 * How late writes may be sent before their generator counts as too slow, in microseconds: half of them, and nine
 * in ten. A single stall of the machine is none of its making, and counts against what is measured. Of noise it
 * only matters that there is as much as was said.
 */
const MAX_LATE = { load: { p50: 5_000, p90: 50_000 }, noise: { p50: 50_000, p90: 100_000 } };

/** The durations that begin by the writer's clock and end by the listener's. */
const ACROSS_CLOCKS: readonly DurationName[] = ["timeDifference", "answered", "notification"];

/**
 * Finds out how far the listeners' clock is ahead of the writer's: both are compared with the clock of the
 * same server, and the comparison with the least uncertainty counts.
 *
 * @param scenarios What was reported.
 * @param writer The writer's clock compared with the servers', by their names as the reports have them.
 * @returns The offset, or `null` where the servers do not tell the time.
 */
export function clockOf(
  scenarios: readonly RawScenario[],
  writer: ReadonlyMap<string, ClockOffset>,
): Clock | null {
  let best: Clock | null = null;
  for (const report of reportsOf(scenarios)) {
    const { clockServer = "", clockOffset, clockUncertainty } = report;
    const base = writer.get(clockServer);
    if (!base || clockOffset === undefined || clockUncertainty === undefined) continue;
    const listener = { offset: clockOffset, uncertainty: clockUncertainty };
    const clock = differenceOfOffsets(listener, base);
    if (!best || clock.uncertainty < best.uncertainty) best = clock;
  }
  return best;
}

function* reportsOf(scenarios: readonly RawScenario[]): Generator<ListenerReport> {
  for (const { points } of scenarios) {
    for (const { variants } of points) {
      for (const { runs } of variants) {
        for (const { reports } of runs) yield* reports.flat();
      }
    }
  }
}

/**
 * Works out the figures of a scenario.
 *
 * @param raw What was reported.
 * @param clock How far the listeners' clock is ahead of the writer's, if known.
 * @returns The figures; variants and points without a run are left out.
 */
export function scenarioResult(
  { scenario, points }: RawScenario,
  clock: Clock | null,
): ScenarioResult {
  const { name, skipped, variants, conditions } = scenario;
  const offset = clock?.offset ?? 0;
  const results = points.map((point) => pointResult(point, variants, offset));
  return {
    name,
    skipped,
    variants,
    conditions,
    points: results.filter(({ variants }) => variants.length > 0),
  };
}

function pointResult(
  { point, variants }: RawPoint,
  names: readonly string[],
  offset: number,
): PointResult {
  const results = variants.map((variant, index) => variantResult(variant, names[index], offset));
  return {
    x: point.x,
    rate: point.offer.rate,
    variants: results.filter(({ runs }) => runs.length > 0),
  };
}

function variantResult(
  { runs: raws, startUps }: RawVariant,
  variant: string,
  offset: number,
): VariantResult {
  const runs = raws.map((raw, index) => runResult(raw, index + 1, offset));
  const valid = runs.filter(({ invalid }) => invalid === null);
  const figures = Object.fromEntries(FIGURE_NAMES.map((name) => {
    const values = name === "startUp" ? startUps : valid.map(({ figures }) => figures[name]);
    return [name, spreadOf(values)];
  })) as VariantResult["figures"];
  const validRaws = raws.filter((_, index) => runs[index].invalid === null);
  return { variant, runs, merged: distributionsOf(validRaws, offset), figures };
}

function runResult(raw: RawRun, repetition: number, offset: number): Run {
  const { schedule, load, caughtUp } = raw;
  const reports = raw.reports.flat();
  const lateness = withoutCurve(distributionOf(load.lateness));
  const distributions = distributionsOf([raw], offset);
  const counts = {
    handled: sum(reports, ({ handled }) => handled),
    conflated: sum(reports, ({ conflated }) => conflated),
    missed: sum(reports, ({ missed }) => missed),
    failed: sum(reports, ({ failed }) => failed),
    negative: sum(reports, ({ negative }) => negative),
  };
  const staleness = stalenessOf(raw);
  return {
    repetition,
    invalid: problemOf(raw),
    writes: load.acknowledged,
    seconds: secondsOf(schedule),
    ...counts,
    caughtUp,
    lateness,
    distributions: mapDistributions((name) => withoutCurve(distributions[name])),
    staleness,
    figures: {
      ...durationFigures(distributions),
      handledShare: counts.handled / (schedule.writes * raw.reports.length),
      staleness: spreadOf(staleness.map(([, micros]) => micros))?.median ?? null,
      stalenessPeak: spreadOf(staleness.map(([, micros]) => micros))?.greatest ?? null,
      catchUp: catchUpOf(raw),
      cpuPer1000: counts.handled > 0
        ? sum(reports, ({ cpu }) => cpu) / 1e6 / counts.handled * 1000
        : null,
      cpuLoad: sum(reports, ({ cpu }) => cpu) / raw.reports.length / microsOf(raw),
      serverCpuPer1000: raw.serverCpu === null ? null : raw.serverCpu / schedule.writes * 1000,
      peakMemory: Math.max(...reports.map(({ memory }) => memory)),
      startUp: null, // not of a run
    },
  };
}

/** Why a run does not count. */
function problemOf({ schedule, load, noise }: RawRun): string | null {
  for (const [name, generated] of [["load", load], ["noise", noise]] as const) {
    if (!generated) continue;
    if (generated.problem) return `The writes of the ${name} failed: ${generated.problem}`;
    if (schedule.rate === null) continue; // all at once: the first is in time, or there is no run
    const [p50, p90] = [50, 90].map((percentile) => {
      return generated.lateness.getValueAtPercentile(percentile);
    });
    if (p50 > MAX_LATE[name].p50 || p90 > MAX_LATE[name].p90) {
      const late = `half of its writes were more than ${formatValue(p50, "micros")} late, ` +
        `one in ten ${formatValue(p90, "micros")}`;
      return `The ${name} generator could not keep up: ${late}`;
    }
  }
  return null;
}

function distributionsOf(raws: readonly RawRun[], offset: number): Distributions {
  return mapDistributions((name) => {
    const correction = ACROSS_CLOCKS.includes(name) ? offset : 0;
    return distributionOf(merge(raws.flatMap((raw) => histogramsOf(raw, name))), correction);
  });
}

function histogramsOf(raw: RawRun, name: DurationName): (Histogram | string | undefined)[] {
  if (name === "roundTrip") return [raw.roundTrips];
  return raw.reports.flat().map((report) => report[name]);
}

function mapDistributions(make: (name: DurationName) => Distribution): Distributions {
  return Object.fromEntries(DURATION_NAMES.map((name) => [name, make(name)])) as Distributions;
}

/** The curve is drawn for all repetitions together only. */
function withoutCurve(distribution: Distribution): Distribution {
  return { ...distribution, curve: [] };
}

/**
 * Takes the figures of a run from what was timed in it.
 *
 * @param distributions What was timed.
 * @returns The figures that are percentiles.
 */
export function durationFigures(distributions: Distributions) {
  const { timeDifference, roundTrip, answered, notification, read, handshake } = distributions;
  return {
    timeDifferenceP50: timeDifference.p50,
    timeDifferenceP90: timeDifference.p90,
    timeDifferenceP99: timeDifference.p99,
    timeDifferenceP999: timeDifference.p999,
    timeDifferenceMax: timeDifference.max,
    roundTripP50: roundTrip.p50,
    roundTripP90: roundTrip.p90,
    roundTripP99: roundTrip.p99,
    roundTripP999: roundTrip.p999,
    roundTripMax: roundTrip.max,
    answeredP50: answered.p50,
    answeredP99: answered.p99,
    notificationP50: notification.p50,
    readP50: read.p50,
    handshakeP50: handshake.p50,
  } satisfies Partial<Record<FigureName, number | null>>;
}

/**
 * The greatest age of the newest value handled, in each interval while writes came. In the first intervals it
 * may still be that of a value from before the run: nothing in a run is older than the run.
 */
function stalenessOf({ schedule, reports }: RawRun): [number, number][] {
  const { begin } = schedule;
  const end = dueAt(schedule, schedule.writes - 1);
  const found: [number, number][] = [];
  for (const { to, staleness } of reports[0]) {
    if (staleness === undefined || to > end || staleness > to - begin) continue;
    found.push([(to - begin) / 1e6, staleness]);
  }
  return found;
}

/** From the first write's intended time until everything was handled, or the last write was due. */
function microsOf({ schedule, reports }: RawRun): number {
  const handledAt = reports.flat().map(({ newestAt = 0 }) => newestAt);
  return Math.max(dueAt(schedule, schedule.writes - 1), ...handledAt) - schedule.begin;
}

/** From the last write's intended time until the last listener had handled it; `null` where one had not. */
function catchUpOf({ schedule, lastSeq, reports, caughtUp }: RawRun): number | null {
  if (!caughtUp) return null;
  const end = dueAt(schedule, schedule.writes - 1);
  const handledAt = reports.map((list) => {
    return list.find(({ newestSeq = 0 }) => newestSeq >= lastSeq)?.newestAt ?? NaN;
  });
  return Math.max(...handledAt) - end;
}

function sum<T>(values: readonly T[], amountOf: (value: T) => number): number {
  return values.reduce((total, value) => total + amountOf(value), 0);
}

/** A whole report for the tests, made up: plausible, the same every time, nothing of it measured. */

import {
  type Distribution,
  type Distributions,
  DURATION_NAMES,
  type DurationName,
  FIGURE_NAMES,
  type FigureName,
  FORMAT,
  type PointResult,
  type Results,
  type Run,
  type ScenarioName,
  type ScenarioResult,
  type VariantResult,
} from "../results.ts";
import { spreadOf } from "../measure/statistics.ts";
import { durationFigures } from "./figures.ts";

const REPETITIONS = 5;
const SECONDS = 30;
const PERCENTILES = [0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 100];

/** What a variant does at a point: medians in µs, and what else is not preset. */
interface Behaviour {
  /** The median of each kind of duration. */
  readonly medians: Readonly<Record<DurationName, number>>;
  /** How much the tail is longer than it would be on a calm machine. */
  readonly tail: number;
  /** Figures that do not follow from the durations. */
  readonly figures: Partial<Record<FigureName, number | null>>;
  /** The staleness at a part of the run, 0 to 1, in µs. */
  readonly staleness: (part: number) => number;
}

/** The same for a scenario by its name. */
export function exampleScenario(name: ScenarioName): ScenarioResult {
  return exampleReport().scenarios.find((scenario) => scenario.name === name)!;
}

/** An example of a whole report, all scenarios in it. */
export function exampleReport(): Results {
  return {
    format: FORMAT,
    beganAt: "2026-03-14T09:26:53.589Z",
    seconds: 5432,
    command: "deno task compare --repetitions 5",
    quick: false,
    interrupted: false,
    machine: {
      cpu: "AMD EPYC 7B13 <64-Core> | 2.45 GHz",
      cores: 4,
      memoryBytes: 16 * 2 ** 30,
      system: "linux 6.1.0 x86_64",
    },
    servers: [
      server("keydb_01:6379", "active replica"),
      server("keydb_02:6379", "active replica"),
    ],
    versions: { deno: "2.9.0", ioredis: "6.0.0", v8: "14.2.231" },
    settings: {
      CALLBACK_CONCURRENCY: "64",
      NOTIFICATION_CHANNEL: "keyevent",
      RECONCILE_INTERVAL: "2",
    },
    clock: { offset: -3.4, uncertainty: 300 },
    repetitions: REPETITIONS,
    scenarios: [
      ratesScenario(),
      handlerScenario("waiting", 1),
      handlerScenario("computing", 3),
      noiseScenario(),
      replicaScenario(),
      listenersScenario(),
      burstScenario(),
      anatomyScenario(),
    ],
  };
}

function server(name: string, role: string): Results["servers"][number] {
  return { name, engine: "keydb-server", version: "6.3.4", role };
}

function ratesScenario(): ScenarioResult {
  const points = [10, 100, 1000, 5000, 20_000].map((rate) =>
    point(rate, rate, ["loop", "callback"], (variant) => {
      const isLoop = variant === "loop";
      const load = rate / (isLoop ? 30_000 : 17_000);
      const queue = load > 1 ? 180_000 : 400 / (1 - load);
      const handledShare = isLoop ? Math.min(1, 3060 / rate) : Math.min(1, 17_000 / rate);
      return behaviour(isLoop ? queue * 1.04 : queue, 1 + load, {
        handledShare,
        cpuPer1000: isLoop ? 0.21 : 0.14,
        cpuLoad: Math.min(1, rate * 0.00014),
      });
    })
  );
  return scenario("rates", ["loop", "callback"], points);
}

/** The callbacks of a handler that computes queue; the loop skips. */
function handlerScenario(name: "waiting" | "computing", weight: number): ScenarioResult {
  const points = [1, 5, 20].map((work) =>
    point(work, 500, ["loop", "callback"], (variant) => {
      const micros = work * 1000;
      const queues = variant === "callback" && work * weight > 10;
      const staleness = queues ? micros * 40 : micros * 1.6;
      return {
        ...behaviour(staleness / 2, 1.5, {
          staleness,
          stalenessPeak: staleness * 2.4,
          handledShare: variant === "loop" ? Math.min(1, 2 / work) : queues ? 0.31 : 1,
        }),
        staleness: (part) => queues ? 1500 + part * staleness * 2 : staleness,
      };
    })
  );
  return scenario(name, ["loop", "callback"], points);
}

function noiseScenario(): ScenarioResult {
  const points = [0, 1000, 20_000].map((noise) =>
    point(noise, 200, ["keyevent", "keyspace"], (variant) => {
      const heard = variant === "keyevent" ? noise : 0;
      return behaviour(410 + noise / 90 + heard / 12, 1 + heard / 9000, {
        cpuLoad: 0.041 + heard * 0.000022,
      });
    })
  );
  return scenario("noise", ["keyevent", "keyspace"], points);
}

function replicaScenario(): ScenarioResult {
  const variants = ["writer's node", "another node"];
  const points = [100, 1000].map((rate) =>
    point(
      rate,
      rate,
      variants,
      (variant) => behaviour(variant === variants[0] ? 400 : 910, 1.2, {}),
    )
  );
  return scenario("replica", variants, points);
}

function listenersScenario(): ScenarioResult {
  const points = [1, 10, 100].map((listeners) =>
    point(listeners, 100, ["loop"], () =>
      behaviour(380 + listeners * 21, 1 + listeners / 80, {
        serverCpuPer1000: 0.05 + listeners * 0.031,
      }))
  );
  return scenario("listeners", ["loop"], points);
}

function burstScenario(): ScenarioResult {
  const points = [100, 1000, 10_000].map((size) =>
    point(size, null, ["loop", "callback"], (variant) =>
      behaviour(size * 9, 1, {
        catchUp: variant === "loop" ? 900 + size * 4 : 1100 + size * 31,
        handledShare: variant === "loop" ? 0.021 : 1,
      }))
  );
  return scenario("burst", ["loop", "callback"], points);
}

function anatomyScenario(): ScenarioResult {
  const point50 = point(50, 50, ["loop", "callback"], (variant) => {
    const isLoop = variant === "loop";
    return behaviour(isLoop ? 420 : 405, 1, {
      startUp: isLoop ? 182_000 : 187_000,
      peakMemory: isLoop ? 71_000_000 : 74_500_000,
    });
  });
  return scenario("anatomy", ["loop", "callback"], [point50]);
}

function scenario(
  name: ScenarioName,
  variants: readonly string[],
  points: readonly PointResult[],
): ScenarioResult {
  const conditions = "Runs of 30 s on keydb_02:6379, notifications by __keyevent@0__:set, " +
    "values of 60 bytes.";
  return { name, skipped: null, variants, conditions, points };
}

function point(
  x: number,
  rate: number | null,
  variants: readonly string[],
  behaviourOf: (variant: string) => Behaviour,
): PointResult {
  return {
    x,
    rate,
    variants: variants.map((variant) => variantResult(variant, x, rate, behaviourOf(variant))),
  };
}

function variantResult(
  variant: string,
  x: number,
  rate: number | null,
  behaviour: Behaviour,
): VariantResult {
  const writes = rate === null ? x : rate * SECONDS;
  const runs = Array.from({ length: REPETITIONS }, (_, index) => run(index + 1, writes, behaviour));
  return {
    variant,
    runs,
    merged: distributions(behaviour, writes * REPETITIONS, 1),
    figures: mapNames(FIGURE_NAMES, (name) => spreadOf(runs.map(({ figures }) => figures[name]))),
  };
}

function behaviour(
  timeDifference: number,
  tail: number,
  figures: Behaviour["figures"],
): Behaviour {
  const read = timeDifference * 0.38;
  const medians = {
    timeDifference,
    roundTrip: timeDifference * 1.9,
    answered: timeDifference + 190,
    notification: timeDifference - read,
    read,
    handshake: 190,
  };
  return { medians, tail, figures, staleness: () => timeDifference * 2 };
}

function run(repetition: number, writes: number, behaviour: Behaviour): Run {
  const factor = 1 + wobble(repetition + behaviour.medians.timeDifference) * 0.06;
  const found = distributions(behaviour, writes, factor);
  const figures = { ...figuresOf(found, factor), ...scaled(behaviour.figures, factor) };
  const share = figures.handledShare ?? 1;
  return {
    repetition,
    invalid: null,
    writes,
    seconds: SECONDS,
    handled: Math.round(writes * share),
    conflated: Math.round(writes * (1 - share)),
    missed: 0,
    failed: 0,
    negative: 0,
    caughtUp: true,
    lateness: distribution(12, 1, writes),
    distributions: found,
    staleness: Array.from({ length: SECONDS * 2 }, (_, index) => {
      const noise = 1 + 0.3 * wobble(index * 7 + repetition * 31);
      return [index / 2, behaviour.staleness(index / (SECONDS * 2)) * factor * noise] as const;
    }),
    figures,
  };
}

function figuresOf(
  found: Distributions,
  factor: number,
): Record<FigureName, number | null> {
  const { timeDifference } = found;
  return {
    ...durationFigures(found),
    handledShare: 1,
    staleness: (timeDifference.p50 ?? 0) * 2,
    stalenessPeak: timeDifference.max,
    catchUp: timeDifference.p50,
    cpuPer1000: 0.2 * factor,
    cpuLoad: 0.05 * factor,
    serverCpuPer1000: 0.09 * factor,
    peakMemory: 70_000_000 * factor,
    startUp: 180_000 * factor,
  };
}

function scaled(figures: Behaviour["figures"], factor: number): Behaviour["figures"] {
  const entries = Object.entries(figures).map(([name, value]) => {
    const isWhole = name === "handledShare" && value === 1;
    return [name, value === null || isWhole ? value : value * factor];
  });
  return Object.fromEntries(entries);
}

function distributions(behaviour: Behaviour, count: number, factor: number): Distributions {
  return mapNames(
    DURATION_NAMES,
    (name) => distribution(behaviour.medians[name] * factor, behaviour.tail, count),
  );
}

/** Percentiles that grow with their nines; one above which too few durations lie is not there. */
function distribution(median: number, tail: number, count: number): Distribution {
  const at = (percentile: number) => {
    const nines = percentile === 100
      ? Math.log10(count)
      : Math.min(-Math.log10(1 - percentile / 100), Math.log10(count));
    return Math.round(median * (0.7 + nines + 0.25 * tail * nines ** 2));
  };
  const ifEnough = (percentile: number) =>
    count * (100 - percentile) / 100 >= 10 ? at(percentile) : null;
  return {
    count,
    p50: ifEnough(50),
    p90: ifEnough(90),
    p99: ifEnough(99),
    p999: ifEnough(99.9),
    max: at(100),
    curve: PERCENTILES.map((percentile) => [percentile, at(percentile)] as const),
  };
}

function mapNames<N extends string, T>(
  names: readonly N[],
  valueOf: (name: N) => T,
): Record<N, T> {
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<N, T>;
}

/** A number from -1 to 1 that looks drawn and is not. */
function wobble(seed: number): number {
  const value = Math.sin(seed * 12.9898) * 43758.5453;
  return 2 * (value - Math.floor(value)) - 1;
}

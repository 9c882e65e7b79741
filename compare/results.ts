/**
 * What the comparison found: the content of `report.json`, which all other forms of the report are made from.
 * Types and JSON Schema come from one description.
 */

import { z } from "npm:zod@^4.1.0";

/** The version of the form of `report.json`. */
export const FORMAT = 3;

/** The names of the scenarios. */
export const SCENARIO_NAMES = [
  "rates",
  "waiting",
  "computing",
  "noise",
  "replica",
  "listeners",
  "burst",
  "anatomy",
] as const;

/** The kinds of durations that are timed, each counted from the intended time of the write or from the step before. */
const DURATIONS = {
  timeDifference: "From the write to the end of the read.",
  roundTrip: "From the write until the writer has seen the handshake; a sample.",
  answered: "From the write to the acknowledgement of the handshake, by the listener's clock.",
  notification: "From the write to the arrival of its notification.",
  read: "From the notification to the end of the read.",
  handshake: "From the read to the acknowledgement of the handshake.",
};

/** The figures by which variants are compared. */
const FIGURES = {
  timeDifferenceP50: "The 50th percentile of timeDifference.",
  timeDifferenceP90: "The 90th percentile of timeDifference.",
  timeDifferenceP99: "The 99th percentile of timeDifference.",
  timeDifferenceP999: "The 99.9th percentile of timeDifference.",
  timeDifferenceMax: "The greatest of timeDifference.",
  roundTripP50: "The 50th percentile of roundTrip.",
  roundTripP90: "The 90th percentile of roundTrip.",
  roundTripP99: "The 99th percentile of roundTrip.",
  roundTripP999: "The 99.9th percentile of roundTrip.",
  roundTripMax: "The greatest of roundTrip.",
  answeredP50: "The 50th percentile of answered.",
  answeredP99: "The 99th percentile of answered.",
  notificationP50: "The 50th percentile of notification.",
  readP50: "The 50th percentile of read.",
  handshakeP50: "The 50th percentile of handshake.",
  handledShare:
    "The part of the writes that was handled and not skipped, by each listener: 0 to 1.",
  staleness: "The median, over the run's intervals, of the greatest age of the newest value.",
  stalenessPeak: "The greatest such age in the whole run.",
  catchUp: "From the last write's intended time until every listener had handled the newest value.",
  cpuPer1000: "CPU seconds of a listener for 1,000 changes handled.",
  cpuLoad: "CPU seconds of a listener for a second of the run, until everything was handled.",
  serverCpuPer1000: "CPU seconds of the listeners' server for 1,000 writes of the load.",
  peakMemory: "The most memory that a listener held, in bytes.",
  startUp: "From a listener's start as a process until it observes.",
};

/** The name of a scenario. */
export type ScenarioName = typeof SCENARIO_NAMES[number];

/** A kind of duration. */
export type DurationName = keyof typeof DURATIONS;

/** The name of a figure. */
export type FigureName = keyof typeof FIGURES;

/** The kinds of durations, in their order. */
export const DURATION_NAMES = Object.keys(DURATIONS) as readonly DurationName[];

/** The names of the figures, in their order. */
export const FIGURE_NAMES = Object.keys(FIGURES) as readonly FigureName[];

const count = z.int().min(0);
const amount = z.number().nullable();

const spread = z.strictObject({
  median: z.number().describe("The median; of two in the middle, their mean."),
  least: z.number().describe("The least."),
  greatest: z.number().describe("The greatest."),
}).meta({ id: "spread", description: "A figure over the repetitions." });

const distribution = z.strictObject({
  count: count.describe("How many there are."),
  p50: amount.describe("A percentile; null if too few durations lie above it."),
  p90: amount.describe("A percentile, likewise."),
  p99: amount.describe("A percentile, likewise."),
  p999: amount.describe("The 99.9th percentile, likewise."),
  max: amount.describe("The longest; null if there is none."),
  curve: z.array(z.tuple([
    z.number().min(0).max(100).describe("A percentile."),
    z.number().describe("The duration at it."),
  ])).describe("For a percentile plot."),
}).meta({ id: "distribution", description: "How durations are distributed." });

const distributions = objectOf(DURATIONS, distribution)
  .meta({ id: "distributions", description: "A distribution for each kind of duration." });

const run = z.strictObject({
  repetition: z.int().min(1).describe("Counted from 1."),
  invalid: z.string().nullable().describe("Why it does not count; null if it does."),
  writes: count.describe("Writes acknowledged."),
  seconds: z.number().min(0).describe("From the first write's intended time to the last one's."),
  handled: count.describe("Changes handled to the end, by all listeners together."),
  conflated: count.describe(
    "Changes replaced by newer ones before they were read, by all together.",
  ),
  missed: count.describe("Changes not announced, by all listeners together."),
  failed: count.describe("Changes that could not be handled, by all listeners together."),
  negative: count.describe("Time differences below zero, which no distribution holds."),
  caughtUp: z.boolean().describe("Whether every listener had handled the newest value in the end."),
  lateness: distribution.describe("How late writes were sent, after their intended time."),
  distributions: distributions.describe("What was timed."),
  staleness: z.array(z.tuple([
    z.number().describe("Seconds since the begin."),
    z.number().describe("The age."),
  ])).describe("The age of the newest value handled, at its greatest in each interval."),
  figures: objectOf(FIGURES, amount).describe("The figures of this repetition."),
}).meta({ id: "run", description: "One repetition." });

const variantResult = z.strictObject({
  variant: z.string().describe("The variant's name."),
  runs: z.array(run).describe("Each repetition."),
  merged: distributions.describe("All valid repetitions together."),
  figures: objectOf(FIGURES, spread.nullable())
    .describe("The median of the valid repetitions and their spread; null if there is no figure."),
}).meta({ id: "variant", description: "What was found for one variant at one point." });

const pointResult = z.strictObject({
  x: z.number().describe(
    "The place on the axis: writes a second, milliseconds of work, listeners…",
  ),
  rate: amount.describe("The writes offered a second; null for a burst."),
  variants: z.array(variantResult)
    .describe("In the order of the scenario's variants; some may miss if it was interrupted."),
}).meta({ id: "point", description: "What was found at one point of a scenario's axis." });

const scenarioResult = z.strictObject({
  name: z.enum(SCENARIO_NAMES).describe("Its name."),
  skipped: z.string().nullable().describe("Why it was left out, if it was: then it has no points."),
  variants: z.array(z.string())
    .describe("What is compared, such as loop and callback: the same in every point."),
  conditions: z.string().describe("What was held fixed, as a sentence."),
  points: z.array(pointResult).describe("Along the scenario's axis."),
}).meta({ id: "scenario", description: "What was found in a scenario." });

const machine = z.strictObject({
  cpu: z.string().describe("The CPU's name."),
  cores: z.int().min(1).describe("How many cores there are."),
  memoryBytes: count.describe("Its memory."),
  system: z.string().describe("Such as linux 6.1.0 x86_64."),
}).describe("The machine that everything but perhaps the servers ran on.");

const server = z.strictObject({
  name: z.string().describe("Its URL without credentials, or what it is on this machine."),
  engine: z.string().describe("Such as keydb-server."),
  version: z.string().describe("Its version."),
  role: z.string().describe("Such as active replica, primary, replica."),
}).describe("A server.");

const clock = z.strictObject({
  offset: z.number()
    .describe("The listener's clock minus the writer's; all time differences are corrected by it."),
  uncertainty: z.number().min(0)
    .describe("The greatest error that the offset can have; a shorter duration is marked."),
}).describe(
  "How far the listeners' clock and the writer's are apart, estimated over the servers' TIME.",
);

/** Checks that something is the content of a `report.json`. */
export const RESULTS = z.strictObject({
  format: z.literal(FORMAT).describe("The version of this form."),
  beganAt: z.iso.datetime().describe("When the comparison began, UTC."),
  seconds: z.number().min(0).describe("How long it took, in seconds."),
  command: z.string().describe("The command that repeats it."),
  quick: z.boolean().describe("Whether it is the quick form: fewer points, less time for each."),
  interrupted: z.boolean()
    .describe("Whether it was stopped before its end: then what was not measured is not there."),
  machine,
  servers: z.array(server).describe("The servers, the writer's first."),
  versions: z.record(z.string(), z.string())
    .describe("Versions of what takes part, by name: deno, ioredis…"),
  settings: z.record(z.string(), z.string())
    .describe("The roles' settings that are the same in all runs, by their variables' names."),
  clock: clock.nullable().describe("How far the clocks are apart; null if it was not measured."),
  repetitions: z.int().min(1).describe("How often every point was measured."),
  scenarios: z.array(scenarioResult).describe("The scenarios, in their order."),
}).meta({
  title: "Report of a comparison of two ways to observe a key",
  description: "What was measured. Durations are in microseconds unless it is said otherwise.",
});

/** Describes the content of `report.json` for those who read it with other programs: a JSON Schema. */
export function describeResults() {
  return z.toJSONSchema(RESULTS);
}

/** A whole report. */
export type Results = ReadOnly<z.infer<typeof RESULTS>>;

/** What it was measured on. */
export type Machine = Results["machine"];

/** A server. */
export type Server = Results["servers"][number];

/** A clock's offset. */
export type Clock = NonNullable<Results["clock"]>;

/** What was found in a scenario. */
export type ScenarioResult = Results["scenarios"][number];

/** What was found at one point of a scenario's axis. */
export type PointResult = ScenarioResult["points"][number];

/** What was found for one variant at one point. */
export type VariantResult = PointResult["variants"][number];

/** One repetition. */
export type Run = VariantResult["runs"][number];

/** A distribution for each kind of duration. */
export type Distributions = Run["distributions"];

/** How durations are distributed. */
export type Distribution = Run["lateness"];

/** A figure over the repetitions. */
export type Spread = ReadOnly<z.infer<typeof spread>>;

/** The same, and nobody changes it. */
type ReadOnly<T> = T extends object ? { readonly [K in keyof T]: ReadOnly<T[K]> } : T;

/** An object with a field for each name, described by its words. */
function objectOf<N extends string, T extends z.ZodType>(fields: Record<N, string>, value: T) {
  const shape = Object.entries<string>(fields).map((
    [name, words],
  ) => [name, value.describe(words)]);
  return z.strictObject(Object.fromEntries(shape) as Record<N, T>);
}

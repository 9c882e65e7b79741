/** What the comparison found: the content of `report.json`, which all other forms of the report are made from. */

/** The version of the form of `report.json`. */
export const FORMAT = 2;

/** A whole report. Durations are in microseconds unless their name says otherwise. */
export interface Results {
  /** {@linkcode FORMAT} at the time of writing. */
  readonly format: number;
  /** When the comparison began, ISO 8601. */
  readonly beganAt: string;
  /** How long it took, in seconds. */
  readonly seconds: number;
  /** The command that repeats it. */
  readonly command: string;
  /** Whether it is the quick form: fewer points, less time for each. */
  readonly quick: boolean;
  /** Whether it was stopped before its end: then what was not measured is not there. */
  readonly interrupted: boolean;
  /** What it was measured on. */
  readonly machine: Machine;
  /** The servers, the writer's first. */
  readonly servers: readonly Server[];
  /** Versions of what takes part, by name: `deno`, `ioredis`, … */
  readonly versions: Readonly<Record<string, string>>;
  /** The roles' settings that are the same in all runs, by their variables' names. */
  readonly settings: Readonly<Record<string, string>>;
  /** How far the clocks of the listeners' host and the writer's are apart. */
  readonly clock: Clock | null;
  /** How often every point was measured. */
  readonly repetitions: number;
  /** The scenarios, in their order. */
  readonly scenarios: readonly ScenarioResult[];
}

/** The machine that everything but perhaps the servers ran on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Such as `linux 6.1.0 x86_64`. */
  readonly system: string;
}

/** A server. */
export interface Server {
  /** Its URL without credentials, or what it is on this machine. */
  readonly name: string;
  /** Such as `keydb-server`. */
  readonly engine: string;
  readonly version: string;
  /** Such as `active replica`, `primary`, `replica`. */
  readonly role: string;
}

/** A clock's offset, estimated over the servers' `TIME`. */
export interface Clock {
  /** The listener's clock minus the writer's; all time differences are corrected by it. */
  readonly offset: number;
  /** The greatest error that the offset can have; a shorter duration than this is marked. */
  readonly uncertainty: number;
}

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

/** The name of a scenario. */
export type ScenarioName = typeof SCENARIO_NAMES[number];

/** What was found in a scenario. */
export interface ScenarioResult {
  readonly name: ScenarioName;
  /** Why it was left out, if it was: then it has no points. */
  readonly skipped: string | null;
  /** What is compared: names such as `loop` and `callback`, the same in every point. */
  readonly arms: readonly string[];
  /** What was held fixed, as a sentence. */
  readonly conditions: string;
  /** Along the scenario's axis. */
  readonly points: readonly PointResult[];
}

/** What was found at one point of a scenario's axis. */
export interface PointResult {
  /** The place on the axis: writes a second, milliseconds of work, listeners, … */
  readonly x: number;
  /** The writes offered a second; `null` for a burst. */
  readonly rate: number | null;
  /** What was found for each arm, in the order of the scenario's arms; some may miss where it was interrupted. */
  readonly arms: readonly ArmResult[];
}

/** What was found for one arm at one point. */
export interface ArmResult {
  readonly arm: string;
  /** Each repetition. */
  readonly runs: readonly Run[];
  /** All valid repetitions together. */
  readonly merged: Distributions;
  /** The median of the valid repetitions and their spread; `null` where there is no figure. */
  readonly figures: Figures;
}

/** One repetition. */
export interface Run {
  /** Counted from 1. */
  readonly repetition: number;
  /** Why it does not count; `null` where it does. */
  readonly invalid: string | null;
  /** Writes acknowledged. */
  readonly writes: number;
  /** From the first write's intended time to the last one's. */
  readonly seconds: number;
  /** Changes handled to the end, by all listeners together; so are the three that follow. */
  readonly handled: number;
  readonly conflated: number;
  readonly missed: number;
  readonly failed: number;
  /** Time differences below zero, which no distribution holds. */
  readonly negative: number;
  /** Whether every listener had handled the newest value in the end. */
  readonly caughtUp: boolean;
  /** How late writes were sent, after their intended time. */
  readonly lateness: Distribution;
  /** What was timed. */
  readonly distributions: Distributions;
  /** The age of the newest value handled, at its greatest in each interval: seconds since the begin, and µs. */
  readonly staleness: readonly (readonly [seconds: number, micros: number])[];
  /** The figures of this repetition. */
  readonly figures: Readonly<Record<FigureName, number | null>>;
}

/** The kinds of durations that are timed, each counted from the intended time of the write or from the step before. */
export const DURATION_NAMES = [
  /** From the write to the end of the read. */
  "timeDifference",
  /** From the write until the writer has seen the handshake; a sample. */
  "roundTrip",
  /** From the write to the acknowledgement of the handshake, by the listener's clock. */
  "answered",
  /** From the write to the arrival of its notification. */
  "notification",
  /** From the notification to the end of the read. */
  "read",
  /** From the read to the acknowledgement of the handshake. */
  "handshake",
] as const;

/** A kind of duration. */
export type DurationName = typeof DURATION_NAMES[number];

/** A distribution for each kind of duration. */
export type Distributions = Readonly<Record<DurationName, Distribution>>;

/** How durations are distributed. */
export interface Distribution {
  /** How many there are. */
  readonly count: number;
  /** Percentiles; `null` where there are too few durations for one to lie above. */
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  /** The longest; `null` where there is none. */
  readonly max: number | null;
  /** For a percentile plot: percentiles from 0 to 100, and the durations at them. */
  readonly curve: readonly (readonly [percentile: number, micros: number])[];
}

/** The names of the figures by which arms are compared. */
export const FIGURE_NAMES = [
  "timeDifferenceP50",
  "timeDifferenceP90",
  "timeDifferenceP99",
  "timeDifferenceP999",
  "timeDifferenceMax",
  "roundTripP50",
  "roundTripP90",
  "roundTripP99",
  "roundTripP999",
  "roundTripMax",
  "answeredP50",
  "answeredP99",
  "notificationP50",
  "readP50",
  "handshakeP50",
  /** The part of the writes that was handled and not skipped, by each listener: 0 to 1. */
  "handledShare",
  /** The median, over the run's intervals, of the greatest age of the newest value handled. */
  "staleness",
  /** The greatest such age in the whole run. */
  "stalenessPeak",
  /** From the last write's intended time until every listener had handled the newest value. */
  "catchUp",
  /** CPU seconds of a listener for 1,000 changes handled. */
  "cpuPer1000",
  /** CPU seconds of a listener for a second of the run, until everything was handled. */
  "cpuLoad",
  /** CPU seconds of the listeners' server for 1,000 writes of the load. */
  "serverCpuPer1000",
  /** The most memory that a listener held, in bytes. */
  "peakMemory",
  /** From a listener's start as a process until it observes. */
  "startUp",
] as const;

/** The name of a figure. */
export type FigureName = typeof FIGURE_NAMES[number];

/** The figures of an arm at a point. */
export type Figures = Readonly<Record<FigureName, Spread | null>>;

/** A figure over the repetitions. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

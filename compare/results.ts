/**
 * The results of a comparison: the content of `report.json`, from which all other forms of the report are made. Types
 * and JSON Schema come from one definition.
 */

import { z } from "npm:zod@^4.1.0";

/** The version of the format of `report.json`. */
export const FORMAT = 5;

/** The parts of a comparison. */
export const PART_NAMES = ["losses", "costs", "patterns", "listeners"] as const;

const count = z.int().min(0);
const micros = z.number().nullable();

const load = z.strictObject({
  rate: z.number().positive().describe("Writes a second."),
  writes: z.int().min(1).describe("How many writes a repetition has."),
  node: count.describe("The listener's server, from 0; the writer's is 0."),
  noise: count.describe("Unrelated SETs a second in the same database."),
}).meta({ id: "load", description: "What is written, and where the listener is." });

const run = z.strictObject({
  learned: z.number().min(0).describe("The share of the written values that was learned, 0 to 1."),
  p50: micros.describe(
    "From the intended time of a write until its value or, but in patterns, a newer one was learned: the median.",
  ),
  p99: micros.describe("The same at the 99th percentile. Null for fewer than 100 values."),
  histogram: z.string().describe(
    "All these durations: an HdrHistogram, compressed, in base64, as libraries of that name read it.",
  ),
  staleness: micros.describe(
    "How old the newest value handled got: the median over intervals of 0.1 s. Null if not reported.",
  ),
  notified: micros.describe(
    "From the intended time of a write to its notification: the 99th percentile, if reported.",
  ),
  read: micros.describe("From the notification to the end of the read: the median, if reported."),
  answer: micros.describe("From the read to the end of the answer: the median, if reported."),
  cpu: z.number().describe("The listener process's CPU time for one write, less its idle use."),
  idleCpu: z.number().describe("The process's CPU time in a second without writes."),
  serverCpu: micros.describe(
    "Its server's CPU time for one write, less its idle use. Null if the server does not count it.",
  ),
  idleServerCpu: micros.describe(
    "The server's CPU time in a second without writes, while the listener observes. Null if not counted.",
  ),
  writerCpu: micros.describe(
    "The load generator's CPU time for one write, with what it announces. Null if not counted.",
  ),
  waits: z.number().nullable().describe(
    "The share of time in which the process was ready but waited for a core. Null if not counted.",
  ),
  lateness: z.number().describe("How late the writes were sent: the 99th percentile."),
}).meta({ id: "run", description: "One repetition." });

const point = z.strictObject({
  variant: z.string().describe("What was measured."),
  load: load.describe("What was written, and where the listener was."),
  runs: z.array(run).describe("The repetitions."),
}).meta({ id: "point", description: "A variant at a load." });

const passed = z.strictObject({
  commands: z.number().describe("Commands sent: the round trips."),
  sent: z.number().describe("Bytes sent."),
  received: z.number().describe("Bytes received."),
}).meta({ id: "passed", description: "The traffic between a mechanism and its server." });

const traffic = z.strictObject({
  connections: count.describe("Connections to the server."),
  perWrite: passed.describe("For one write, less the traffic without writes."),
  idle: passed.describe("In a second without writes."),
}).meta({ id: "traffic", description: "The traffic between a mechanism and its server." });

const outcome = z.strictObject({
  seconds: z.number().min(0).nullable().describe(
    "From the end of the fault until the newest value was known: 0 if it was before, null if not within 6 s.",
  ),
  deaf: z.boolean().describe(
    "Whether the next value, written after these 6 s, was not learned within 3 s either.",
  ),
  lost: count.describe("How many values were never learned."),
  knewLoss: z.boolean().describe("Whether the mechanism itself reported the loss."),
}).meta({ id: "outcome", description: "The outcome of one round of a fault for one mechanism." });

const faultResult = z.strictObject({
  fault: z.string().describe("What broke."),
  outcomes: z.record(z.string(), z.array(outcome)).describe("By mechanism, one for each round."),
}).meta({ id: "fault", description: "The outcomes of a fault." });

const pattern = z.strictObject({
  handler: z.string().describe("What the handler does besides its answer, as SIMULATED_WORK."),
  points: z.array(point).describe("Loop and callback at each load."),
}).meta({ id: "pattern", description: "Loop and callback with one kind of handler." });

const crowdRun = z.strictObject({
  serverCpu: z.number().describe("The server's CPU time for one write."),
  clientCpu: z.number().describe("The CPU time of the process with all listeners for one write."),
  p50: z.number().describe("From the write until a listener has read the value: the median."),
  p99: z.number().describe("The same at the 99th percentile."),
}).meta({ id: "crowd_run", description: "One repetition with many listeners." });

const crowd = z.strictObject({
  channel: z.enum(["keyevent", "keyspace"]).describe("What the listeners subscribe to."),
  listeners: z.int().min(1).describe("How many there are."),
  writes: z.int().min(1).describe("How many writes a repetition has."),
  runs: z.array(crowdRun).describe("The repetitions."),
}).meta({ id: "crowd", description: "Many listeners on one server." });

const server = z.strictObject({
  name: z.string().describe("Its host, port and database, or its node on this machine."),
  engine: z.string().describe("Such as keydb-server."),
  version: z.string().describe("The version that it reports, after its real one if they differ."),
  role: z.string().describe("Such as active replica, primary, replica."),
}).meta({ id: "server", description: "A server." });

/** Validates the content of a `report.json`. */
export const RESULTS = z.strictObject({
  format: z.literal(FORMAT).describe("The version of this form."),
  beganAt: z.iso.datetime().describe("When it began, UTC."),
  seconds: z.number().min(0).describe("How long it took, in seconds."),
  command: z.string().describe("The command that repeats it."),
  commit: z.string().describe("The project's version, as git describes it."),
  quick: z.boolean().describe("Whether it is the quick form, with fewer and shorter points."),
  interrupted: z.boolean().describe("Whether it was stopped before its end."),
  machine: z.strictObject({
    cpu: z.string().describe("The CPU's name."),
    cores: z.int().min(1).describe("How many cores there are."),
    memoryBytes: count.describe("Its memory."),
    system: z.string().describe("Such as linux 6.1.0 x64."),
    loadAverage: z.array(z.number()).describe("Over 1, 5 and 15 minutes, before it began."),
  }).describe("The machine of the listeners, the load generator and, if not named, the servers."),
  servers: z.array(server).describe("The servers, the writer's first."),
  versions: z.record(z.string(), z.string()).describe("Versions of what takes part, by name."),
  settings: z.record(z.string(), z.string()).describe("The listeners' settings in part patterns."),
  absent: z.record(z.string(), z.string()).describe("What could not be measured here, and why."),
  losses: z.array(faultResult).describe("What each mechanism loses, fault by fault."),
  costs: z.array(point).describe("What each mechanism costs."),
  traffic: z.record(z.string(), traffic).describe("The traffic, by mechanism."),
  patterns: z.array(pattern).describe("Loop against callback."),
  crowds: z.array(crowd).describe("Many listeners."),
}).meta({
  title: "Report of a comparison of ways to observe a key",
  description:
    "What was measured. Durations and CPU times are in microseconds unless another unit is named.",
});

/**
 * Reads the content of a `report.json`.
 *
 * @param text The content.
 * @returns The results.
 * @throws {Error} If it is not JSON, or not of this format. The error names the first problem.
 */
export function parseResults(text: string): Results {
  const { data, error } = RESULTS.safeParse(JSON.parse(text));
  if (data) return data;
  const [{ message, path }] = error.issues;
  throw new Error(path.length > 0 ? `${message} at ${path.join(".")}` : message);
}

/** Returns the JSON Schema of `report.json`, for other programs. */
export function describeResults() {
  return z.toJSONSchema(RESULTS);
}

/** The name of a part. */
export type PartName = typeof PART_NAMES[number];

/** A whole report. */
export type Results = ReadOnly<z.infer<typeof RESULTS>>;

/** The machine that the comparison ran on. */
export type Machine = Results["machine"];

/** A server. */
export type Server = Results["servers"][number];

/** The writes, and the listener's node. */
export type Load = Results["costs"][number]["load"];

/** A variant at a load. */
export type Point = Results["costs"][number];

/** One repetition. */
export type Run = Point["runs"][number];

/** The traffic of a mechanism. */
export type Traffic = Results["traffic"][string];

/** The outcomes of a fault. */
export type FaultResult = Results["losses"][number];

/** The outcome of a round. */
export type Outcome = FaultResult["outcomes"][string][number];

/** Loop and callback with one kind of handler. */
export type Pattern = Results["patterns"][number];

/** Many listeners. */
export type Crowd = Results["crowds"][number];

/** The same type, deeply read-only. */
type ReadOnly<T> = T extends object ? { readonly [K in keyof T]: ReadOnly<T[K]> } : T;

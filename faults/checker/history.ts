/** What happened in one round of faults, in the order in which it was recorded. */

import type { Cause } from "../../lib/observe/change.ts";

/** When something happened, in microseconds since the Unix epoch; all records share one machine's clock. */
interface Timed {
  readonly at: number;
}

/** The stamp that a record is about. */
export interface Stamped {
  readonly writer: string;
  readonly seq: number;
  readonly micros: number;
}

/** A writer is about to send a write; whether it arrives is not known yet. */
export interface Attempt extends Timed, Stamped {
  readonly kind: "attempt";
}

/** A server has acknowledged a write, as the writer logged it. */
export interface Acknowledgement extends Timed, Stamped {
  readonly kind: "acknowledged";
}

/** A listener was handed a change; without a stamp, it was a deletion or no stamp. `at` is the read. */
export interface Observation extends Timed, Partial<Stamped> {
  readonly kind: "observed";
  /** The listener's process: its role's name. */
  readonly listener: string;
  readonly cause: Cause;
  readonly conflated: number;
  readonly missed: number;
}

/** A fault begins, or all of the round's faults are over. */
export interface Mark extends Timed {
  readonly kind: "fault" | "healed";
  /** What was done, for people. */
  readonly what: string;
}

/** A role's process began, or ended; `expected` if the round itself ended it. */
export interface Life extends Timed {
  readonly kind: "started" | "ended";
  readonly role: string;
  readonly expected?: boolean;
  readonly code?: number;
}

/**
 * What a node held, read behind the roles' backs; without a stamp, none. A round reads every node before
 * it starts a writer again, now and then after healing, and after the last write.
 */
export interface Held extends Timed, Partial<Stamped> {
  readonly kind: "held";
  readonly node: number;
}

/** One thing that happened. */
export type HistoryRecord = Attempt | Acknowledgement | Observation | Mark | Life | Held;

/**
 * One round of one writer and its listeners. The records of one process stand in its own order, after
 * its start and before the start of its successor; those of different processes may be interleaved anyhow.
 */
export interface History {
  /** The faults' name. */
  readonly fault: string;
  /** What the faults were drawn from. */
  readonly seed: number;
  /** The node that each role worked with at the end; any if absent. */
  readonly nodes?: Readonly<Record<string, number>>;
  readonly records: readonly HistoryRecord[];
}

/** The history of one round of faults, in the order of recording. */

import type { Cause } from "../../lib/observe/change.ts";

/** When it happened, in microseconds since the Unix epoch. All records share one machine's clock. */
interface Timed {
  readonly at: number;
}

/** The stamp of a record. */
export interface Stamped {
  readonly writer: string;
  readonly seq: number;
  readonly micros: number;
}

/** A writer is about to send a write. It is unknown whether the write arrives. */
export interface Attempt extends Timed, Stamped {
  readonly kind: "attempt";
}

/** The writer logged that a server has acknowledged a write. */
export interface Acknowledgement extends Timed, Stamped {
  readonly kind: "acknowledged";
}

/** A change was delivered to a listener; without a stamp, a deletion or another value. `at` is the time of the read. */
export interface Observation extends Timed, Partial<Stamped> {
  readonly kind: "observed";
  /** The listener's role. */
  readonly listener: string;
  readonly cause: Cause;
  readonly conflated: number;
  readonly missed: number;
}

/** A fault begins, or all faults of the round are healed. */
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
 * A node's value, read over a separate connection; it has no stamp if the node holds none. A round reads every node
 * before it restarts a writer, repeatedly after healing, and after the last write.
 */
export interface Held extends Timed, Partial<Stamped> {
  readonly kind: "held";
  readonly node: number;
}

/** One record of a round. */
export type HistoryRecord = Attempt | Acknowledgement | Observation | Mark | Life | Held;

/**
 * One round of one writer and its listeners. The records of one process are in order, after its start and before the
 * start of its successor. Records of different processes may interleave in any way.
 */
export interface History {
  /** The faults' name. */
  readonly fault: string;
  /** The seed of the faults. */
  readonly seed: number;
  /** The node that each role used at the end; any if absent. */
  readonly nodes?: Readonly<Record<string, number>>;
  readonly records: readonly HistoryRecord[];
}

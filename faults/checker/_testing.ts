/** Builds histories for tests. */

import type { Cause } from "../../lib/observe/change.ts";
import type {
  Acknowledgement,
  Attempt,
  Held,
  History,
  HistoryRecord,
  Life,
  Mark,
  Observation,
} from "./history.ts";

const BEGAN_AT = 1_795_400_000_000_000;

/** Returns the time of an event, given in milliseconds since the round began. */
export function at(ms: number): number {
  return BEGAN_AT + ms * 1000;
}

/** Returns the stamp of a write attempted at a time of the round. */
function stamp(seq: number, ms: number) {
  return { writer: "writer", seq, micros: at(ms) };
}

/** The writer attempts a write. */
export function attempt(ms: number, seq: number): Attempt {
  return { kind: "attempt", at: at(ms), ...stamp(seq, ms) };
}

/** The writer logs a write as set. */
export function acknowledged(ms: number, seq: number, attemptedMs = ms): Acknowledgement {
  return { kind: "acknowledged", at: at(ms), ...stamp(seq, attemptedMs) };
}

/** An attempt, acknowledged 1 ms later. */
export function write(ms: number, seq: number): HistoryRecord[] {
  return [attempt(ms, seq), acknowledged(ms + 1, seq, ms)];
}

/** How a listener got a value. */
interface Seen {
  listener?: string;
  cause?: Cause;
  conflated?: number;
  missed?: number;
}

/** A listener observes a write. */
export function observed(
  ms: number,
  seq: number,
  attemptedMs: number,
  seen: Seen = {},
): Observation {
  return { ...observedNothing(ms, seen), ...stamp(seq, attemptedMs) };
}

/** A listener finds no stamp. */
export function observedNothing(ms: number, seen: Seen = {}): Observation {
  return {
    kind: "observed",
    at: at(ms),
    listener: "listener_sync",
    cause: "notification",
    conflated: 0,
    missed: 0,
    ...seen,
  };
}

/** A node is read, and holds a write, or nothing. */
export function held(ms: number, node: number, seq?: number, attemptedMs = ms): Held {
  return { kind: "held", at: at(ms), node, ...(seq !== undefined && stamp(seq, attemptedMs)) };
}

/** A fault begins, or all faults are healed. */
export function mark(ms: number, kind: "fault" | "healed"): Mark {
  return { kind, at: at(ms), what: "a test" };
}

/** A role begins. */
export function started(ms: number, role: string): Life {
  return { kind: "started", at: at(ms), role };
}

/** A role ends as expected. */
export function ended(ms: number, role: string, code = 0): Life {
  return { kind: "ended", at: at(ms), role, code, expected: true };
}

/** Returns the history of some records, in the order of their times. */
export function historyOf(records: readonly HistoryRecord[]): History {
  return { fault: "test", seed: 1, records: records.toSorted((a, b) => a.at - b.at) };
}

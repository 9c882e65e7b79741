/** Turns what the roles print, and what is done to them, into the records of a round. */

import { nowMicros } from "../lib/clock.ts";
import type { Stamp } from "../lib/protocol/stamp.ts";
import type { RoleName } from "../cluster/roles.ts";
import type { HistoryRecord, Observation } from "./checker/history.ts";

/** What a round has recorded so far. */
export class Recorder {
  /** What happened. */
  readonly records: HistoryRecord[] = [];
  /** All lines that the roles have printed, behind their names. */
  readonly lines: string[] = [];

  /**
   * Reads a line that a role has printed. Only lines that carry facts become records.
   *
   * An attempt is dated back to its stamp, and an observation to its read; an acknowledgement cannot have
   * come later than its line.
   *
   * @param role The role.
   * @param line The line.
   */
  read(role: RoleName, line: string): void {
    this.lines.push(`${role} ${line}`);
    const { event, writer, seq, micros, ...facts } = parse(line);
    const stamp = { writer, seq, micros };
    if (event === "attempt") this.records.push({ kind: "attempt", at: micros, ...stamp });
    if (event === "set") this.records.push({ kind: "acknowledged", at: nowMicros(), ...stamp });
    if (event === "change") {
      const { readAt: at, cause, conflated, missed } = facts;
      const counts = { cause, conflated, missed };
      this.records.push({ kind: "observed", at, listener: role, ...counts, ...stamp });
    }
  }

  /** Records that a fault begins, or that all are over. */
  mark(kind: "fault" | "healed", what: string): void {
    this.records.push({ kind, at: nowMicros(), what });
  }

  /** Records that a role's process begins. */
  started(role: RoleName): void {
    this.records.push({ kind: "started", at: nowMicros(), role });
  }

  /** Records that a role's process has ended, and whether it was to. */
  ended(role: RoleName, expected: boolean, code: number): void {
    this.records.push({ kind: "ended", at: nowMicros(), role, expected, code });
  }

  /** Records what a node held. */
  held(node: number, at: number, stamp: Stamp | undefined): void {
    const { writer, seq, micros } = stamp ?? {};
    this.records.push({ kind: "held", at, node, writer, seq, micros });
  }

  /** Whether a write is under way: the last attempt is not acknowledged. */
  get isWriting(): boolean {
    const last = this.records.findLast(({ kind }) => kind === "attempt" || kind === "acknowledged");
    return last?.kind === "attempt";
  }

  /** What a listener has observed last, if it has observed anything. */
  lastObserved(listener: RoleName): Observation | undefined {
    return this.records.findLast((record): record is Observation =>
      record.kind === "observed" && record.listener === listener
    );
  }
}

/** The facts of a line; none if it is not one of the log, such as an error's stack. */
// deno-lint-ignore no-explicit-any
function parse(line: string): Record<string, any> {
  try {
    return JSON.parse(line) ?? {};
  } catch {
    return {};
  }
}

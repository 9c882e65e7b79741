/** Turns the roles' output, and what is done to them, into the records of a round. */

import { nowMicros } from "../lib/clock.ts";
import type { Stamp } from "../lib/protocol/stamp.ts";
import type { RoleName } from "../cluster/roles.ts";
import type { HistoryRecord, Observation } from "./checker/history.ts";

/** The records of a round so far. */
export class Recorder {
  /** What happened. */
  readonly records: HistoryRecord[] = [];
  /** All lines that the roles have printed, each after the role's name. */
  readonly lines: string[] = [];

  /**
   * Reads a line that a role has printed. Only lines with a known event become records.
   *
   * An attempt has the time of its stamp, an observation that of its read. An acknowledgement has the time at which its
   * line arrived, as it cannot have been later.
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

  /** Records that a fault begins, or that all faults are healed. */
  mark(kind: "fault" | "healed", what: string): void {
    this.records.push({ kind, at: nowMicros(), what });
  }

  /** Records that a role's process begins. */
  started(role: RoleName): void {
    this.records.push({ kind: "started", at: nowMicros(), role });
  }

  /** Records that a role's process has ended, and whether that was expected. */
  ended(role: RoleName, expected: boolean, code: number): void {
    this.records.push({ kind: "ended", at: nowMicros(), role, expected, code });
  }

  /** Records a node's value. */
  held(node: number, at: number, stamp: Stamp | undefined): void {
    const { writer, seq, micros } = stamp ?? {};
    this.records.push({ kind: "held", at, node, writer, seq, micros });
  }

  /** Whether a write is under way: the last attempt is not acknowledged yet. */
  get isWriting(): boolean {
    const last = this.records.findLast(({ kind }) => kind === "attempt" || kind === "acknowledged");
    return last?.kind === "attempt";
  }

  /** Returns a listener's last observation, if there is one. */
  lastObserved(listener: RoleName): Observation | undefined {
    return this.records.findLast((record): record is Observation =>
      record.kind === "observed" && record.listener === listener
    );
  }
}

/** Parses a line; an empty object if it is not JSON, such as an error's stack. */
// deno-lint-ignore no-explicit-any
function parse(line: string): Record<string, any> {
  try {
    return JSON.parse(line) ?? {};
  } catch {
    return {};
  }
}

/** Rules for processes, and for what a round must contain to show anything. */

import type { Finding, Round } from "./_round.ts";
import type { HistoryRecord, Life } from "./history.ts";
import { describe, isStamped } from "./writes.ts";

/** Finds roles that died or did nothing, values that were never attempted, and rounds that prove nothing. */
export function* checkRoles(round: Round): Generator<Finding> {
  yield* checkProof(round);
  yield* checkLives(round);
  yield* checkOrigins(round);
}

/** A round in which nothing happened must not pass. */
function* checkProof(round: Round): Generator<Finding> {
  const { records, writes, healedAt, finallyHeld } = round;
  if (healedAt === undefined) yield { rule: "unproven", what: "the round has no healed mark" };
  if (finallyHeld.length === 0) {
    yield { rule: "unproven", what: "no node was read after the last write" };
  }
  const writers = new Set(writes.acknowledged.map(({ writer }) => writer));
  const listeners = new Set(
    records.filter((record) => record.kind === "observed").filter(isStamped)
      .map(({ listener }) => listener),
  );
  if (writers.size === 0) yield { rule: "idle", what: "no write was acknowledged" };
  if (listeners.size === 0) yield { rule: "idle", what: "no listener observed a stamp" };
  const started = new Set(records.filter(isLife).map(({ role }) => role));
  for (const role of started) {
    if (writers.has(role) || listeners.has(role)) continue;
    yield { rule: "idle", what: `${role} had no write acknowledged and observed no stamp` };
  }
}

function* checkLives({ records }: Round): Generator<Finding> {
  for (const record of records) {
    if (!isLife(record) || record.kind === "started") continue;
    const { role, code, expected } = record;
    if (!expected) {
      yield { rule: "died", what: `${role} ended by itself, with code ${code ?? "unknown"}` };
    } else if (isFailure(code)) {
      yield { rule: "died", what: `${role} was stopped and ended with code ${code}` };
    }
  }
}

function isLife(record: HistoryRecord): record is Life {
  return record.kind === "started" || record.kind === "ended";
}

/** Codes from 128 on stand for the signal that killed the process. */
function isFailure(code = 0): boolean {
  return code > 0 && code < 128;
}

function* checkOrigins({ records, writes }: Round): Generator<Finding> {
  for (const record of records) {
    if (!isStamped(record) || writes.isKnown(record)) continue;
    yield { rule: "invented", what: `${subjectOf(record)} ${describe(record)}: never attempted` };
  }
}

function subjectOf(record: HistoryRecord): string {
  if (record.kind === "observed") return `${record.listener} observed`;
  if (record.kind === "held") return `node ${record.node} held`;
  return "the writer logged as set";
}

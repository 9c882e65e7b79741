/** Rules for a listener: what it observed, in which order, what it counted, and when it recovered. */

import type { Observation, Stamped } from "./history.ts";
import type { Finding, Listener, Round } from "./_round.ts";
import { describe, isStamped, type Writes } from "./writes.ts";

/** What a listener did in a round. */
export interface ListenerStatistics {
  readonly listener: string;
  /** Stamps delivered. */
  readonly observed: number;
  /** Values that it counted as conflated. */
  readonly conflated: number;
  /** Values that it counted as missed. */
  readonly missed: number;
  /** The time it took to recover after healing, in seconds; absent if it did not recover. */
  readonly recovery?: number;
  /** The longest time between two consecutive observations, in seconds, including faults. */
  readonly longestPause: number;
}

/** Counts what a listener did. */
export function statisticsOf(listener: Listener, round: Round): ListenerStatistics {
  const observations = listener.processes.flat();
  const recovery = recoveryOf(listener, round);
  return {
    listener: listener.name,
    observed: observations.filter(isStamped).length,
    conflated: observations.reduce((sum, { conflated }) => sum + conflated, 0),
    missed: observations.reduce((sum, { missed }) => sum + missed, 0),
    ...(recovery && { recovery: recovery.seconds }),
    longestPause: Math.max(0, ...listener.processes.flatMap(pausesOf)) / 1e6,
  };
}

/** Returns the times between the observations of a process, in microseconds. */
function pausesOf(process: readonly Observation[]): number[] {
  return process.slice(1).map(({ at }, index) => at - process[index].at);
}

/** Finds what a listener did wrong. */
export function* checkListener(listener: Listener, round: Round): Generator<Finding> {
  for (const process of listener.processes) yield* checkSequence(process, round.writes);
  yield* checkEnd(listener, round);
  yield* checkRecovery(listener, round);
}

/** Each process has its own sequence. A gap is counted from stamp to stamp, whatever lies in between. */
function* checkSequence(process: readonly Observation[], writes: Writes): Generator<Finding> {
  let last: Stamped | undefined;
  let previous: Observation | undefined;
  for (const observation of process) {
    const stamp = isStamped(observation) ? observation : undefined;
    if (previous) yield* checkOrder(observation, previous, last, writes);
    yield* checkGap(observation, last, stamp, writes);
    last = stamp ?? last;
    previous = observation;
  }
}

function* checkOrder(
  observation: Observation,
  previous: Observation,
  last: Stamped | undefined,
  writes: Writes,
): Generator<Finding> {
  const { listener } = observation;
  if (describe(observation) === describe(previous)) {
    if (!isStamped(observation)) return; // neither is a stamp, but they may differ
    yield {
      rule: "repeated",
      what: `${listener} observed ${describe(observation)} twice in a row`,
    };
  } else if (!isStamped(observation)) {
    const what = `${listener} observed no stamp after ${describe(previous)}`;
    yield { rule: "vanished", what };
  } else if (
    last && writes.isKnown(observation) && writes.rankOf(observation) < writes.rankOf(last)
  ) {
    const what = `${listener} observed ${describe(observation)} after ${describe(last)}`;
    yield { rule: "backwards", what };
  }
}

function* checkGap(
  { listener, conflated, missed }: Observation,
  last: Stamped | undefined,
  stamp: Stamped | undefined,
  writes: Writes,
): Generator<Finding> {
  const used = last && stamp ? writes.usedBetween(last.seq, stamp.seq) : 0;
  const counted = conflated + missed;
  if (counted === used && conflated >= 0 && missed >= 0) return;
  const set = last && stamp ? writes.acknowledgedBetween(last.seq, stamp.seq) : [];
  yield {
    rule: counted < set.length ? "missing" : "gap",
    what: `${listener} counted ${conflated} conflated and ${missed} missed between ` +
      `${describe(last ?? {})} and ${
        describe(stamp ?? {})
      }: the writer used ${used} numbers there` +
      (set.length > 0 ? `, and logged ${listNumbers(set)} as set` : ""),
  };
}

function listNumbers(numbers: readonly number[]): string {
  return numbers.length <= 3
    ? numbers.join(", ")
    : `${numbers[0]} to ${numbers.at(-1)} (${numbers.length})`;
}

/** The last observation must be the node's final value or a newer one, which was lost later. */
function* checkEnd({ name, processes }: Listener, round: Round): Generator<Finding> {
  const { writes } = round;
  const finalRank = round.finalRankOf(name);
  const last = processes.at(-1)!.at(-1);
  if (writes.rankOf(last) >= finalRank) return;
  const final = writes.all[finalRank];
  yield {
    rule: "missing",
    what: `${name} observed ${describe(last ?? {})} last, and never the final ${describe(final)}`,
  };
}

/** The limit counts from healing, or from the recovery of the writer or the node if these were late. */
function* checkRecovery(listener: Listener, round: Round): Generator<Finding> {
  const { healedAt, limit } = round;
  const { name } = listener;
  const recovery = recoveryOf(listener, round);
  if (healedAt === undefined || !recovery || recovery.at <= healedAt + limit) return;
  const behind = round.lastBehind(name);
  const nodeAt = behind?.at ?? healedAt;
  const writerAt = round.firstAfterHealing?.acknowledgedAt ?? healedAt;
  const lateAt = [nodeAt, writerAt].filter((at) => at > healedAt + limit);
  if (nodeAt > healedAt + limit) {
    yield {
      rule: "node-late",
      what: `${name} had to wait: node ${behind!.node} held ${describe(behind!)} even ` +
        `${(nodeAt - healedAt) / 1e6} s after healing`,
    };
  }
  if (recovery.at <= Math.max(healedAt, ...lateAt) + limit) return;
  yield {
    rule: "late",
    what: `${name} recovered ${recovery.seconds} s after healing, with ` +
      describe(recovery.observation),
  };
}

interface Recovery {
  readonly at: number;
  readonly seconds: number;
  readonly observation: Observation;
}

function recoveryOf({ name, processes }: Listener, round: Round): Recovery | undefined {
  const { healedAt, writes } = round;
  if (healedAt === undefined) return undefined;
  const recoveredRank = round.recoveredRankOf(name);
  const observation = processes.flat().find((observation) =>
    observation.at >= healedAt && isStamped(observation) &&
    writes.rankOf(observation) >= recoveredRank
  );
  if (!observation) return undefined;
  return { at: observation.at, seconds: (observation.at - healedAt) / 1e6, observation };
}

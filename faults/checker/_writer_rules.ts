/** Rules for the writer: its numbers, and its recovery. */

import type { Finding, Round } from "./_round.ts";
import { describe, type Write } from "./writes.ts";

/** Finds what is wrong with the writer's numbers and its recovery. */
export function* checkWriter(round: Round): Generator<Finding> {
  yield* checkNumbers(round);
  yield* checkRecovery(round);
}

/**
 * After a write that it logged as set, a process continues with the next number; otherwise it uses the number again.
 * Its successor continues after the newest value that reached a server, or after one attempted later, as it reads it.
 * If it continues with a lower number, the nodes must have lost the values above.
 */
function* checkNumbers(round: Round): Generator<Finding> {
  let previous: Write | undefined;
  let newest: Write | undefined;
  let highest = -Infinity;
  for (const write of round.writes.all) {
    const isReused = newest !== undefined && write.seq <= newest.seq;
    if (isReused) yield judgeReuse(write, newest!, previous!, round);
    else if (previous && write.seq > highestAfter(previous, write, highest)) {
      yield {
        rule: "number-skipped",
        what: `${describe(write)} was attempted after ${describe(previous)}, which was ` +
          (previous.acknowledgedAt === undefined ? "never logged as set" : "logged as set"),
      };
    }
    if (write.existed) newest = write;
    else if (isReused) newest = undefined; // it continues from an unknown value
    highest = Math.max(highest, write.seq);
    previous = write;
  }
}

function highestAfter(previous: Write, write: Write, highest: number): number {
  if (write.process !== previous.process) return highest + 1;
  return previous.acknowledgedAt === undefined ? previous.seq : previous.seq + 1;
}

function judgeReuse(write: Write, newest: Write, previous: Write, round: Round): Finding {
  const what = `${describe(write)} was attempted although ${describe(newest)} had reached a server`;
  if (write.process === previous.process) return { rule: "number-reused", what };
  const witness = round.held.find((held) =>
    held.at >= newest.attemptedAt && held.at <= write.attemptedAt &&
    round.writes.rankOf(held) < newest.rank
  );
  return witness
    ? {
      rule: "number-lost",
      what: `${what}: the writer was started again after node ${witness.node} held ` +
        describe(witness),
    }
    : {
      rule: "number-reused",
      what: `${what}: the writer was started again, and no node was seen without it`,
    };
}

function* checkRecovery({ healedAt, firstAfterHealing, limit }: Round): Generator<Finding> {
  if (healedAt === undefined) return;
  if (firstAfterHealing === undefined) {
    yield { rule: "late", what: "the writer set nothing after healing" };
    return;
  }
  const duration = firstAfterHealing.acknowledgedAt! - healedAt;
  if (duration <= limit) return;
  yield {
    rule: "late",
    what: `the writer set nothing for ${duration / 1e6} s after healing, until ` +
      describe(firstAfterHealing),
  };
}

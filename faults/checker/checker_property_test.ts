/**
 * Random rounds. Every round of observers that work correctly passes, whatever happened, and one false record is always
 * noticed.
 */

import { versionOfStamp } from "../../lib/protocol/stamp.ts";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Cause, ChangeDetector } from "../../lib/observe/change.ts";
import { createStamp, formatStamp } from "../../lib/protocol/stamp.ts";
import {
  acknowledged,
  at,
  attempt,
  ended,
  held,
  historyOf,
  mark,
  observed,
  observedNothing,
  started,
} from "./_testing.ts";
import { checkHistory, RECOVERY_LIMIT } from "./checker.ts";
import type { HistoryRecord, Observation } from "./history.ts";

const LISTENERS = ["listener_sync", "listener_async"] as const;

/** One thing that happens in a round. */
type Step =
  | { readonly do: "set" | "refuse" }
  | { readonly do: "kill the writer"; readonly lands: boolean }
  | { readonly do: "lose"; readonly back: number }
  | { readonly do: "read"; readonly listener: 0 | 1; readonly lag: number; readonly cause: Cause }
  | { readonly do: "kill a listener"; readonly listener: 0 | 1 };

const listener = fc.constantFrom<0 | 1>(0, 1);
const cause = fc.constantFrom<Cause>("notification", "resync", "reconcile");

const ordinary = fc.oneof(
  { arbitrary: fc.record({ do: fc.constant("set" as const) }), weight: 6 },
  { arbitrary: fc.record({ do: fc.constant("refuse" as const) }), weight: 1 },
  {
    arbitrary: fc.record({ do: fc.constant("kill the writer" as const), lands: fc.boolean() }),
    weight: 1,
  },
  {
    arbitrary: fc.record({ do: fc.constant("read" as const), listener, lag: fc.nat(3), cause }),
    weight: 6,
  },
  {
    arbitrary: fc.record({ do: fc.constant("kill a listener" as const), listener }),
    weight: 1,
  },
);
const loss = fc.record({ do: fc.constant("lose" as const), back: fc.nat(4) });

/** Rounds in which the server keeps every acknowledged value. */
const faithful: fc.Arbitrary<Step[]> = fc.array(ordinary, { minLength: 5, maxLength: 80 });
/** Rounds in which the server may have lost values when a writer restarts. */
const faithless: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof({ arbitrary: ordinary, weight: 15 }, { arbitrary: loss, weight: 1 }),
  { minLength: 5, maxLength: 80 },
);

/** A value on the server: its number, and when it was attempted. */
interface Value {
  readonly seq: number;
  readonly ms: number;
}

/** Plays a round: one server, one writer that follows its rules, and two real detectors. */
class Simulation {
  readonly records: HistoryRecord[] = [
    started(0, "writer"),
    ...LISTENERS.map((role) => started(0, role)),
    mark(1, "fault"),
  ];
  #ms = 1;
  #seq = 1;
  #values: Value[] = [];
  #detectors = LISTENERS.map((name) => new ChangeDetector(name, versionOfStamp));

  play(steps: readonly Step[]): this {
    for (const step of steps) this.#take(step);
    this.records.push(mark(this.#now(), "healed"));
    for (let count = 0; count < 3; count++) {
      this.#set();
      this.#read(0, 0, "notification");
      this.#read(1, count % 2, "notification");
    }
    LISTENERS.forEach((_, index) => this.#read(index, 0, "notification"));
    const { seq, ms } = this.#values.at(-1)!;
    for (const node of [1, 2, 3]) this.records.push(held(this.#now(), node, seq, ms));
    for (const role of ["writer", ...LISTENERS]) this.records.push(ended(this.#now(), role));
    return this;
  }

  #take(step: Step): void {
    switch (step.do) {
      case "set":
        return this.#set();
      case "refuse":
        this.records.push(attempt(this.#now(), this.#seq));
        return;
      case "kill the writer":
        return this.#killWriter(step.lands);
      case "lose":
        this.#values.splice(Math.max(0, this.#values.length - step.back));
        this.#restartWriter();
        return;
      case "read":
        return this.#read(step.listener, step.lag, step.cause);
      case "kill a listener":
        return this.#killListener(step.listener);
    }
  }

  #now(): number {
    return ++this.#ms;
  }

  #set(): void {
    const value = { seq: this.#seq++, ms: this.#now() };
    this.#values.push(value);
    this.records.push(
      attempt(value.ms, value.seq),
      acknowledged(this.#now(), value.seq, value.ms),
    );
  }

  #killWriter(lands: boolean): void {
    const value = { seq: this.#seq, ms: this.#now() };
    this.records.push(attempt(value.ms, value.seq));
    if (lands) this.#values.push(value);
    this.#restartWriter();
  }

  #restartWriter(): void {
    this.records.push(ended(this.#now(), "writer", 137));
    const value = this.#values.at(-1);
    this.records.push(held(this.#now(), 1, value?.seq, value?.ms), started(this.#now(), "writer"));
    this.#seq = (value?.seq ?? 0) + 1;
  }

  /** Reads a value. A stale replica returns one that has already been replaced. */
  #read(index: number, lag: number, cause: Cause): void {
    const found = this.#values[Math.max(0, this.#values.length - 1 - lag)];
    const value = found && formatStamp(createStamp("writer", found.seq, at(found.ms)));
    const ms = this.#now();
    const change = this.#detectors[index].accept(
      { value: value ?? null, readAt: at(ms) },
      cause,
      cause === "notification",
    );
    if (!change) return;
    const { conflated, missed } = change;
    const seen = { listener: LISTENERS[index], cause, conflated, missed };
    this.records.push(
      found ? observed(ms, found.seq, found.ms, seen) : observedNothing(ms, seen),
    );
  }

  #killListener(index: number): void {
    const role = LISTENERS[index];
    this.records.push(ended(this.#now(), role, 137), started(this.#now(), role));
    this.#detectors[index] = new ChangeDetector(role, versionOfStamp);
  }
}

Deno.test("checkHistory() passes every round of roles that work correctly", () => {
  fc.assert(fc.property(faithful, (steps) => {
    const verdict = checkHistory(historyOf(new Simulation().play(steps).records));
    assertEquals([...verdict.violations, ...verdict.serverLosses], []);
    assertEquals(verdict.writes, steps.filter((step) => step.do === "set").length + 3);
  }));
});

Deno.test("checkHistory() blames only the server for values that the server lost", () => {
  let losses = 0;
  fc.assert(fc.property(faithless, (steps) => {
    const verdict = checkHistory(historyOf(new Simulation().play(steps).records));
    assertEquals(verdict.violations, []);
    losses += verdict.serverLosses.length;
  }));
  assert(losses > 0, "some rounds must have had a loss");
});

/** Falsifies one record of a round; returns `undefined` if the round has no such record. */
type Corruption = (
  records: readonly HistoryRecord[],
  choose: (count: number) => number,
) => HistoryRecord[] | undefined;

/** Chooses one of the matching records, and returns its index. */
function chooseIndex(
  records: readonly HistoryRecord[],
  choose: (count: number) => number,
  isRight: (record: HistoryRecord, index: number) => boolean,
): number | undefined {
  const indexes = records.keys().filter((index) => isRight(records[index], index)).toArray();
  return indexes.length === 0 ? undefined : indexes[choose(indexes.length)];
}

function isStampedObservation(record: HistoryRecord): record is Observation {
  return record.kind === "observed" && record.seq !== undefined;
}

/** Replaces one stamped observation. */
function replaceObservation(replace: (observation: Observation) => HistoryRecord[]): Corruption {
  return (records, choose) => {
    const index = chooseIndex(records, choose, isStampedObservation);
    if (index === undefined) return undefined;
    return records.toSpliced(index, 1, ...replace(records[index] as Observation));
  };
}

/** Returns the index of the same process's next stamped observation. */
function nextOfProcess(records: readonly HistoryRecord[], index: number): number | undefined {
  const { listener } = records[index] as Observation;
  for (let next = index + 1; next < records.length; next++) {
    const record = records[next];
    if (record.kind === "started" && record.role === listener) return undefined;
    if (isStampedObservation(record) && record.listener === listener) return next;
  }
  return undefined;
}

function previousOfProcess(records: readonly HistoryRecord[], index: number): number | undefined {
  for (let previous = index - 1; previous >= 0; previous--) {
    if (!isStampedObservation(records[previous])) continue;
    if (nextOfProcess(records, previous) === index) return previous;
  }
  return undefined;
}

/** Removes an observation between two others of its process. */
function dropObservation(
  records: readonly HistoryRecord[],
  choose: (count: number) => number,
): HistoryRecord[] | undefined {
  const index = chooseIndex(
    records,
    choose,
    (record, index) =>
      isStampedObservation(record) && nextOfProcess(records, index) !== undefined &&
      previousOfProcess(records, index) !== undefined,
  );
  return index === undefined ? undefined : records.toSpliced(index, 1);
}

/** Swaps the values of two consecutive observations. */
function swapObservations(
  records: readonly HistoryRecord[],
  choose: (count: number) => number,
): HistoryRecord[] | undefined {
  const index = chooseIndex(
    records,
    choose,
    (record, index) => isStampedObservation(record) && nextOfProcess(records, index) !== undefined,
  );
  if (index === undefined) return undefined;
  const next = nextOfProcess(records, index)!;
  const one = records[index] as Observation;
  const other = records[next] as Observation;
  return records.with(index, { ...one, seq: other.seq, micros: other.micros })
    .with(next, { ...other, seq: one.seq, micros: one.micros });
}

/** Removes the last observation of a listener. */
function dropLastObservation(
  records: readonly HistoryRecord[],
  choose: (count: number) => number,
): HistoryRecord[] {
  const name = LISTENERS[choose(2)];
  const last = records.findLastIndex((record) =>
    isStampedObservation(record) && record.listener === name
  );
  return records.toSpliced(last, 1);
}

/** Removes an acknowledgement after which the process continued. */
function dropAcknowledgement(
  records: readonly HistoryRecord[],
  choose: (count: number) => number,
): HistoryRecord[] | undefined {
  const index = chooseIndex(records, choose, (record, index) => {
    if (record.kind !== "acknowledged") return false;
    const next = records.slice(index + 1).find((record) =>
      record.kind === "attempt" || (record.kind === "started" && record.role === "writer")
    );
    return next?.kind === "attempt";
  });
  return index === undefined ? undefined : records.toSpliced(index, 1);
}

/** Removes the attempt of an acknowledged write. */
function dropAttempt(
  records: readonly HistoryRecord[],
  choose: (count: number) => number,
): HistoryRecord[] | undefined {
  const index = chooseIndex(
    records,
    choose,
    (record) => record.kind === "acknowledged",
  );
  const micros = index === undefined ? undefined : (records[index] as Observation).micros;
  const without = records.filter((record) => record.kind !== "attempt" || record.micros !== micros);
  return without.length < records.length ? without : undefined;
}

/** Adds a second write with the number of the last one. */
function setAgain(records: readonly HistoryRecord[]): HistoryRecord[] {
  const last = records.findLastIndex((record) => record.kind === "acknowledged");
  const { seq, at: time } = records[last] as Observation;
  const micros = time + 1;
  const stamp = { writer: "writer", seq: seq!, micros };
  return records.toSpliced(
    last + 1,
    0,
    { kind: "attempt", at: micros, ...stamp },
    { kind: "acknowledged", at: micros, ...stamp },
  );
}

/** Marks a role's expected end as unexpected. */
function die(
  records: readonly HistoryRecord[],
  choose: (count: number) => number,
): HistoryRecord[] {
  const index = chooseIndex(records, choose, ({ kind }) => kind === "ended")!;
  return records.with(index, { ...records[index], expected: false } as HistoryRecord);
}

/** Delays everything that a listener observed after healing. */
function delay(
  records: readonly HistoryRecord[],
  choose: (count: number) => number,
): HistoryRecord[] {
  const name = LISTENERS[choose(2)];
  const healedAt = records.find(({ kind }) => kind === "healed")!.at;
  return records.map((record) =>
    record.kind === "observed" && record.listener === name && record.at > healedAt
      ? { ...record, at: record.at + RECOVERY_LIMIT * 1e6 }
      : record
  );
}

const CORRUPTIONS: Record<string, Corruption> = {
  "an observation is missing": dropObservation,
  "the last observation is missing": dropLastObservation,
  "two observations are swapped": swapObservations,
  "an observation is repeated": replaceObservation((one) => [one, one]),
  "a gap is one larger": replaceObservation((one) => [{ ...one, missed: one.missed + 1 }]),
  "a gap is one smaller": replaceObservation((one) => [{ ...one, conflated: one.conflated - 1 }]),
  "an observation has another time": replaceObservation((one) => [
    { ...one, micros: one.micros! + 1 },
  ]),
  "an observation has another number": replaceObservation((one) => [{ ...one, seq: one.seq! + 1 }]),
  "an observation has another writer": replaceObservation((one) => [{ ...one, writer: "other" }]),
  "an attempt is missing": dropAttempt,
  "an acknowledgement is missing": dropAcknowledgement,
  "a number is used twice": setAgain,
  "a role dies": die,
  "a listener is late": delay,
};

for (const [what, corrupt] of Object.entries(CORRUPTIONS)) {
  Deno.test(`checkHistory() always notices that ${what}`, () => {
    fc.assert(fc.property(faithful, fc.nat(), (steps, chance) => {
      const history = historyOf(new Simulation().play(steps).records);
      const records = corrupt(history.records, (count) => chance % count);
      fc.pre(records !== undefined);
      assert(checkHistory({ ...history, records }).violations.length > 0);
    }));
  });
}

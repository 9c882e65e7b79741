import { assertEquals, assertStringIncludes } from "@std/assert";
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
  write,
} from "./_testing.ts";
import { checkHistory, type Finding, type Rule } from "./checker.ts";
import type { HistoryRecord } from "./history.ts";

const ASYNC = { listener: "listener_async" };
const END = 2000;

/** The records of every round: three roles, a fault from 250 to 450 ms, and the roles' end. */
function frame(): HistoryRecord[] {
  const roles = ["writer", "listener_sync", "listener_async"];
  return [
    ...roles.map((role) => started(0, role)),
    mark(250, "fault"),
    mark(450, "healed"),
    ...roles.map((role) => ended(END, role)),
  ];
}

/** Write n is at n × 100 ms, up to the sixth. */
function sixWrites(): HistoryRecord[] {
  return [1, 2, 3, 4, 5, 6].flatMap((seq) => write(seq * 100, seq));
}

/** The sync listener is cut off from the third write on, and misses two. */
function syncObservations(): HistoryRecord[] {
  return [
    observedNothing(50, { cause: "initial" }),
    observed(105, 1, 100),
    observed(205, 2, 200),
    observed(505, 5, 500, { cause: "resync", missed: 2 }),
    observed(605, 6, 600),
  ];
}

/** The async listener is not affected, and skips the fourth write. */
function asyncObservations(): HistoryRecord[] {
  return [
    observed(106, 1, 100, { ...ASYNC, cause: "initial" }),
    observed(206, 2, 200, ASYNC),
    observed(306, 3, 300, ASYNC),
    observed(506, 5, 500, { ...ASYNC, conflated: 1 }),
    observed(606, 6, 600, ASYNC),
  ];
}

/** All three nodes hold the last write. */
function heldAtEnd(seq = 6, ms = seq * 100): HistoryRecord[] {
  return [1, 2, 3].map((node) => held(1500, node, seq, ms));
}

function good(): HistoryRecord[] {
  return [
    ...frame(),
    ...sixWrites(),
    ...syncObservations(),
    ...asyncObservations(),
    ...heldAtEnd(),
  ];
}

/** The good records without some, and with others. */
function changed(
  isGone: (record: HistoryRecord) => boolean,
  ...added: HistoryRecord[]
): HistoryRecord[] {
  return [...good().filter((record) => !isGone(record)), ...added];
}

/** Matches a listener's observation of a number. */
function isOf(listener: string, seq: number) {
  return (record: HistoryRecord) =>
    record.kind === "observed" && record.listener === listener && record.seq === seq;
}

function nothing(): boolean {
  return false;
}

function rulesOf(findings: readonly Finding[]): Rule[] {
  return [...new Set(findings.map(({ rule }) => rule))].sort();
}

function assertViolations(records: readonly HistoryRecord[], ...rules: Rule[]): void {
  const { violations, serverLosses } = checkHistory(historyOf(records));
  assertEquals(rulesOf(violations), rules.sort(), JSON.stringify(violations));
  assertEquals(serverLosses, []);
}

function assertLosses(records: readonly HistoryRecord[], ...rules: Rule[]): void {
  const { violations, serverLosses } = checkHistory(historyOf(records));
  assertEquals(violations, []);
  assertEquals(rulesOf(serverLosses), rules.sort(), JSON.stringify(serverLosses));
}

Deno.test("checkHistory() passes a good history, and counts what happened", () => {
  assertEquals(checkHistory(historyOf(good())), {
    fault: "test",
    seed: 1,
    violations: [],
    serverLosses: [],
    writes: 6,
    listeners: [
      {
        listener: "listener_sync",
        observed: 4,
        conflated: 0,
        missed: 2,
        recovery: 0.055,
        longestPause: 0.3,
      },
      {
        listener: "listener_async",
        observed: 4 + 1,
        conflated: 1,
        missed: 0,
        recovery: 0.056,
        longestPause: 0.2,
      },
    ],
  });
});

Deno.test("checkHistory() describes what happened in full", () => {
  const records = changed(isOf("listener_sync", 5), observed(505, 5, 500, { missed: 1 }));
  const { violations: [{ what }] } = checkHistory(historyOf(records));
  assertEquals(
    what,
    "listener_sync counted 0 conflated and 1 missed between writer seq 2 micros 1795400000200000 " +
      "and writer seq 5 micros 1795400000500000: the writer used 2 numbers there, and logged 3, 4 as set",
  );
});

Deno.test("checkHistory() reports a history in which nothing happened", () => {
  assertViolations([], "idle", "unproven");
});

Deno.test("checkHistory() reports a round without a healed mark, or in which no node was read", () => {
  assertViolations(changed(({ kind }) => kind === "healed"), "unproven");
  assertViolations(changed(({ kind }) => kind === "held"), "unproven");
});

Deno.test("checkHistory() reports nodes that were read only before the last write", () => {
  const records = changed(({ kind }) => kind === "held", held(550, 1, 5, 500));
  assertViolations(records, "unproven");
});

Deno.test("checkHistory() reports a writer without an acknowledged write", () => {
  const records = changed(
    (record) =>
      record.kind === "acknowledged" || (record.kind === "attempt" && record.seq > 1) ||
      record.kind === "held" || (record.kind === "observed" && record.seq !== 1),
    ...heldAtEnd(1),
  );
  assertViolations(records, "idle", "late");
});

Deno.test("checkHistory() reports a listener that observed no stamp", () => {
  const records = changed((record) =>
    record.kind === "observed" && record.listener === "listener_async"
  );
  assertViolations(records, "idle");
});

Deno.test("checkHistory() reports a role that ended by itself, or with an error when stopped", () => {
  assertViolations(
    changed(nothing, { kind: "ended", at: at(900), role: "listener_sync", code: 0 }),
    "died",
  );
  assertViolations(changed(nothing, ended(900, "listener_sync", 1)), "died");
});

Deno.test("checkHistory() accepts the end of a role that the round killed", () => {
  assertViolations(changed(nothing, ended(END, "writer", 137)));
});

Deno.test("checkHistory() reports an observation of a value that was never attempted", () => {
  assertViolations(
    changed(isOf("listener_sync", 6), observed(605, 6, 601)),
    "invented",
    "missing",
  );
});

Deno.test("checkHistory() reports an acknowledgement of a value that was never attempted", () => {
  assertViolations(changed(nothing, acknowledged(1000, 7)), "invented");
});

Deno.test("checkHistory() reports a node that holds a value that was never attempted", () => {
  assertViolations(changed(nothing, held(1400, 1, 9)), "invented");
});

Deno.test("checkHistory() accepts a first value from before the round", () => {
  const records = good().map((record) =>
    "seq" in record ? { ...record, seq: record.seq! + 40 } : record
  );
  const before = observed(50, 38, -1000, { cause: "initial" });
  const next = observed(105, 41, 100, { missed: 2 }); // 39 and 40 were used before the round
  assertViolations([
    ...records.filter((record) =>
      record.kind !== "observed" || record.listener !== "listener_sync" ||
      (record.seq ?? 0) > 41
    ),
    before,
    next,
  ]);
});

Deno.test("checkHistory() reports a value that falsely claims to be from before the round", () => {
  const records = changed(
    isOf("listener_sync", 1),
    observed(105, 1, -1000, { cause: "initial" }),
  );
  assertViolations(records, "invented");
});

Deno.test("checkHistory() reports an older value after a newer one", () => {
  const records = changed(nothing, observed(700, 4, 400));
  assertViolations(records, "backwards", "missing");
});

Deno.test("checkHistory() reports a value that is delivered again", () => {
  assertViolations(changed(nothing, observed(700, 6, 600)), "repeated");
});

Deno.test("checkHistory() accepts an older value from a listener's next process", () => {
  assertViolations(changed(
    nothing,
    ended(310, "listener_async", 137),
    started(320, "listener_async"),
    observed(330, 2, 200, { ...ASYNC, cause: "initial" }),
    observed(335, 3, 300, ASYNC),
  ));
});

Deno.test("checkHistory() reports a gap before a listener's first value", () => {
  assertViolations(
    changed(
      isOf("listener_async", 1),
      observed(106, 1, 100, { ...ASYNC, cause: "initial", missed: 1 }),
    ),
    "gap",
  );
});

Deno.test("checkHistory() reports a gap that is counted too large, or below zero", () => {
  for (const seen of [{ conflated: 1, missed: 2 }, { conflated: -1, missed: 3 }]) {
    assertViolations(changed(isOf("listener_sync", 5), observed(505, 5, 500, seen)), "gap");
  }
});

Deno.test("checkHistory() reports an acknowledged value that is neither observed nor counted", () => {
  assertViolations(changed(isOf("listener_async", 3)), "missing");
});

Deno.test("checkHistory() reports an uncounted number that was attempted but not acknowledged", () => {
  const records = changed(
    (record) =>
      isOf("listener_sync", 5)(record) ||
      (record.kind === "acknowledged" && record.seq === 4),
    ended(410, "writer", 137),
    started(420, "writer"),
    observed(505, 5, 500, { missed: 1 }),
  );
  assertViolations(records, "gap");
});

Deno.test("checkHistory() reports a listener that ends before the final value", () => {
  assertViolations(changed(isOf("listener_sync", 6)), "missing");
});

Deno.test("checkHistory() reports a listener whose last process observed nothing", () => {
  assertViolations(changed(nothing, started(1000, "listener_sync")), "missing");
});

Deno.test("checkHistory() expects values that arrived without an acknowledgement", () => {
  const seventh = [attempt(700, 7), ended(701, "writer", 137)];
  const isHeld = ({ kind }: HistoryRecord) => kind === "held";
  const records = changed(isHeld, ...seventh, ...heldAtEnd(7));
  assertViolations([...records, observed(706, 7, 700, ASYNC)], "missing");
  assertViolations([...records, observed(706, 7, 700, ASYNC), observed(705, 7, 700)]);
});

Deno.test("checkHistory() reports a listener that recovers later than the limit", () => {
  const isLate = (record: HistoryRecord) =>
    isOf("listener_sync", 5)(record) || isOf("listener_sync", 6)(record);
  const records = changed(isLate, observed(1451, 6, 600, { cause: "reconcile", missed: 3 }));
  assertEquals(checkHistory(historyOf(records), 1.002).violations, []);
  const { violations, listeners } = checkHistory(historyOf(records), 1);
  assertEquals(rulesOf(violations), ["late"]);
  assertEquals(listeners[0].recovery, 1.001);
});

Deno.test("checkHistory() does not count a stale value as recovery", () => {
  const isLate = (record: HistoryRecord) =>
    isOf("listener_sync", 5)(record) || isOf("listener_sync", 6)(record);
  const records = changed(
    isLate,
    ended(455, "listener_sync", 137),
    started(460, "listener_sync"),
    observed(470, 2, 200, { cause: "initial" }),
    observed(1451, 6, 600, { cause: "reconcile", missed: 3 }),
  );
  assertEquals(checkHistory(historyOf(records), 1).listeners[0].recovery, 1.001);
});

Deno.test("checkHistory() counts the remaining value as recovery if newer ones were lost", () => {
  const isGone = (record: HistoryRecord) =>
    record.kind === "held" || isOf("listener_sync", 5)(record) || isOf("listener_sync", 6)(record);
  const late = observed(1451, 3, 300, { cause: "reconcile" });
  const records = changed(isGone, late, ...heldAtEnd(3));
  assertEquals(checkHistory(historyOf(records), 1).listeners[0].recovery, 1.001);
});

Deno.test("checkHistory() reports a writer that recovers too late, but not its listeners", () => {
  const { violations } = checkHistory(historyOf(good()), 0.04);
  assertEquals(rulesOf(violations), ["late"]);
  assertStringIncludes(violations[0].what, "the writer set nothing for 0.051 s");
  assertEquals(violations.length, 1);
});

Deno.test("checkHistory() reports a writer that sets nothing after healing", () => {
  const records = changed((record) => record.kind === "healed", mark(1000, "healed"));
  assertViolations(records, "late");
});

Deno.test("checkHistory() distinguishes a late node from a late listener", () => {
  const isLate = isOf("listener_sync", 5);
  const records = changed(
    (record) => isLate(record) || isOf("listener_sync", 6)(record),
    observed(1451, 6, 600, { cause: "resync", missed: 3 }),
  );
  const waiting = historyOf([...records, held(1440, 2, 2, 200)]);
  const { violations, serverLosses } = checkHistory(waiting, 0.9);
  assertEquals([violations, rulesOf(serverLosses)], [[], ["node-late"]]);
  // A late node is no excuse for a listener on another node.
  const other = { ...waiting, nodes: { listener_sync: 3 } };
  assertEquals(rulesOf(checkHistory(other, 0.9).violations), ["late"]);
});

Deno.test("checkHistory() reports a process that reuses an acknowledged number", () => {
  const records = changed(({ kind }) => kind === "held", ...write(700, 6), ...heldAtEnd(6, 700));
  assertViolations(
    [...records, observed(705, 6, 700), observed(706, 6, 700, ASYNC)],
    "number-reused",
  );
});

Deno.test("checkHistory() reports two observed values with one number", () => {
  const records = changed(({ kind }) => kind === "held", attempt(700, 7), ...write(800, 7));
  assertViolations(
    [
      ...records,
      observed(705, 7, 700),
      observed(805, 7, 800),
      observed(806, 7, 800, ASYNC),
      ...heldAtEnd(7, 800),
    ],
    "number-reused",
  );
});

Deno.test("checkHistory() accepts the reuse of a number whose write was refused", () => {
  assertViolations(changed(nothing, attempt(399, 4), attempt(398, 4)));
});

Deno.test("checkHistory() treats a stamp that is sent again as the same write", () => {
  for (const ms of [402, 502]) {
    assertViolations(changed(nothing, { ...attempt(400, 4), at: at(ms) }));
  }
});

Deno.test("checkHistory() reports a skipped number", () => {
  const isFourth = (record: HistoryRecord) => "seq" in record && record.seq === 4;
  const { violations } = checkHistory(historyOf(changed(isFourth)));
  assertEquals(rulesOf(violations), ["gap", "number-skipped"]);
});

Deno.test("checkHistory() reports a writer that continues after a write it did not log as set", () => {
  const isLost = (record: HistoryRecord) => record.kind === "acknowledged" && record.seq === 4;
  assertViolations(changed(isLost), "number-skipped");
});

Deno.test("checkHistory() accepts a new writer process that continues after an unacknowledged write", () => {
  const isLost = (record: HistoryRecord) => record.kind === "acknowledged" && record.seq === 4;
  assertViolations(changed(isLost, ended(401, "writer", 137), started(410, "writer")));
});

Deno.test("checkHistory() reports a new writer process that skips a number", () => {
  const isFourth = (record: HistoryRecord) => "seq" in record && record.seq === 4;
  const records = changed(isFourth, ended(401, "writer", 137), started(410, "writer"));
  const { violations } = checkHistory(historyOf(records));
  assertEquals(rulesOf(violations), ["gap", "number-skipped"]);
});

/** The writer is killed after the fourth write and begins again at the third. */
function begunAnew(...added: HistoryRecord[]): HistoryRecord[] {
  return [
    ...frame(),
    ...[1, 2, 3, 4].flatMap((seq) => write(seq * 100, seq)),
    ended(410, "writer", 137),
    started(430, "writer"),
    ...write(500, 3),
    ...write(600, 4),
    observed(105, 1, 100, { cause: "initial" }),
    observed(405, 4, 400, { missed: 2 }),
    observed(505, 3, 500),
    observed(605, 4, 600),
    observed(106, 1, 100, { ...ASYNC, cause: "initial" }),
    observed(206, 2, 200, ASYNC),
    observed(606, 4, 600, { ...ASYNC, missed: 1 }),
    ...heldAtEnd(4, 600),
    ...added,
  ];
}

Deno.test("checkHistory() distinguishes a number that the nodes had lost from one used twice", () => {
  assertLosses(begunAnew(held(420, 1, 2, 200)), "number-lost");
  assertViolations(begunAnew(), "number-reused");
  assertViolations(begunAnew(held(420, 1, 4, 400)), "number-reused");
});

Deno.test("checkHistory() accepts no reading before the value or after its reuse as proof of a loss", () => {
  assertViolations(begunAnew(held(350, 1, 3, 300)), "number-reused");
  assertViolations(begunAnew(held(520, 1, 2, 200)), "number-reused");
});

Deno.test("checkHistory() accepts no loss as a reason for one process to reuse a number", () => {
  const isLife = (record: HistoryRecord) =>
    "role" in record && record.role === "writer" && record.at > at(0) && record.at < at(END);
  const records = begunAnew(held(420, 1, 2, 200)).filter((record) => !isLife(record));
  assertViolations(records, "number-reused");
});

Deno.test("checkHistory() blames the server if the nodes lost an acknowledged value", () => {
  const isHeld = ({ kind }: HistoryRecord) => kind === "held";
  assertLosses(changed(isHeld, ...heldAtEnd(5)), "lost");
  assertLosses(changed(isHeld, ...[1, 2, 3].map((node) => held(1500, node))), "lost");
  assertLosses(
    changed((record) => isHeld(record) || isOf("listener_sync", 6)(record), ...heldAtEnd(5)),
    "lost",
  );
});

Deno.test("checkHistory() reports a listener that ends before the value that the nodes still hold", () => {
  const isGone = (record: HistoryRecord) =>
    record.kind === "held" || isOf("listener_sync", 5)(record) || isOf("listener_sync", 6)(record);
  const { violations, serverLosses } = checkHistory(
    historyOf(changed(isGone, ...heldAtEnd(5))),
  );
  assertEquals([rulesOf(violations), rulesOf(serverLosses)], [["missing"], ["lost"]]);
});

Deno.test("checkHistory() blames the server if nodes disagree, and expects a listener to have its node's value", () => {
  const isGone = (record: HistoryRecord) =>
    record.kind === "held" || isOf("listener_sync", 6)(record);
  const nodes = [held(1500, 1, 6, 600), held(1500, 2, 5, 500), held(1500, 3, 6, 600)];
  const records = changed(isGone, ...nodes);
  assertLosses(records, "disagreement");
  const history = historyOf(records);
  const onNode = (node: number) => checkHistory({ ...history, nodes: { listener_sync: node } });
  assertEquals(rulesOf(onNode(2).violations), []);
  assertEquals(rulesOf(onNode(3).violations), ["missing"]);
});

Deno.test("checkHistory() blames the server if a key vanished", () => {
  assertLosses(changed(nothing, observedNothing(350)), "vanished");
});

Deno.test("checkHistory() does not blame the server in a round without a fault", () => {
  const isGone = ({ kind }: HistoryRecord) => kind === "fault";
  assertViolations(changed(isGone, observedNothing(350)), "vanished");
  assertViolations(
    changed((record) => isGone(record) || record.kind === "held", ...heldAtEnd(5)),
    "lost",
  );
});

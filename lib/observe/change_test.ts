import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Ledger } from "./change.ts";
import type { Reading } from "./reading.ts";
import { createStamp, formatStamp } from "../protocol/stamp.ts";

const SECOND = 1_000_000;

function reading(writer: string, seq: number, micros = seq * SECOND): Reading {
  return { value: formatStamp(createStamp(writer, seq, micros)), readAt: micros + 1 };
}

const ABSENT: Reading = { value: null, readAt: 0 };

Deno.test("Ledger hands over the first value, with its stamp and its cause", () => {
  const change = new Ledger("k").accept(reading("w", 7), "initial", true);
  assertEquals(change, {
    key: "k",
    value: "w seq 7 micros 7000000 timestamp 7",
    stamp: createStamp("w", 7, 7 * SECOND),
    cause: "initial",
    readAt: 7 * SECOND + 1,
    conflated: 0,
    missed: 0,
  });
});

Deno.test("Ledger hands over an unchanged value once, whatever asked for the read", () => {
  const ledger = new Ledger("k");
  assert(ledger.accept(reading("w", 1), "initial", true));
  assertEquals(ledger.accept(reading("w", 1), "notification", true), undefined);
  assertEquals(ledger.accept(reading("w", 1), "resync", false), undefined);
});

Deno.test("Ledger drops a value that is older than one handed over", () => {
  const ledger = new Ledger("k");
  ledger.accept(reading("w", 5), "initial", true);
  assertEquals(ledger.accept(reading("w", 4), "notification", true), undefined);
  assert(ledger.accept(reading("w", 6), "notification", true));
});

Deno.test("Ledger drops an older value also after another writer's", () => {
  const ledger = new Ledger("k");
  ledger.accept(reading("w", 5), "initial", true);
  assert(ledger.accept(reading("other", 1), "notification", true));
  assertEquals(ledger.accept(reading("w", 4), "notification", true), undefined);
});

Deno.test("Ledger drops an older value of the older form", () => {
  const ledger = new Ledger("k");
  ledger.accept({ value: "Python01 timestamp 10", readAt: 0 }, "initial", true);
  assertEquals(
    ledger.accept({ value: "Python01 timestamp 9", readAt: 0 }, "notification", true),
    undefined,
  );
  assert(ledger.accept({ value: "Python01 timestamp 11", readAt: 0 }, "notification", true));
});

Deno.test("Ledger takes a lower number with a later time as a writer that began anew", () => {
  const ledger = new Ledger("k");
  ledger.accept(reading("w", 100, 100 * SECOND), "initial", true);
  const change = ledger.accept(reading("w", 1, 101 * SECOND), "notification", true);
  assertEquals([change?.stamp?.seq, change?.conflated, change?.missed], [1, 0, 0]);
});

Deno.test("Ledger hands over nothing from before a writer began anew", () => {
  const ledger = new Ledger("k");
  ledger.accept(reading("w", 100, 100 * SECOND), "initial", true);
  ledger.accept(reading("w", 1, 101 * SECOND), "notification", true);
  const stale = reading("w", 100, 100 * SECOND);
  assertEquals(ledger.accept(stale, "notification", true), undefined);
  assert(ledger.isOutdated(stale));
  assert(ledger.accept(reading("w", 2, 102 * SECOND), "notification", true));
  assertEquals(ledger.accept(stale, "notification", true), undefined);
});

Deno.test("Ledger takes a greater number with an earlier time as newer: the clock was set back", () => {
  const ledger = new Ledger("k");
  ledger.accept(reading("w", 1, 100 * SECOND), "initial", true);
  assert(ledger.accept(reading("w", 2, 50 * SECOND), "notification", true));
});

Deno.test("Ledger counts a gap as conflated where all was announced, and else as missed", () => {
  const ledger = new Ledger("k");
  ledger.accept(reading("w", 1), "initial", true);
  const conflated = ledger.accept(reading("w", 4), "notification", true);
  assertEquals([conflated?.conflated, conflated?.missed], [2, 0]);
  const missed = ledger.accept(reading("w", 9), "resync", false);
  assertEquals([missed?.conflated, missed?.missed], [0, 4]);
});

Deno.test("Ledger counts no gap between two writers", () => {
  const ledger = new Ledger("k");
  ledger.accept(reading("w", 1), "initial", true);
  assertEquals(ledger.accept(reading("other", 9), "notification", true)?.conflated, 0);
});

Deno.test("Ledger hands over a deletion, and counts the gap across it", () => {
  const ledger = new Ledger("k");
  ledger.accept(reading("w", 1), "initial", true);
  const deletion = ledger.accept(ABSENT, "notification", true);
  assertEquals([deletion?.value, deletion?.stamp], [null, undefined]);
  assertEquals(ledger.accept(ABSENT, "reconcile", false), undefined);
  assertEquals(ledger.accept(reading("w", 3), "notification", true)?.conflated, 1);
});

Deno.test("Ledger tells a key without text from a key that is absent", () => {
  const ledger = new Ledger("k");
  ledger.accept(ABSENT, "initial", true);
  const change = ledger.accept(
    { value: null, problem: "it is a list", readAt: 0 },
    "notification",
    true,
  );
  assertEquals([change?.value, change?.problem], [null, "it is a list"]);
});

Deno.test("Ledger measures nothing by a stamp from more than a day ahead", () => {
  const ledger = new Ledger("k");
  const far = { seq: Number.MAX_SAFE_INTEGER, micros: Number.MAX_SAFE_INTEGER };
  const poisons = [
    createStamp("w", far.seq, far.micros),
    createStamp("w", far.seq, 86_410 * SECOND),
  ];
  ledger.accept(reading("w", 1), "initial", true);
  for (const [index, poison] of poisons.entries()) {
    const seq = 2 + 2 * index;
    const poisoned = { value: formatStamp(poison), readAt: 9 * SECOND };
    const change = ledger.accept(poisoned, "notification", true);
    assertEquals([change?.stamp, change?.conflated], [poison, 0]);
    assertEquals(ledger.accept(reading("w", seq), "notification", true)?.conflated, 0);
    assertEquals(ledger.accept(reading("w", seq - 1), "notification", true), undefined);
    assertEquals(ledger.accept(reading("w", seq + 1), "notification", true)?.stamp?.seq, seq + 1);
  }
});

Deno.test("Ledger hands over all values of two writers of one name, and tells of them", () => {
  const values = fc.array(
    fc.record({ first: fc.boolean(), pause: fc.integer({ min: 1, max: 9 }) }),
    {
      minLength: 1,
      maxLength: 100,
    },
  );
  const starts = fc.integer({ min: 1, max: 1000 });
  fc.assert(fc.property(starts, starts, values, (one, other, values) => {
    const ledger = new Ledger("k");
    let [micros, handed] = [0, 0];
    for (const { first, pause } of values) {
      micros += pause;
      const seq = first ? one++ : other++;
      if (ledger.accept(reading("w", seq, micros), "notification", true)) handed++;
    }
    assertEquals(handed, values.length);
  }));
  const ledger = new Ledger("k");
  const told = [41, 42, 42, 43, 43, 44, 44, 45, 45, 46, 46].map((seq, turn) => {
    ledger.accept(reading("w", seq, turn * SECOND), "notification", true);
    return ledger.contested;
  });
  assertEquals(told.filter((name) => name !== undefined), ["w"]);
});

Deno.test("Ledger tells of two writers of one name also where it drops the one's values as older", () => {
  const ledger = new Ledger("k");
  const told: (string | undefined)[] = [];
  for (let turn = 1; turn <= 5; turn++) {
    for (const seq of [1000 + turn, turn]) {
      const change = ledger.accept(reading("w", seq), "notification", true);
      assertEquals(change === undefined, seq < 1000);
      told.push(ledger.contested);
    }
  }
  assertEquals(told.filter((name) => name !== undefined), ["w"]);
});

Deno.test("Ledger never goes backwards, ends at the newest and accounts for every number", () => {
  const lags = fc.array(fc.record({ advance: fc.nat(5), lag: fc.nat(5) }), { minLength: 1 });
  fc.assert(fc.property(lags, (steps) => {
    const ledger = new Ledger("k");
    let written = 1;
    let last = 0;
    let handled = 0;
    let skipped = 0;
    const read = (seq: number) => {
      const change = ledger.accept(reading("w", seq), "notification", true);
      if (!change) return;
      assert(change.stamp!.seq! > last, "backwards");
      last = change.stamp!.seq!;
      handled++;
      skipped += change.conflated + change.missed;
    };
    read(1);
    for (const { advance, lag } of steps) {
      written += advance;
      read(Math.max(1, written - lag));
    }
    read(written);
    assertEquals(last, written);
    assertEquals(handled + skipped, written);
  }));
});

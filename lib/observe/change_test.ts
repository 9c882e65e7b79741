import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ChangeDetector } from "./change.ts";
import type { Reading } from "./reading.ts";
import { createStamp, formatStamp, versionOfStamp } from "../protocol/stamp.ts";

const SECOND = 1_000_000;

function reading(writer: string, seq: number, micros = seq * SECOND): Reading {
  return { value: formatStamp(createStamp(writer, seq, micros)), readAt: micros + 1 };
}

const ABSENT: Reading = { value: null, readAt: 0 };

Deno.test("ChangeDetector delivers the first value, with its version and its cause", () => {
  const change = new ChangeDetector("k", versionOfStamp).accept(reading("w", 7), "initial", true);
  assertEquals(change, {
    key: "k",
    value: "w seq 7 micros 7000000 timestamp 7",
    version: versionOfStamp("w seq 7 micros 7000000 timestamp 7"),
    cause: "initial",
    readAt: 7 * SECOND + 1,
    conflated: 0,
    missed: 0,
  });
});

Deno.test("ChangeDetector delivers an unchanged value once, whatever caused the read", () => {
  const detector = new ChangeDetector("k", versionOfStamp);
  assert(detector.accept(reading("w", 1), "initial", true));
  assertEquals(detector.accept(reading("w", 1), "notification", true), undefined);
  assertEquals(detector.accept(reading("w", 1), "resync", false), undefined);
});

Deno.test("ChangeDetector drops a value that is older than a delivered one", () => {
  const detector = new ChangeDetector("k", versionOfStamp);
  detector.accept(reading("w", 5), "initial", true);
  assertEquals(detector.accept(reading("w", 4), "notification", true), undefined);
  assert(detector.accept(reading("w", 6), "notification", true));
});

Deno.test("ChangeDetector also drops an older value after one of another writer", () => {
  const detector = new ChangeDetector("k", versionOfStamp);
  detector.accept(reading("w", 5), "initial", true);
  assert(detector.accept(reading("other", 1), "notification", true));
  assertEquals(detector.accept(reading("w", 4), "notification", true), undefined);
});

Deno.test("ChangeDetector drops an older value in the older format", () => {
  const detector = new ChangeDetector("k", versionOfStamp);
  detector.accept({ value: "Python01 timestamp 10", readAt: 0 }, "initial", true);
  assertEquals(
    detector.accept({ value: "Python01 timestamp 9", readAt: 0 }, "notification", true),
    undefined,
  );
  assert(detector.accept({ value: "Python01 timestamp 11", readAt: 0 }, "notification", true));
});

Deno.test("ChangeDetector takes a lower number with a later time for a writer's restart", () => {
  const detector = new ChangeDetector("k", versionOfStamp);
  detector.accept(reading("w", 100, 100 * SECOND), "initial", true);
  const change = detector.accept(reading("w", 1, 101 * SECOND), "notification", true);
  assertEquals([change?.version?.number, change?.conflated, change?.missed], [1, 0, 0]);
});

Deno.test("ChangeDetector delivers nothing from before a writer's restart", () => {
  const detector = new ChangeDetector("k", versionOfStamp);
  detector.accept(reading("w", 100, 100 * SECOND), "initial", true);
  detector.accept(reading("w", 1, 101 * SECOND), "notification", true);
  const stale = reading("w", 100, 100 * SECOND);
  assertEquals(detector.accept(stale, "notification", true), undefined);
  assert(detector.isStale(stale));
  assert(detector.accept(reading("w", 2, 102 * SECOND), "notification", true));
  assertEquals(detector.accept(stale, "notification", true), undefined);
});

Deno.test("ChangeDetector takes a greater number with an earlier time as newer: the clock was set back", () => {
  const detector = new ChangeDetector("k", versionOfStamp);
  detector.accept(reading("w", 1, 100 * SECOND), "initial", true);
  assert(detector.accept(reading("w", 2, 50 * SECOND), "notification", true));
});

Deno.test("ChangeDetector counts a gap as conflated if all was announced, otherwise as missed", () => {
  const detector = new ChangeDetector("k", versionOfStamp);
  detector.accept(reading("w", 1), "initial", true);
  const conflated = detector.accept(reading("w", 4), "notification", true);
  assertEquals([conflated?.conflated, conflated?.missed], [2, 0]);
  const missed = detector.accept(reading("w", 9), "resync", false);
  assertEquals([missed?.conflated, missed?.missed], [0, 4]);
});

Deno.test("ChangeDetector counts no gap between two writers", () => {
  const detector = new ChangeDetector("k", versionOfStamp);
  detector.accept(reading("w", 1), "initial", true);
  assertEquals(detector.accept(reading("other", 9), "notification", true)?.conflated, 0);
});

Deno.test("ChangeDetector delivers a deletion, and counts the gap across it", () => {
  const detector = new ChangeDetector("k", versionOfStamp);
  detector.accept(reading("w", 1), "initial", true);
  const deletion = detector.accept(ABSENT, "notification", true);
  assertEquals([deletion?.value, deletion?.version], [null, undefined]);
  assertEquals(detector.accept(ABSENT, "reconcile", false), undefined);
  assertEquals(detector.accept(reading("w", 3), "notification", true)?.conflated, 1);
});

Deno.test("ChangeDetector distinguishes a key without text from an absent key", () => {
  const detector = new ChangeDetector("k", versionOfStamp);
  detector.accept(ABSENT, "initial", true);
  const change = detector.accept(
    { value: null, problem: "it is a list", readAt: 0 },
    "notification",
    true,
  );
  assertEquals([change?.value, change?.problem], [null, "it is a list"]);
});

Deno.test("ChangeDetector does not order or count by a stamp more than a day ahead", () => {
  const detector = new ChangeDetector("k", versionOfStamp);
  const far = { seq: Number.MAX_SAFE_INTEGER, micros: Number.MAX_SAFE_INTEGER };
  const poisons = [
    createStamp("w", far.seq, far.micros),
    createStamp("w", far.seq, 86_410 * SECOND),
  ];
  detector.accept(reading("w", 1), "initial", true);
  for (const [index, poison] of poisons.entries()) {
    const seq = 2 + 2 * index;
    const poisoned = { value: formatStamp(poison), readAt: 9 * SECOND };
    const change = detector.accept(poisoned, "notification", true);
    assertEquals([change?.version?.stamp, change?.conflated], [poison, 0]);
    assertEquals(detector.accept(reading("w", seq), "notification", true)?.conflated, 0);
    assertEquals(detector.accept(reading("w", seq - 1), "notification", true), undefined);
    assertEquals(
      detector.accept(reading("w", seq + 1), "notification", true)?.version?.number,
      seq + 1,
    );
  }
});

Deno.test("ChangeDetector delivers every different value without versionOf", () => {
  const detector = new ChangeDetector("k");
  const values = [
    "nightly timestamp 1700000005",
    "nightly timestamp 1700000004",
    "w seq 1",
    null,
    "w seq 1",
  ];
  for (const value of values) {
    assertEquals(detector.accept({ value, readAt: 0 }, "notification", true)?.value, value);
  }
  assertEquals(detector.accept({ value: "w seq 1", readAt: 1 }, "reconcile", true), undefined);
});

Deno.test("ChangeDetector never goes backwards, ends at the newest and accounts for every number", () => {
  const lags = fc.array(fc.record({ advance: fc.nat(5), lag: fc.nat(5) }), { minLength: 1 });
  fc.assert(fc.property(lags, (steps) => {
    const detector = new ChangeDetector("k", versionOfStamp);
    let written = 1;
    let last = 0;
    let handled = 0;
    let skipped = 0;
    const read = (seq: number) => {
      const change = detector.accept(reading("w", seq), "notification", true);
      if (!change) return;
      assert(change.version!.number! > last, "backwards");
      last = change.version!.number!;
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

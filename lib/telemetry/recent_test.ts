import { changeTo } from "../../tests/changes.ts";
import { assertEquals } from "@std/assert";
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import type { Change } from "../observe/change.ts";
import { Recent } from "./recent.ts";
import { createStamp, formatStamp, type StampVersion } from "../protocol/stamp.ts";

/** A change that is notified 10 µs, and read 30 µs, after it was written at `micros`. */
function changeOf(seq: number, micros: number, more: Partial<Change<StampVersion>> = {}) {
  const value = formatStamp(createStamp("w", seq, micros));
  return changeTo(value, { notifiedAt: micros + 10, readAt: micros + 30, ...more });
}

/** The only duration in a distribution, if there is one. */
function durationIn(recent: Recent, name: string): number | undefined {
  const text = recent.facts(0)[name] as string | undefined;
  if (text === undefined) return undefined;
  const { totalCount, maxValue } = decodeFromCompressedBase64(text);
  assertEquals(totalCount, 1);
  return maxValue;
}

const STEPS = ["answered", "notification", "read", "handshake"];

Deno.test("Recent has no facts before anything was handled", () => {
  const facts = new Recent().facts(5);
  assertEquals(Object.values(facts).filter((fact) => fact !== undefined), []);
});

Deno.test("Recent splits the time of a change into steps", () => {
  const recent = new Recent();
  recent.recordAnswer(changeOf(1, 1000), 1100);
  assertEquals(STEPS.map((name) => durationIn(recent, name)), [100, 10, 20, 70]);
});

for (
  const [what, more] of [
    ["conflated", { conflated: 1 }],
    ["missed", { missed: 1 }],
    ["found without a notification", { cause: "reconcile", notifiedAt: undefined }],
  ] as const
) {
  Deno.test(`Recent records no steps of a change with something ${what}`, () => {
    const recent = new Recent();
    recent.recordAnswer(changeOf(1, 1000, more), 1100);
    assertEquals(STEPS.map((name) => durationIn(recent, name)), [
      100,
      undefined,
      undefined,
      undefined,
    ]);
  });
}

Deno.test("Recent does not time the initial value, but records that it was handled", () => {
  const recent = new Recent();
  recent.recordAnswer(changeOf(1, 1000, { cause: "initial", notifiedAt: undefined }), 9000);
  const { newestSeq, newestMicros, newestAt, staleness } = recent.facts(10_000);
  assertEquals([newestSeq, newestMicros, newestAt, staleness], [1, 1000, 9000, 9000]);
  assertEquals(durationIn(recent, "answered"), undefined);
});

Deno.test("Recent leaves negative durations out", () => {
  const recent = new Recent();
  recent.record("timeDifference", -1);
  assertEquals(durationIn(recent, "timeDifference"), undefined);
});

Deno.test("Recent keeps the newest value, in whatever order values are handled", () => {
  const recent = new Recent();
  recent.recordAnswer(changeOf(2, 2000), 2100);
  recent.recordAnswer(changeOf(1, 1000), 2200);
  const { newestSeq, newestAt } = recent.facts(3000);
  assertEquals([newestSeq, newestAt], [2, 2100]);
});

Deno.test("Recent does not accept a value from the far future as the newest", () => {
  const recent = new Recent();
  recent.recordAnswer(changeOf(1, 1000), 1100);
  recent.recordAnswer(changeOf(2, 10 ** 12, { readAt: 2030 }), 2100);
  assertEquals(recent.facts(3000).newestSeq, 1);
});

Deno.test("Recent measures the greatest age of the newest value in each interval", () => {
  const recent = new Recent();
  recent.recordAnswer(changeOf(1, 1000), 1100);
  recent.recordAnswer(changeOf(2, 5000), 5100); // until then, the newest was of 1000
  assertEquals(recent.facts(5200).staleness, 4100);
  recent.clear();
  assertEquals(recent.facts(5900).staleness, 900);
});

Deno.test("Recent keeps only the newest value when it is cleared", () => {
  const recent = new Recent();
  recent.recordAnswer(changeOf(1, 1000), 1100);
  recent.clear();
  assertEquals(STEPS.map((name) => durationIn(recent, name)), STEPS.map(() => undefined));
  assertEquals(recent.facts(1200).newestSeq, 1);
});

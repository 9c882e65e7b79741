import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import { type Version, VersionOrder } from "./version.ts";

/** A value of the source "w". */
function version(number: number, time: number, run?: string): Version {
  return { source: "w", number, time, ...(run !== undefined && { run }) };
}

/** Counts how often versions, read one after the other, reveal that several sources share the name. */
function reveals(versions: readonly Version[]): number {
  const order = new VersionOrder();
  return versions.filter((version) => order.revealsShare(version)).length;
}

Deno.test("VersionOrder orders one run by number, whatever the clock says", () => {
  const order = new VersionOrder();
  order.accept(version(5, 100, "a"));
  assert(order.isOlder(version(4, 200, "a")));
  assertFalse(order.isOlder(version(6, 50, "a")));
});

Deno.test("VersionOrder takes another run with lower numbers and a later time for a restart", () => {
  const order = new VersionOrder();
  order.accept(version(100, 100, "a"));
  assertFalse(order.isOlder(version(1, 101, "b")));
  assertEquals(order.accept(version(1, 101, "b")), 0);
  assert(order.isOlder(version(100, 100, "a")), "from before the restart");
  assert(order.isOlder(version(99, 99, "a")));
});

Deno.test("VersionOrder takes unseen values from before a restart for older, if runs tell them apart", () => {
  const order = new VersionOrder();
  order.accept(version(100, 100, "a"));
  order.accept(version(1, 200, "b"));
  assert(order.isOlder(version(102, 102, "a")), "never delivered, from before the restart");
  assertFalse(order.isOlder(version(2, 199, "b")), "of the new run, though its clock was set back");
  const runless = new VersionOrder();
  runless.accept(version(100, 100));
  runless.accept(version(1, 200));
  assert(runless.isOlder(version(100, 100)));
  assertFalse(runless.isOlder(version(2, 199)), "the clock was set back");
});

Deno.test("VersionOrder counts what is skipped between two runs with continuous numbers", () => {
  const order = new VersionOrder();
  order.accept(version(7, 1, "a"));
  assertEquals(order.accept(version(10, 2, "b")), 2);
});

Deno.test("VersionOrder compares versions without numbers by whole seconds", () => {
  const order = new VersionOrder();
  order.accept({ source: "w", time: 10_000_000 });
  assert(order.isOlder({ source: "w", time: 9_999_999 }));
  assertFalse(order.isOlder(version(1, 10_000_000)));
});

Deno.test("VersionOrder keeps sources apart", () => {
  const order = new VersionOrder();
  order.accept(version(9, 9));
  assertFalse(order.isOlder({ source: "other", number: 1, time: 1 }));
});

Deno.test("VersionOrder reveals no shared name if one source restarts again and again", () => {
  const lives = fc.array(
    fc.record({ anew: fc.boolean(), length: fc.integer({ min: 1, max: 40 }) }),
  );
  fc.assert(fc.property(lives, (lives) => {
    const versions: Version[] = [];
    for (const [run, { anew, length }] of lives.entries()) {
      const first = anew ? 1 : (versions.at(-1)?.number ?? 0) + 1;
      for (let i = 0; i < length; i++) {
        versions.push(version(first + i, versions.length, `run${run}`));
      }
    }
    assertEquals(reveals(versions), 0);
  }));
});

Deno.test("VersionOrder reveals no shared name if old copies come in between", () => {
  const before = [1, 2, 3].map((number) => version(number, number, "a"));
  const after = [4, 5].map((number) => version(number, number, "b"));
  assertEquals(reveals([before[0], after[0], before[1], after[1], before[2]]), 0);
});

Deno.test("VersionOrder reveals a shared name once, as soon as an earlier run goes on", () => {
  const both = Array.from({ length: 10 }, (_, time) => version(time, time, time % 2 ? "a" : "b"));
  assertEquals(both.map((_, index) => reveals(both.slice(0, index + 1))), [
    0,
    0,
    ...Array(8).fill(1),
  ]);
});

Deno.test("VersionOrder reveals a shared name again after one source was alone", () => {
  const times = Array.from({ length: 40 }, (_, time) => time);
  const runOf = (time: number) => time < 10 || time >= 30 ? ["a", "b"][time % 2] : "a";
  assertEquals(reveals(times.map((time) => version(time, time, runOf(time)))), 2);
});

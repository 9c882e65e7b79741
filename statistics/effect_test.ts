import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "./random.ts";
import { effectOf } from "./effect.ts";

const RUNS = 2000;

Deno.test("effectOf() rarely finds a difference between a variant and itself", () => {
  for (const repetitions of [5, 6, 10]) {
    const random = seededRandom(repetitions);
    const verdicts = Array.from(
      { length: RUNS },
      () => effectOf(sample(random, repetitions, 1), sample(random, repetitions, 1))!.verdict,
    );
    const same = verdicts.filter((verdict) => verdict === "not distinguishable").length;
    assert(same >= 0.94 * RUNS, `${same} of ${RUNS} with ${repetitions} repetitions`);
  }
});

Deno.test("effectOf()'s interval holds the true ratio", () => {
  for (const ratio of [0.5, 1, 3]) {
    const random = seededRandom(7);
    const held = Array.from({ length: RUNS }, () => {
      const { low, high } = effectOf(sample(random, 5, ratio), sample(random, 5, 1))!;
      return low <= ratio && ratio <= high;
    }).filter((isHeld) => isHeld).length;
    assert(held >= 0.94 * RUNS && held < RUNS, `${held} of ${RUNS} at ${ratio}`);
  }
});

Deno.test("effectOf() finds a real difference", () => {
  const random = seededRandom(3);
  const verdicts = Array.from(
    { length: RUNS },
    () => effectOf(sample(random, 5, 2), sample(random, 5, 1))!.verdict,
  );
  const found = verdicts.filter((verdict) => verdict === "more").length;
  assert(found >= 0.9 * RUNS, `${found} of ${RUNS}`);
});

Deno.test("effectOf() divides medians, in any order of the values", () => {
  const effect = effectOf([30, 10, 20, 1000, 25], [1, 10, 100, 10, 10])!;
  assertEquals(effect.ratio, 2.5);
  assertEquals(effect, effectOf([10, 20, 25, 30, 1000], [10, 10, 10, 100, 1]));
});

Deno.test("effectOf() returns undefined for three repetitions", () => {
  assertEquals(effectOf([1, 1, 1], [2, 2, 2, 2, 2]), undefined);
});

/** Durations as machines show them: never below 0, some far above the others. */
function sample(random: () => number, count: number, median: number): number[] {
  return Array.from({ length: count }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return median * Math.exp(0.2 * normal);
  });
}

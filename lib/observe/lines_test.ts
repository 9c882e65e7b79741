import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import { Lines } from "./lines.ts";
import { createStamp } from "../protocol/stamp.ts";

/** How often a contest is told of, where stamps with these numbers come one after the other. */
function contests(seqs: readonly number[]): number {
  const lines = new Lines();
  return seqs.filter((seq, micros) => lines.follow(createStamp("w", seq, micros))).length;
}

/** Numbers that follow each other. */
function run(first: number, length: number): number[] {
  return Array.from({ length }, (_, index) => first + index);
}

Deno.test("Lines tells of no contest where one writer is started again and again", () => {
  const lives = fc.array(
    fc.record({ anew: fc.boolean(), length: fc.integer({ min: 1, max: 40 }) }),
  );
  fc.assert(
    fc.property(lives, (lives) => {
      const seqs: number[] = [];
      for (const { anew, length } of lives) {
        seqs.push(...run(anew ? 1 : (seqs.at(-1) ?? 0) + 1, length));
      }
      assertEquals(contests(seqs), 0);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("Lines tells of no contest where one writer's values are skipped, or written again", () => {
  const steps = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 16, maxLength: 40 });
  const lives = fc.array(fc.record({ first: fc.nat(200), steps }), { maxLength: 20 });
  fc.assert(
    fc.property(lives, (lives) => {
      const seqs = lives.flatMap(({ first, steps }) => {
        let seq = first;
        return steps.map((step) => seq += step);
      });
      assertEquals(contests(seqs), 0);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("Lines tells of a contest soon where several writers go by one name", () => {
  const firsts = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 4 });
  const order = fc.infiniteStream(fc.nat());
  fc.assert(
    fc.property(firsts, order, (firsts, order) => {
      const next = [...firsts];
      const seqs = Array.from({ length: 10 }, () => {
        const turns = next.map((_, writer) => ({ writer, turn: order.next().value }))
          .sort((one, other) => one.turn - other.turn);
        return turns.map(({ writer }) => next[writer]++);
      }).flat();
      assertEquals(contests(seqs), 1);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("Lines tells of a contest where a second writer starts from what the first one wrote", () => {
  assertEquals(contests([41, 42, 42, 43, 43, 44, 44, 45, 45, 46]), 1);
});

Deno.test("Lines tells once of a contest that goes on, and again of another one later", () => {
  const contest = run(1, 200).flatMap((seq) => [seq + 500, seq]);
  assertEquals(contests(contest), 1);
  assertEquals(contests([...contest, ...run(701, 200), ...contest]), 2);
});

Deno.test("Lines learns nothing from a stamp that is read again", () => {
  const lines = new Lines();
  const [fresh, stale] = [createStamp("w", 43, 43), createStamp("w", 42, 42)];
  for (let turn = 0; turn < 10; turn++) {
    assertFalse(lines.follow(stale));
    assertFalse(lines.follow(fresh));
  }
  assert(run(44, 10).every((seq) => !lines.follow(createStamp("w", seq, seq))));
});

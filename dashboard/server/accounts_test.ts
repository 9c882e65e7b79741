import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Accounts, type Finding } from "./accounts.ts";

/** An account of one listener, by the number of the write that it answers. */
interface Told {
  readonly changes: number;
  readonly seq: number;
  readonly missed?: number;
  readonly readAt?: number;
  /** Whose it is. */
  readonly run?: string;
}

/** Counts what is found in accounts that come one after the other. */
function tell(told: readonly Told[]): { anew: number; shared: number; missed: number } {
  const accounts = new Accounts();
  const findings = told.map(({ changes, seq, missed = 0, readAt = seq, run = "a" }) =>
    accounts.follow({ readAt, changes, conflated: 0, missed, run })
  );
  const count = (kind: Finding["is"]) => findings.filter(({ is }) => is === kind).length;
  const missed = findings.map((finding) => "missed" in finding ? finding.missed : 0);
  return {
    anew: count("anew"),
    shared: count("shared"),
    missed: missed.reduce((sum, missed) => sum + missed, 0),
  };
}

/** Whether the dashboard was quick enough to read each account. */
const seen = fc.infiniteStream(fc.boolean());

Deno.test("Accounts counts the restarts of one listener, and finds no second one", () => {
  const steps = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 40 });
  fc.assert(
    fc.property(fc.array(steps, { minLength: 1, maxLength: 20 }), (lives) => {
      let seq = 0;
      const accounts = lives.flatMap((steps, life) => {
        let changes = 1;
        const run = `run${life}`;
        return [
          { changes, seq: ++seq, run },
          ...steps.map((step) => ({ changes: changes += step, seq: seq += step, run })),
        ];
      });
      assertEquals(tell(accounts), { anew: lives.length - 1, shared: 0, missed: 0 });
    }),
    { numRuns: 1000 },
  );
});

Deno.test("Accounts finds nothing if answers overtake each other", () => {
  const order = fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(order, (delays) => {
      const accounts = delays.map((delay, index) => ({
        seq: 41 + index,
        changes: 1 + index,
        at: index + delay,
      })).sort((one, other) => one.at - other.at);
      assertEquals(tell(accounts), { anew: 0, shared: 0, missed: 0 });
    }),
    { numRuns: 1000 },
  );
});

Deno.test("Accounts finds nothing in late accounts of an earlier run", () => {
  const [old, now] = ["a", "b"];
  const accounts = [
    { changes: 7, seq: 1, run: old },
    { changes: 1, seq: 5, run: now },
    { changes: 8, seq: 2, run: old },
    { changes: 2, seq: 6, run: now },
  ];
  assertEquals(tell(accounts), { anew: 1, shared: 0, missed: 0 });
});

Deno.test("Accounts finds a restart without runs by a later account with a lower count", () => {
  const accounts = [{ changes: 7, seq: 1 }, { changes: 1, seq: 2 }, { changes: 2, seq: 3 }];
  assertEquals(tell(accounts.map((account) => ({ ...account, run: "" }))).anew, 1);
});

Deno.test("Accounts finds nothing if an account is read again", () => {
  const account = { changes: 7, seq: 42 };
  assertEquals(tell([account, account, account]), { anew: 0, shared: 0, missed: 0 });
});

Deno.test("Accounts finds several listeners once, however many of their accounts are seen", () => {
  const firsts = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(firsts, seen, (firsts, seen) => {
      const accounts = Array.from(
        { length: 200 },
        (_, seq) =>
          firsts.map((first, index) => ({
            seq,
            changes: first + seq,
            readAt: seq + index / 10,
            run: `run${index}`,
          })),
      ).flat().filter(() => seen.next().value);
      const { anew, shared } = tell(accounts);
      assertEquals(shared, 1);
      assert(anew < firsts.length, `${anew}`);
    }),
    { numRuns: 300 },
  );
});

Deno.test("Accounts counts what each of several listeners missed", () => {
  const accounts = Array.from({ length: 20 }, (_, seq) => [
    { seq, changes: 1000 + seq, missed: seq < 10 ? 5 : 7, run: "a" },
    { seq, changes: 1 + seq, readAt: seq + 0.5, run: "b" },
  ]).flat();
  assertEquals(tell(accounts).missed, 2);
});

Deno.test("Accounts finds several listeners again after one was alone for long", () => {
  const both = (seq: number) => [
    { seq, changes: 1000 + seq, run: "a" },
    { seq, changes: 1 + seq, readAt: seq + 0.5, run: "b" },
  ];
  const seqs = (first: number, length: number) =>
    Array.from({ length }, (_, index) => first + index);
  const accounts = [
    ...seqs(0, 50).flatMap(both),
    ...seqs(50, 150).map((seq) => both(seq)[0]),
    ...seqs(200, 50).flatMap(both),
  ];
  assertEquals(tell(accounts).shared, 2);
});

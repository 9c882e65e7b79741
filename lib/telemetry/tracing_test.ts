import { isSpanContextValid } from "@opentelemetry/api";
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { createStamp } from "../protocol/stamp.ts";
import { traceHandshake, traceOf, traceRead, traceWrite } from "./tracing.ts";

/** Undoes the spreading of sequence numbers: the constant times this is 1, modulo 2^64. */
const GATHER = 0xf1de83e19937733dn;

const count = fc.maxSafeNat();

Deno.test("traceOf() returns valid ids from which the stamp's numbers can be recovered", () => {
  fc.assert(fc.property(count, count, (seq, micros) => {
    const context = traceOf(createStamp("w", seq, micros));
    assert(isSpanContextValid(context));
    const [first, second] = [context.traceId.slice(0, 16), context.traceId.slice(16)];
    assertEquals(second, context.spanId);
    assertEquals(Number(`0x${first}`), micros);
    assertEquals(Number(BigInt.asUintN(64, BigInt(`0x${second}`) * GATHER) - 1n), seq);
  }));
});

for (const [seq, micros] of [[0, 0], [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]]) {
  Deno.test(`traceOf() returns valid ids for the numbers ${seq} and ${micros}`, () => {
    assert(isSpanContextValid(traceOf(createStamp("w", seq, micros))));
  });
}

for (const ratio of [0.01, 0.1, 0.5]) {
  Deno.test(`traceOf() spreads values so that a sampler takes ${ratio} of them`, () => {
    const bound = BigInt(ratio * 2 ** 63);
    const isTaken = (seq: number) => {
      const { traceId } = traceOf(createStamp("w", seq, 1725543675123456 + seq * 1_000_000));
      return BigInt(`0x${traceId.slice(16)}`) >> 1n < bound; // as OpenTelemetry's samplers choose
    };
    const taken = Array.from({ length: 1000 }, (_, seq) => isTaken(seq)).filter((is) => is);
    assertAlmostEquals(taken.length, 1000 * ratio, 2);
  });
}

Deno.test("traceWrite() and traceHandshake() resolve and reject as the work does", async () => {
  const stamp = createStamp("w", 1, 5_000_000);
  const facts = { cause: "initial", readAt: 6_000_000, conflated: 0, missed: 0 } as const;
  const change = { key: "k", value: "", stamp, ...facts };
  traceRead("l", change);
  const tracers = [
    (work: () => Promise<number>) => traceWrite(stamp, work),
    (work: () => Promise<number>) => traceHandshake("l", change, work),
  ];
  for (const tracer of tracers) {
    assertEquals(await tracer(() => Promise.resolve(1)), 1);
    await assertRejects(() => tracer(() => Promise.reject(new Error("no luck"))), Error, "no luck");
  }
});

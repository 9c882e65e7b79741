import { assert, assertEquals } from "@std/assert";
import { nowMicros } from "./clock.ts";

Deno.test("nowMicros() is the system's clock", () => {
  for (let i = 0; i < 1000; i++) {
    const before = Date.now();
    const micros = nowMicros();
    const after = Date.now();
    assert(before <= micros / 1000 && micros / 1000 < after + 1, `${before} ${micros} ${after}`);
  }
});

Deno.test("nowMicros() is a whole number, finer than a millisecond", () => {
  const readings = Array.from({ length: 1000 }, nowMicros);
  assertEquals(readings.every(Number.isSafeInteger), true);
  assert(readings.some((micros) => micros % 1000 !== 0));
});

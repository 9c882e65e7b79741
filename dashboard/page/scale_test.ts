import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { placeOn, scaleOf, ticksOf } from "./scale.js";

Deno.test("scaleOf() begins and ends at round values", () => {
  assertEquals(scaleOf([830, 6_100]), { isLog: true, low: 500, high: 10_000 });
  assertEquals(scaleOf([200, 1000]), { isLog: true, low: 100, high: 1000 });
  assertEquals(scaleOf([]), { isLog: true, low: 100, high: 10_000 });
});

Deno.test("scaleOf() is linear if a value is below zero", () => {
  assertEquals(scaleOf([-300, 4_100]), { isLog: false, low: -500, high: 5000 });
  assertEquals(scaleOf([-300, -200]), { isLog: false, low: -500, high: 500 });
});

Deno.test("every value has a place on its scale, and every scale has a few ticks", () => {
  const values = fc.array(fc.double({ min: -1e9, max: 1e12, noNaN: true }), { minLength: 1 });
  fc.assert(fc.property(values, (values) => {
    const scale = scaleOf(values);
    assert(scale.low < scale.high, "the scale is empty");
    for (const value of values) {
      const isOff = value > scale.high || value < scale.low && !(scale.isLog && value < 1);
      assert(!isOff, `${value} is beyond ${JSON.stringify(scale)}`);
      const place = placeOn(value, scale);
      assert(place >= 0 && place <= 1, `${value} is placed at ${place}`);
    }
    const ticks = ticksOf(scale);
    assert(ticks.length >= 2 && ticks.length <= 14, `there are ${ticks.length} values`);
    assertEquals(ticks, ticks.toSorted((a, b) => a - b));
  }));
});

Deno.test("placeOn() gives each decade the same room", () => {
  const scale = { isLog: true, low: 100, high: 10_000 };
  assertEquals([50, 100, 1000, 10_000, 1e6].map((value) => placeOn(value, scale)), [
    0,
    0,
    0.5,
    1,
    1,
  ]);
});

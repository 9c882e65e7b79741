import { assertEquals } from "@std/assert";
import { createStamp } from "./stamp.ts";
import { formatDifference, timeDifference } from "./timing.ts";

Deno.test("timeDifference() is exact to the microsecond", () => {
  const stamp = createStamp("writer", 1, 1725543675123456);
  assertEquals(timeDifference(stamp, 1725543676123457), { seconds: 1.000001, coarse: false });
});

Deno.test("timeDifference() of the older form is in whole seconds", () => {
  const stamp = { writer: "Python01", timestamp: 1725543675 };
  assertEquals(timeDifference(stamp, 1725543678999999), { seconds: 3, coarse: true });
});

Deno.test("formatDifference() writes six decimals, or whole seconds", () => {
  assertEquals(formatDifference({ seconds: 0.0004, coarse: false }), "0.000400 seconds");
  assertEquals(formatDifference({ seconds: 3, coarse: true }), "3 seconds");
});

Deno.test("formatDifference() keeps the sign of a negative difference, and marks it", () => {
  assertEquals(
    formatDifference({ seconds: -0.002, coarse: false }),
    "-0.002000 seconds (clocks apart)",
  );
});

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { Distribution } from "./distribution.ts";

Deno.test("Distribution has no percentiles before anything was recorded", () => {
  assertEquals(new Distribution(3).percentiles(), "p50 -");
});

Deno.test("Distribution records negative durations as zero, and very long ones", () => {
  const distribution = new Distribution(3);
  for (const micros of [-5, 2 ** 60]) distribution.record(micros);
  assertEquals(distribution.count, 2);
});

Deno.test("Distribution encodes everything recorded since it was cleared", () => {
  const distribution = new Distribution(3);
  const durations = fc.array(fc.nat({ max: 10_000_000 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(durations, (micros) => {
      distribution.clear();
      for (const each of micros) distribution.record(each);
      const decoded = decodeFromCompressedBase64(distribution.encode());
      assertEquals(decoded.totalCount, micros.length);
      const longest = Math.max(...micros);
      assert(Math.abs(decoded.maxValue - longest) <= longest / 1000);
    }),
    { numRuns: 200 },
  );
});

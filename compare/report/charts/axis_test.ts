/** Where the ticks of axes stand. */

import { assertEquals } from "@std/assert";
import { zeroAxis } from "./axis.ts";

Deno.test("zeroAxis() has round values at its ticks", () => {
  const labels = (greatest: number) => zeroAxis([greatest], String).ticks.map(({ label }) => label);
  assertEquals(labels(0.79), ["0", "0.2", "0.4", "0.6", "0.8"]);
  assertEquals(labels(7), ["0", "2", "4", "6", "8"]);
});

/** The scenarios: what has to hold for all of them. */

import { assert, assertEquals } from "@std/assert";
import { expectedSeconds } from "./experiment.ts";
import { SCENARIO_NAMES } from "../results.ts";
import { ORDER, planScenario } from "./scenarios.ts";

for (const quick of [false, true]) {
  const kind = quick ? "quick " : "";
  Deno.test(`Each ${kind}scenario has points, each with a group for its first variants`, () => {
    for (const name of SCENARIO_NAMES) {
      const { variants, points, skipped } = planScenario(name, { quick, nodes: 3 });
      assertEquals(skipped, null);
      assert(points.length > 0, name);
      for (const { groups, offer } of points) {
        assert(groups.length > 0 && groups.length <= variants.length, name);
        assert(Number.isInteger(offer.writes) && offer.writes > 0, name);
      }
    }
  });
}

Deno.test("The scenario of another node is left out where there is none, and says why", () => {
  const { points, skipped } = planScenario("replica", { quick: false, nodes: 1 });
  assertEquals([points.length, skipped], [0, "There is only one server."]);
});

Deno.test("All scenarios together should take less than three minutes, and half a minute if quick", () => {
  const expected = (quick: boolean, repetitions: number) => {
    const plans = ORDER.map((name) => planScenario(name, { quick, nodes: quick ? 1 : 3 }));
    return expectedSeconds(plans, repetitions);
  };
  assert(expected(false, 5) < 180, `${expected(false, 5)}`);
  assert(expected(true, 3) < 28, `${expected(true, 3)}`);
});

Deno.test("Every scenario has its place in the order", () => {
  assertEquals(ORDER.toSorted(), SCENARIO_NAMES.toSorted());
});

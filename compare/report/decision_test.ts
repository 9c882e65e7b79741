import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import fc from "fast-check";
import { arbitraryScenario, BROKEN_WORDS } from "./conclusions/_arbitrary.ts";
import { ALL_EXAMPLES, EXAMPLES, handlerAt } from "./conclusions/_examples.ts";
import { buildResults, buildScenario, mapFigures, swapArms } from "./conclusions/_testing.ts";
import { decide } from "./decision.ts";
import type { Decision, ScenarioResult } from "../results.ts";

const EITHER = "either: it makes no difference";

function decideOn(...scenarios: ScenarioResult[]): Decision[] {
  return decide(buildResults(scenarios));
}

const LOOP_WHERE_COMPUTING = "the loop: overlapping callbacks gain nothing";

function usesOf(scenarios: readonly ScenarioResult[]): string[] {
  return decideOn(...scenarios).map(({ use }) => use);
}

Deno.test("decide() goes by the figures, and the other way with opposite ones", () => {
  assertEquals(usesOf(ALL_EXAMPLES), [
    "the callback",
    "the loop, which also handles one change after another",
    LOOP_WHERE_COMPUTING,
    EITHER,
    "the keyspace channel",
    "the writer's node",
  ]);
  assertEquals(usesOf(ALL_EXAMPLES.map(swapArms)), [
    "the loop",
    "the callback",
    "the callback",
    EITHER,
    "the keyevent channel",
    "another node",
  ]);
});

Deno.test("decide() says that it makes no difference where the repetitions overlap", () => {
  const wide = ALL_EXAMPLES.map((scenario) =>
    mapFigures(scenario, ({ median }) => ({ median, least: 0, greatest: 1e9 }))
  );
  assertEquals(usesOf(wide), [EITHER, LOOP_WHERE_COMPUTING, EITHER, EITHER, EITHER]);
});

Deno.test("decide() leaves out what was not measured", () => {
  assertEquals(decideOn(), []);
  assertEquals(decideOn(...ALL_EXAMPLES.map((one) => mapFigures(one, () => null))), []);
  assertEquals(decideOn(...ALL_EXAMPLES.map((one) => ({ ...one, skipped: "for once" }))), []);
  assertEquals(decideOn(EXAMPLES.replica).map(({ when }) => when), ["there are several nodes"]);
});

Deno.test("decide() begins with the handler that waits, and says what the loop gets through", () => {
  const [{ when, because }] = decideOn(...ALL_EXAMPLES.toReversed());
  assertMatch(
    when,
    /^the handler waits .* faster than it answers one after another \(more than [\d.]+ changes a second, with 50 ms of waiting\)$/,
  );
  assertEquals(
    because,
    "At 200 writes a second and 50 ms of waiting, the part handled was 9.7 % with the loop and " +
      "100 % with the callback. The loop gets through 19.4 changes a second there, 1.55 ms for " +
      "each beside the wait. It handles at least nine tenths up to 2 ms of waiting and skips more " +
      "than a tenth from 10 ms of waiting on.",
  );
});

Deno.test("decide() says nothing of changes that come too fast where none did", () => {
  const keepingUp = buildScenario("waiting", [handlerAt(1, [1, 7000], [1, 7000])]);
  assertEquals(decideOn(keepingUp), []);
});

Deno.test("decide() says no time of a change where the loop handled none", () => {
  const none = buildScenario("waiting", [handlerAt(50, [0, 60_000], [1, 56_000])]);
  assertFalse(decideOn(none)[0].because.includes("gets through"));
});

Deno.test("decide() advises against a loop whose newest value gets too old", () => {
  const late = buildScenario("waiting", [handlerAt(50, [0.1, 500_000], [1, 56_000])]);
  assertEquals(decideOn(late)[1].use, "the callback");
});

Deno.test("decide() goes by no age that is the same with both", () => {
  const slow = buildScenario("waiting", [handlerAt(5, [0.5, 31_800], [1, 28_700])]);
  assertEquals(decideOn(slow)[1].use, "the loop, which also handles one change after another");
});

Deno.test("decide() names both where two reasons speak for one each", () => {
  const computing = buildScenario("computing", [handlerAt(50, [0.1, 100_000], [0.2, 900_000])]);
  assertEquals(
    decideOn(computing)[0].use,
    "the callback where every value counts, the loop where the newest value counts",
  );
});

Deno.test("decide() prefers the pattern with the lower time difference, where there is one", () => {
  const rates = mapFigures(EXAMPLES.rates, ({ median, least, greatest }, arm) => {
    const factor = arm === "loop" && median > 1 ? 2 : 1; // shares stay
    return { median: factor * median, least: factor * least, greatest: factor * greatest };
  });
  assertEquals(usesOf([rates]), ["the callback"]);
  assertEquals(usesOf([swapArms(rates)]), ["the loop"]);
});

Deno.test("decide() never says a word that is none", () => {
  fc.assert(fc.property(fc.array(arbitraryScenario(), { maxLength: 8 }), (scenarios) => {
    const decisions = decideOn(...scenarios);
    assert(decisions.length <= 6);
    for (const { when, use, because } of decisions) {
      assertFalse(BROKEN_WORDS.test(`${when} ${use} ${because}`), because);
    }
  }));
});

import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { conclude } from "./conclusions.ts";
import { arbitraryScenario, BROKEN_WORDS } from "./conclusions/_arbitrary.ts";
import { ALL_EXAMPLES, EXAMPLES, handlerAt } from "./conclusions/_examples.ts";
import { buildScenario, mapFigures, swapArms } from "./conclusions/_testing.ts";
import type { ScenarioName, ScenarioResult } from "../results.ts";

function claimsOf(scenario: ScenarioResult): string[] {
  return conclude(scenario).map(({ claim }) => claim);
}

function textOf(scenario: ScenarioResult): string {
  return conclude(scenario).map(({ text }) => text).join("\n");
}

/** The same with repetitions that lie so far apart that everything overlaps. */
function widen(scenario: ScenarioResult): ScenarioResult {
  return mapFigures(scenario, ({ median }) => ({ median, least: 0, greatest: 1e9 }));
}

/** What clear figures say, what they say the other way round, and what they say where all overlaps. */
const CLAIMS: Readonly<Record<ScenarioName, [clear: string[], swapped: string[], wide: string[]]>> =
  {
    rates: [
      [
        "the loop skips in the end, the callback handles more",
        "no consistent difference in the time difference",
      ],
      [
        "the callback skips in the end, the loop handles more",
        "no consistent difference in the time difference",
      ],
      [
        "values are skipped in the end; no difference in how much is handled",
        "no consistent difference in the time difference",
      ],
    ],
    waiting: [
      [
        "the loop skips in the end, the callback handles more",
        "a loop that skips stays within a few handler times",
      ],
      [
        "the callback skips in the end, the loop handles more",
        "the newest value of the callback gets older",
      ],
      [
        "values are skipped in the end; no difference in how much is handled",
        "a loop that skips stays within a few handler times",
      ],
    ],
    computing: [
      [
        "values are skipped in the end; no difference in how much is handled",
        "the callback keeps the newest value no newer",
      ],
      [
        "values are skipped in the end; no difference in how much is handled",
        "the newest value of the loop gets older",
      ],
      [
        "values are skipped in the end; no difference in how much is handled",
        "the callback keeps the newest value no newer",
      ],
    ],
    noise: [
      [
        "the time difference under noise is lower with the keyspace channel",
        "the CPU load under noise is lower with the keyspace channel",
      ],
      [
        "the time difference under noise is lower with the keyevent channel",
        "the CPU load under noise is lower with the keyevent channel",
      ],
      [
        "no consistent difference in the time difference under noise",
        "no consistent difference in the CPU load under noise",
      ],
    ],
    replica: [
      ["the time difference is lower at the writer's node"],
      ["the time difference is lower at another node"],
      ["no consistent difference in the time difference"],
    ],
    listeners: [
      [
        "the time difference grows with more listeners",
        "the server's CPU time for a write grows with more listeners",
      ],
      [
        "the time difference grows with more listeners",
        "the server's CPU time for a write grows with more listeners",
      ],
      [
        "no difference in the time difference with more listeners",
        "no difference in the server's CPU time for a write with more listeners",
      ],
    ],
    burst: [
      [
        "the loop handles the newest value of a burst sooner",
        "the callback handles more of a burst",
      ],
      [
        "the callback handles the newest value of a burst sooner",
        "the loop handles more of a burst",
      ],
      [
        "no difference in the time until the newest value of a burst is handled",
        "no difference in how much of a burst is handled",
      ],
    ],
    anatomy: [
      [
        "the read of the loop takes less time than the notification",
        "the read of the callback takes less time than the notification",
      ],
      [
        "the read of the loop takes less time than the notification",
        "the read of the callback takes less time than the notification",
      ],
      [
        "no difference between the read and the notification of the loop",
        "no difference between the read and the notification of the callback",
      ],
    ],
  };

for (const scenario of ALL_EXAMPLES) {
  const [clear, swapped, wide] = CLAIMS[scenario.name];

  Deno.test(`conclude() says of ${scenario.name} what the figures say, and the opposite of opposite ones`, () => {
    assertEquals(claimsOf(scenario), clear);
    assertEquals(claimsOf(swapArms(scenario)), swapped);
  });

  Deno.test(`conclude() finds no difference in ${scenario.name} where the repetitions overlap`, () => {
    assertEquals(claimsOf(widen(scenario)), wide);
  });

  Deno.test(`conclude() says nothing of ${scenario.name} without valid figures`, () => {
    assertEquals(conclude(mapFigures(scenario, () => null)), []);
    assertEquals(conclude({ ...scenario, points: [] }), []);
    assertEquals(conclude({ ...scenario, skipped: "nobody wanted it" }), []);
  });
}

Deno.test("conclude() compares no arm with one that has no figures", () => {
  for (const scenario of ALL_EXAMPLES.filter(({ name }) => name !== "anatomy")) {
    const halved = mapFigures(scenario, (spread, arm) => arm === scenario.arms[0] ? null : spread);
    assertEquals(conclude(halved), [], scenario.name);
  }
});

Deno.test("conclude() comes to the same claims where the figures are a little different", () => {
  const factor = fc.double({ min: 0.97, max: 1.03, noNaN: true });
  fc.assert(fc.property(fc.array(factor, { minLength: 7, maxLength: 7 }), (factors) => {
    let index = 0;
    for (const scenario of ALL_EXAMPLES) {
      const other = mapFigures(scenario, ({ median, least, greatest }) => {
        const factor = factors[index++ % factors.length];
        return { median: factor * median, least: factor * least, greatest: factor * greatest };
      });
      assertEquals(claimsOf(other), claimsOf(scenario));
    }
  }));
});

Deno.test("conclude() says no figure in a claim, and no word that is none in a text", () => {
  fc.assert(fc.property(arbitraryScenario(), (scenario) => {
    const conclusions = conclude(scenario);
    assert(conclusions.length <= 2);
    for (const { claim, text } of conclusions) {
      assertFalse(/\d/.test(claim), claim);
      assertFalse(BROKEN_WORDS.test(`${claim} ${text}`), text);
      assertMatch(text, /^[A-Z].*[.]$/);
    }
  }));
});

Deno.test("conclude() divides by no zero", () => {
  for (const scenario of ALL_EXAMPLES) {
    const loop = mapFigures(
      scenario,
      (spread, arm) => arm === "loop" ? { median: 0, least: 0, greatest: 0 } : spread,
    );
    assertFalse(BROKEN_WORDS.test(textOf(loop)), textOf(loop));
  }
  const waiting = buildScenario("waiting", [handlerAt(0, [0.1, 5000], [1, 5000])]);
  assertFalse(BROKEN_WORDS.test(textOf(waiting)));
  const { points } = EXAMPLES.listeners;
  const onePlace = points.map((point) => ({ ...point, x: 1 }));
  assertEquals(conclude({ ...EXAMPLES.listeners, points: onePlace }), []);
});

Deno.test("conclude() says from where on each pattern skips, and what it handles at the end", () => {
  const text = textOf(EXAMPLES.rates);
  assertStringIncludes(
    text,
    "The loop handles at least nine tenths up to 2,000 writes a second " +
      "and skips more than a tenth from 5,000 writes a second on.",
  );
  assertStringIncludes(text, "the part handled is 18 % with the loop and 31 % with the callback");
});

Deno.test("conclude() names the points of a pattern that skips out of turn", () => {
  const scenario = buildScenario("waiting", [
    handlerAt(1, [1, 6000], [0.5, 6000]),
    handlerAt(2, [0.8, 8000], [1, 8000]),
    handlerAt(5, [0.95, 9000], [1, 9000]),
  ]);
  const { claim, text } = conclude(scenario)[0];
  assertEquals(claim, "both keep up to the end");
  assertStringIncludes(text, "up to 1 ms of waiting and skips more than a tenth at 2.");
  assertStringIncludes(text, "The callback skips more than a tenth at 1.");
});

Deno.test("conclude() compares time differences only at rates that both patterns keep up with", () => {
  const text = textOf(EXAMPLES.rates);
  assertStringIncludes(
    text,
    "at 1,000 writes a second, p50 is 412 µs with the loop and 405 µs with the callback, " +
      "p99 2.1 ms with the loop and 2.2 ms with the callback (no difference).",
  );
  const skipping = mapFigures(EXAMPLES.rates, ({ median }) => {
    const lowered = median <= 1 ? 0.5 : median;
    return { median: lowered, least: lowered, greatest: lowered };
  });
  assertEquals(conclude(skipping).length, 1);
});

Deno.test("conclude() goes by most rates, and names the others in the text alone", () => {
  const rates = [[10, 900, 700], [100, 500, 700], [1000, 500, 700], [2000, 600, 600]];
  const scenario = buildScenario(
    "rates",
    rates.map(([x, loop, callback]) => [x, x, {
      loop: { handledShare: 1, timeDifferenceP50: x > 1000 ? callback : loop },
      callback: { handledShare: 1, timeDifferenceP50: callback },
    }]),
  );
  const [, mixed] = conclude(scenario);
  assertEquals(mixed.claim, "no consistent difference in the time difference");
  assertStringIncludes(mixed.text, "No consistent difference in the time difference at the rates");
  assertStringIncludes(
    mixed.text,
    "It is lower with the loop at 100 and 1,000 and lower with the callback at 10.",
  );
  const [, clear] = conclude({ ...scenario, points: scenario.points.slice(0, 3) });
  assertEquals(clear.claim, "the time difference is lower with the loop");
  assertStringIncludes(clear.text, "p50 is 500 µs with the loop and 700 µs with the callback");
  assertStringIncludes(clear.text, "It is lower with the callback at 10.");
});

Deno.test("conclude() says where a loop's newest value gets older than a few handler times", () => {
  const scenario = buildScenario("waiting", [handlerAt(50, [0.1, 300_000], [1, 60_000])]);
  const [, { claim, text }] = conclude(scenario);
  assertStringIncludes(claim, "a loop that skips falls behind by more than a few handler times");
  assertStringIncludes(text, "6 times the wait");
});

Deno.test("conclude() says what overlapping callbacks gain, and what they do not", () => {
  assertStringIncludes(textOf(EXAMPLES.waiting), "10.3 times as many changes");
  assertStringIncludes(
    textOf(EXAMPLES.computing),
    "The callback keeps the newest value no newer: ",
  );
  assertFalse(textOf(swapArms(EXAMPLES.waiting)).includes("times as many"));
  assertFalse(textOf(swapArms(EXAMPLES.computing)).includes("no newer"));
});

Deno.test("conclude() says nothing of noise that was not made", () => {
  const { points } = EXAMPLES.noise;
  assertEquals(conclude({ ...EXAMPLES.noise, points: points.slice(0, 1) }), []);
});

Deno.test("conclude() prices the hop, the listener, and the parts of the way", () => {
  assertStringIncludes(textOf(EXAMPLES.replica), "The hop makes 230 µs of difference.");
  assertFalse(textOf(widen(EXAMPLES.replica)).includes("hop"));
  const listeners = textOf(EXAMPLES.listeners);
  assertStringIncludes(listeners, "Each listener more costs 50 µs, on average.");
  assertStringIncludes(listeners, "12 µs, 31 µs and 210 µs with 1, 10 and 100 listeners");
  assertStringIncludes(listeners, "Each listener more costs 2 µs, on average.");
  assertFalse(textOf(widen(EXAMPLES.listeners)).includes("costs"));
  assertStringIncludes(textOf(EXAMPLES.anatomy), "the read takes 150 µs (30 %)");
});

Deno.test("conclude() says that more listeners cost less where they do", () => {
  const { points } = EXAMPLES.listeners;
  const xs = points.map(({ x }) => x).toReversed();
  const reversed = points.map((point, index) => ({ ...point, x: xs[index] }));
  assertEquals(claimsOf({ ...EXAMPLES.listeners, points: reversed }), [
    "the time difference falls with more listeners",
    "the server's CPU time for a write falls with more listeners",
  ]);
});

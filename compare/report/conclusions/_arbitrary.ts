/** Any figures at all, for property tests. */

import fc from "fast-check";
import { FIGURE_NAMES, SCENARIO_NAMES, type ScenarioResult } from "../../results.ts";
import { EXAMPLES } from "./_examples.ts";
import { buildScenario, type Medians } from "./_testing.ts";

/** What a text must not contain: a figure that is none. */
export const BROKEN_WORDS = /NaN|undefined|null|Infinity|∞|\bobject\b/;

/** Zeros, shares, durations, and what a broken clock makes of them; as exact as anything is measured. */
const amount = fc.oneof(
  fc.constantFrom(0, 1, 0.9),
  fc.integer({ min: 0, max: 1e6 }).map((millionths) => millionths / 1e6),
  fc.integer({ min: -1e9, max: 1e9 }),
);

const spread = fc.tuple(amount, amount, amount).map((values) => {
  const [least, median, greatest] = values.toSorted((a, b) => a - b);
  return { least, median, greatest };
});

const medians: fc.Arbitrary<Medians> = fc.record(
  Object.fromEntries(FIGURE_NAMES.map((name) => [name, fc.option(spread, { freq: 8 })])),
);

/** A scenario with its arms, any points, and any figures; some are missing. */
export function arbitraryScenario(): fc.Arbitrary<ScenarioResult> {
  return fc.constantFrom(...SCENARIO_NAMES).chain((name) => {
    const arms = fc.dictionary(fc.constantFrom(...EXAMPLES[name].arms), medians);
    const x = fc.oneof(fc.nat(20_000), fc.nat(1000).map((tenths) => tenths / 10));
    const rate = fc.option(fc.nat(20_000));
    return fc.array(fc.tuple(x, rate, arms), { maxLength: 5 })
      .map((places) => buildScenario(name, places));
  });
}

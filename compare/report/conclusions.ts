/** What the figures of a scenario say, in sentences. */

import { concludeAnatomy } from "./conclusions/anatomy.ts";
import { concludeBurst } from "./conclusions/burst.ts";
import { concludeComputing, concludeWaiting } from "./conclusions/handlers.ts";
import { concludeListeners } from "./conclusions/listeners.ts";
import { concludeNoise } from "./conclusions/noise.ts";
import { concludeRates } from "./conclusions/rates.ts";
import { concludeReplica } from "./conclusions/replica.ts";
import type { Conclusion, ScenarioName, ScenarioResult } from "../results.ts";

const RULES: Readonly<Record<ScenarioName, (scenario: ScenarioResult) => Conclusion[]>> = {
  rates: concludeRates,
  waiting: concludeWaiting,
  computing: concludeComputing,
  noise: concludeNoise,
  replica: concludeReplica,
  listeners: concludeListeners,
  burst: concludeBurst,
  anatomy: concludeAnatomy,
};

/**
 * Says what the figures of a scenario mean.
 *
 * Only figures of valid runs count, and only a difference that `lower` in `statistics.ts` confirms is called
 * one. Claims rest on coarse limits and on the points where an effect is greatest, so that a second
 * comparison on the same machine comes to the same ones.
 *
 * @param scenario What was found in it.
 * @returns One conclusion or two; none where the scenario was left out or has no valid figures.
 *
 * @example Usage
 * ```ts
 * import { conclude } from "./conclusions.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const skipped = "there is one server only";
 * const scenario = { name: "replica", skipped, arms: [], conditions: "", points: [] } as const;
 * assertEquals(conclude(scenario), []);
 * ```
 */
export function conclude(scenario: ScenarioResult): Conclusion[] {
  return scenario.skipped === null ? RULES[scenario.name](scenario) : [];
}

/** What to use when, as the figures of a comparison have it. */

import { decideComputing, decideNewest, decideWaiting } from "./_handler_decisions.ts";
import { formatPlace, formatRate, formatShare } from "./_phrases.ts";
import { adviceFor, weigh } from "./_preference.ts";
import { describePair, describeTimes } from "./conclusions/_words.ts";
import { compareUnderNoise } from "./conclusions/noise.ts";
import { compareTimes } from "./conclusions/rates.ts";
import { compareNodes } from "./conclusions/replica.ts";
import type { Decision, Results, ScenarioName, ScenarioResult } from "../results.ts";

/** The rows in their order, with the scenarios that they come from. */
const ROWS: readonly (readonly [ScenarioName, (scenario: ScenarioResult) => Decision | null])[] = [
  ["waiting", decideWaiting],
  ["waiting", decideNewest],
  ["computing", decideComputing],
  ["rates", decideOtherwise],
  ["noise", decideChannel],
  ["replica", decideNode],
];

/**
 * Says which pattern, which channel and which node to use in which case.
 *
 * What the figures do not decide makes no difference, and is said to make none; what was not measured is
 * left out.
 *
 * @param results What the comparison found.
 * @returns The rows of the decision table.
 *
 * @example Usage
 * ```ts
 * import { decide } from "./decision.ts";
 * import { FORMAT } from "../results.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const decisions = decide({
 *   format: FORMAT,
 *   beganAt: "2026-11-24T00:00:00Z",
 *   seconds: 0,
 *   command: "",
 *   quick: true,
 *   interrupted: true,
 *   machine: { cpu: "", cores: 2, memoryBytes: 0, system: "" },
 *   servers: [],
 *   versions: {},
 *   settings: {},
 *   clock: null,
 *   repetitions: 5,
 *   scenarios: [],
 * });
 * assertEquals(decisions, []);
 * ```
 */
export function decide(results: Results): Decision[] {
  return ROWS.map(([name, decideRow]) => {
    const scenario = results.scenarios.find((scenario) => scenario.name === name);
    return scenario?.skipped === null ? decideRow(scenario) : null;
  }).filter((decision) => decision !== null);
}

function decideOtherwise(scenario: ScenarioResult): Decision | null {
  const agreement = compareTimes(scenario);
  return agreement && {
    when: "otherwise",
    use: adviceFor(agreement.lower),
    because: `At ${formatRate(agreement.shown.point.x)}, the time difference ` +
      `${describeTimes(agreement.shown)}.`,
  };
}

function decideChannel(scenario: ScenarioResult): Decision | null {
  const times = compareUnderNoise(scenario, "timeDifferenceP50");
  const load = compareUnderNoise(scenario, "cpuLoad");
  if (!times || !load) return null;
  return {
    when: "other keys of the database are written often",
    use: weigh(
      { arm: times.lower, where: "time counts" },
      { arm: load.lower, where: "CPU counts" },
    ),
    because: `At ${formatPlace(times.point.x)} unrelated SETs a second, the time difference ` +
      `${describeTimes(times)}; at ${formatPlace(load.point.x)}, a listener's CPU load ` +
      `is ${describePair(load, formatShare)} of a core.`,
  };
}

function decideNode(scenario: ScenarioResult): Decision | null {
  const agreement = compareNodes(scenario);
  return agreement && {
    when: "there are several nodes",
    use: adviceFor(agreement.lower),
    because: `The time difference ${describeTimes(agreement.shown)}.`,
  };
}

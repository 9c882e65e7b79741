/** A comparison for tests, with figures as one might find them. */

import { SCENARIO_NAMES, type ScenarioName, type ScenarioResult } from "../../results.ts";
import { buildScenario, type Place } from "./_testing.ts";

/** Each scenario with clear figures. */
export const EXAMPLES: Readonly<Record<ScenarioName, ScenarioResult>> = {
  rates: buildScenario("rates", [
    rateAt(10, [1, 700, 1500], [1, 690, 1450]),
    rateAt(1000, [1, 412, 2100], [1, 405, 2200]),
    rateAt(2000, [0.98, 440, 2500], [1, 430, 2400]),
    rateAt(5000, [0.6, 900, 4000], [0.97, 1900, 9000]),
    rateAt(20000, [0.18, 1200, 5000], [0.31, 4100, 12000]),
  ]),
  waiting: buildScenario("waiting", [
    handlerAt(0, [1, 5100], [1, 5100]),
    handlerAt(2, [1, 8200], [1, 8200]),
    handlerAt(10, [0.44, 25_000], [1, 16_000]),
    handlerAt(50, [0.097, 107_000], [1, 56_000]),
  ]),
  computing: buildScenario("computing", [
    handlerAt(0, [1, 5100], [1, 5100]),
    handlerAt(10, [0.45, 26_000], [0.46, 660_000]),
    handlerAt(50, [0.098, 106_000], [0.099, 3_200_000]),
  ]),
  noise: buildScenario("noise", [
    noiseAt(0, [400, 900, 0.03], [405, 910, 0.03]),
    noiseAt(1000, [450, 1200, 0.09], [402, 905, 0.031]),
    noiseAt(5000, [620, 2600, 0.21], [410, 930, 0.032]),
  ]),
  replica: buildScenario("replica", [[100, 100, {
    "writer's node": { timeDifferenceP50: 410, timeDifferenceP99: 1100 },
    "another node": { timeDifferenceP50: 640, timeDifferenceP99: 2100 },
  }]]),
  listeners: buildScenario("listeners", [
    listenersAt(1, [400, 900, 0.012]),
    listenersAt(10, [800, 2100, 0.031]),
    listenersAt(100, [5350, 12_000, 0.21]),
  ]),
  burst: buildScenario("burst", [
    burstAt(100, [2400, 0.04], [6100, 0.64]),
    burstAt(1000, [5100, 0.01], [19_000, 0.22]),
  ]),
  anatomy: buildScenario("anatomy", [[100, 100, {
    loop: { notificationP50: 250, readP50: 150, handshakeP50: 100 },
    callback: { notificationP50: 240, readP50: 160, handshakeP50: 100 },
  }]]),
};

/** All of them, in their order. */
export const ALL_EXAMPLES: readonly ScenarioResult[] = SCENARIO_NAMES.map((name) => EXAMPLES[name]);

type Values = readonly number[];

function rateAt(x: number, loop: Values, callback: Values): Place {
  return [x, x, { loop: times(loop), callback: times(callback) }];
}

function times([handledShare, timeDifferenceP50, timeDifferenceP99]: Values) {
  return { handledShare, timeDifferenceP50, timeDifferenceP99 };
}

/** With a handler of so many milliseconds, at 200 writes a second. */
export function handlerAt(x: number, loop: Values, callback: Values): Place {
  return [x, 200, { loop: handled(loop), callback: handled(callback) }];
}

function handled([handledShare, staleness]: Values) {
  return { handledShare, staleness };
}

function noiseAt(x: number, keyevent: Values, keyspace: Values): Place {
  return [x, 100, { keyevent: noisy(keyevent), keyspace: noisy(keyspace) }];
}

function noisy([timeDifferenceP50, timeDifferenceP99, cpuLoad]: Values) {
  return { timeDifferenceP50, timeDifferenceP99, cpuLoad };
}

function listenersAt(
  x: number,
  [timeDifferenceP50, timeDifferenceP99, serverCpuPer1000]: Values,
): Place {
  return [x, 100, { loop: { timeDifferenceP50, timeDifferenceP99, serverCpuPer1000 } }];
}

function burstAt(x: number, loop: Values, callback: Values): Place {
  return [x, null, { loop: caughtUp(loop), callback: caughtUp(callback) }];
}

function caughtUp([catchUp, handledShare]: Values) {
  return { catchUp, handledShare };
}

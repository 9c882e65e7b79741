/** What a comparison measures, how often, and roughly how long that takes. */

import { FAULTS } from "./losses/faults.ts";
import { planCrowds } from "./crowds/crowds.ts";
import { MECHANISMS } from "./mechanisms/all.ts";
import type { Mechanism } from "./mechanisms/mechanism.ts";
import type { Load } from "./results.ts";
import { planPatterns } from "./measure/patterns.ts";

/** The length of a repetition in seconds, and its number of writes: both at least. */
const LEAST = { seconds: 10, writes: 1000 };
const QUICK_LEAST = { seconds: 2, writes: 200 };

/** How long a process rests before its first load, while its CPU time without writes is measured, in seconds. */
const REST_SECONDS = 10;
const QUICK_REST_SECONDS = 4; // two reconciliations of the observer

/** The mechanisms of the quick form. */
const QUICK = [
  ...["observer, loop", "keyevent + GET", "tracking", "PUBLISH value", "stream"],
  "GET every 100 ms",
];

/** The mechanisms that are measured beside unrelated writes. */
const AMID_NOISE = ["observer, loop", "keyevent + GET", "keyspace + GET, and on reconnect"];

/** For the progress bar, in seconds: the start of a process, a run without its writes, a round, and a crowd. */
const START_SECONDS = 4;
const RUN_OVERHEAD = 1.5;
const ROUND_SECONDS = 11;
const CROWD_SECONDS = 4;

/**
 * Plans a comparison.
 *
 * @param quick Whether to measure less of everything.
 * @param nodes The number of servers.
 * @param rates The rates at which costs are measured, on the writer's server only; by default a choice of loads.
 * @returns What to measure.
 */
export function planComparison(quick: boolean, nodes: number, rates?: readonly number[]) {
  const { seconds, writes } = quick ? QUICK_LEAST : LEAST;
  const at = (rate: number, others: Partial<Load> = {}): Load => (
    { rate, writes: Math.max(rate * seconds, writes), node: 0, noise: 0, ...others }
  );
  const here = rates ?? (quick ? [100, 1000] : [10, 100, 1000, 10_000]);
  const isWhole = !quick && rates === undefined;
  return {
    mechanisms: quick ? MECHANISMS.filter(({ name }) => QUICK.includes(name)) : MECHANISMS,
    repetitions: quick ? 4 : 5,
    rounds: quick ? 1 : 10,
    restSeconds: quick ? QUICK_REST_SECONDS : REST_SECONDS,
    loads: [
      ...here.map((rate) => at(rate)),
      ...isWhole && nodes > 1 ? [at(100, { node: 1 })] : [],
    ],
    noisyLoads: isWhole ? [at(100, { noise: 10_000 })] : [],
    patterns: planPatterns(seconds, quick),
    crowds: planCrowds(quick),
  };
}

/** Everything to measure. */
export type Plan = ReturnType<typeof planComparison>;

/**
 * Selects the mechanisms that are measured beside unrelated writes.
 *
 * @param mechanisms All mechanisms.
 * @returns Those whose channels such writes may reach, and the observer.
 */
export function amidNoise(mechanisms: readonly Mechanism[]): Mechanism[] {
  return mechanisms.filter(({ name }) => AMID_NOISE.includes(name));
}

/**
 * Estimates how long each part takes.
 *
 * @param plan What to measure.
 * @returns Seconds.
 */
export function expectedSeconds(plan: Plan) {
  const { mechanisms, repetitions, rounds, loads, noisyLoads, patterns, crowds } = plan;
  const secondsOf = (loads: readonly Load[]) =>
    loads.reduce((sum, { rate, writes }) => sum + writes / rate + RUN_OVERHEAD, 0) +
    new Set(loads.map(({ node }) => node)).size * (START_SECONDS + plan.restSeconds);
  const perPattern = patterns.map(({ loads }) => 2 * secondsOf(loads));
  return {
    losses: FAULTS.length * rounds * ROUND_SECONDS,
    costs: repetitions *
      (mechanisms.length * secondsOf(loads) + amidNoise(mechanisms).length * secondsOf(noisyLoads)),
    patterns: repetitions * perPattern.reduce((sum, seconds) => sum + seconds, 0),
    listeners: repetitions * crowds.length * CROWD_SECONDS,
  };
}

/** What a comparison measures, how often, and roughly how long that takes. */

import { FAULTS } from "./losses/faults.ts";
import { planCrowds } from "./crowds/crowds.ts";
import { MECHANISMS } from "./mechanisms/all.ts";
import type { Mechanism } from "./mechanisms/mechanism.ts";
import type { Load } from "./results.ts";
import { planPatterns } from "./measure/patterns.ts";

/** The length of a repetition, in seconds. */
const SECONDS = 10;
const QUICK_SECONDS = 2;

/** The mechanisms of the quick form. */
const QUICK = [
  ...["observer, loop", "keyevent + GET", "tracking", "PUBLISH value", "stream"],
  "GET every 100 ms",
];

/** The mechanisms that are measured beside unrelated writes. */
const AMID_NOISE = ["observer, loop", "keyevent + GET", "keyspace + GET, and on reconnect"];

/** The time of a run without its writes, of a fault's round and of a crowd, in seconds, for the progress bar. */
const RUN_OVERHEAD = 3;
const ROUND_SECONDS = 11;
const CROWD_SECONDS = 4;

/**
 * Plans a comparison.
 *
 * @param quick Whether to measure less of everything.
 * @param nodes The number of servers.
 * @returns What to measure.
 */
export function planComparison(quick: boolean, nodes: number) {
  const seconds = quick ? QUICK_SECONDS : SECONDS;
  const at = (rate: number, others: Partial<Load> = {}): Load => (
    { rate, writes: rate * seconds, node: 0, noise: 0, ...others }
  );
  const full = [
    ...[at(10), at(100), at(1000), at(10_000)],
    ...nodes > 1 ? [at(100, { node: 1 })] : [],
  ];
  return {
    mechanisms: quick ? MECHANISMS.filter(({ name }) => QUICK.includes(name)) : MECHANISMS,
    repetitions: quick ? 4 : 5,
    rounds: quick ? 1 : 10,
    loads: quick ? [at(100), at(1000)] : full,
    noisyLoads: quick ? [] : [at(100, { noise: 10_000 })],
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
    loads.reduce((sum, { rate, writes }) => sum + writes / rate + RUN_OVERHEAD, 0);
  const perPattern = patterns.map(({ loads }) => 2 * secondsOf(loads));
  return {
    losses: FAULTS.length * rounds * ROUND_SECONDS,
    costs: repetitions *
      (mechanisms.length * secondsOf(loads) + AMID_NOISE.length * secondsOf(noisyLoads)),
    patterns: repetitions * perPattern.reduce((sum, seconds) => sum + seconds, 0),
    listeners: repetitions * crowds.length * CROWD_SECONDS,
  };
}

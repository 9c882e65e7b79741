/** What a comparison measures, how often, and about how long that takes. */

import { FAULTS } from "./losses/faults.ts";
import { planCrowds } from "./crowds/crowds.ts";
import { MECHANISMS } from "./mechanisms/all.ts";
import type { Mechanism } from "./mechanisms/mechanism.ts";
import type { Load } from "./results.ts";
import { planPatterns } from "./measure/patterns.ts";

/** How long a repetition is, in seconds. */
const SECONDS = 10;
const QUICK_SECONDS = 2;

/** The mechanisms that the quick form has. */
const QUICK = [
  ...["observer, loop", "keyevent + GET", "tracking", "PUBLISH value", "stream"],
  "GET every 100 ms",
];

/** Those that are measured beside unrelated writes. */
const AMID_NOISE = ["observer, loop", "keyevent + GET", "keyspace + GET, and on reconnect"];

/** What a run takes besides its writes, and a round of a fault, in seconds: for the progress bar. */
const RUN_OVERHEAD = 3;
const ROUND_SECONDS = 11;
const CROWD_SECONDS = 4;

/**
 * Plans a comparison.
 *
 * @param quick Whether there is less of everything.
 * @param nodes How many servers there are.
 * @returns What is measured.
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

/** All that is measured. */
export type Plan = ReturnType<typeof planComparison>;

/**
 * Finds the mechanisms that are measured beside unrelated writes.
 *
 * @param mechanisms All mechanisms.
 * @returns Those whose channels such writes may reach, and ours.
 */
export function amidNoise(mechanisms: readonly Mechanism[]): Mechanism[] {
  return mechanisms.filter(({ name }) => AMID_NOISE.includes(name));
}

/**
 * Estimates how long each part takes.
 *
 * @param plan What is measured.
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

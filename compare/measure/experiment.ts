/** The experiment: all scenarios, their points and variants in turn, again and again. */

import { type Offer, type RawRun, runOnce } from "./run.ts";
import type { Point, Scenario } from "./scenarios.ts";
import type { Environment, ListenerGroup } from "./environment.ts";

/** How long listeners that have just been started are warmed up, in seconds. */
const WARM_UP_SECONDS = 0.4;

/** What a run takes besides its load, and a burst, in seconds: guesses, for the progress. */
const RUN_OVERHEAD = 0.15;
const BURST_SECONDS = 0.3;

/** What the start of a listener takes, and of each of several, and the warm-up, in seconds: guesses as well. */
const START_SECONDS = 0.3 + WARM_UP_SECONDS;
const START_MORE_SECONDS = 0.2;

/** What was measured of a scenario. */
export interface RawScenario {
  readonly scenario: Scenario;
  /** Each point's variants, with their repetitions; fewer where it was interrupted. */
  readonly points: RawPoint[];
}

/** What was measured at a point. */
export interface RawPoint {
  readonly point: Point;
  /** For each variant, in the order of the scenario's. */
  readonly variants: RawVariant[];
}

/** What was measured of a variant at a point. */
export interface RawVariant {
  readonly runs: RawRun[];
  /** From the listener's start as a process until it observed, in microseconds; none where there are several. */
  readonly startUps: number[];
}

/** What is about to be done, and how much of the whole is behind it. */
export interface Progress {
  /** Such as `rates 1000, loop, 2/5`. */
  readonly what: string;
  /** The part that is done, from 0 to 1, by the time that it should take. */
  readonly done: number;
}

/**
 * Measures scenarios. At each point, the variants take turns: A B A B …, so that whatever else goes on at the
 * machine hits all of them alike.
 *
 * @param environment Where.
 * @param scenarios What.
 * @param repetitions How often each variant is measured at each point.
 * @param signal Ends it at once.
 * @param onProgress Called before each run.
 * @returns What was measured; where the signal was aborted, up to then.
 * @throws {Error} Where a listener or a load generator fails.
 */
export async function experiment(
  environment: Environment,
  scenarios: readonly Scenario[],
  repetitions: number,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<RawScenario[]> {
  const measured: RawScenario[] = [];
  const expected = secondsOfPoints(scenarios.flatMap(({ points }) => points), repetitions);
  const total = sumOf(expected);
  let passed = 0;
  try {
    for (const scenario of scenarios) {
      const rawScenario: RawScenario = { scenario, points: [] };
      measured.push(rawScenario);
      for (const point of scenario.points) {
        const seconds = expected.shift()!;
        const raw: RawPoint = {
          point,
          variants: point.groups.map(() => ({ runs: [], startUps: [] })),
        };
        rawScenario.points.push(raw);
        await measurePoint(environment, scenario, raw, repetitions, signal, (what, part) => {
          onProgress({ what, done: (passed + part * seconds) / total });
        });
        passed += seconds;
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return measured;
}

async function measurePoint(
  environment: Environment,
  scenario: Scenario,
  { point, variants }: RawPoint,
  repetitions: number,
  signal: AbortSignal,
  onProgress: (what: string, part: number) => void,
): Promise<void> {
  const { name, warmUpRate } = scenario;
  const { x, offer, groups } = point;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const [index, group] of groups.entries()) {
      const part = (repetition * groups.length + index) / (repetitions * groups.length);
      onProgress(
        `${name} ${x}, ${scenario.variants[index]}, ${repetition + 1}/${repetitions}`,
        part,
      );
      signal.throwIfAborted();
      const setup = await environment.prepare(index, group);
      const variant = variants[index];
      if (group.count === 1) variant.startUps[0] = setup.listeners[0].startUp;
      if (setup.isFresh) {
        const writes = Math.ceil(warmUpRate * WARM_UP_SECONDS);
        await runOnce(setup, { rate: warmUpRate, writes, noise: 0 }, signal); // does not count
      }
      variant.runs.push(await runOnce(setup, offer, signal));
    }
  }
}

/**
 * Guesses how long scenarios take.
 *
 * @param scenarios The scenarios.
 * @param repetitions How often each variant is measured at each point.
 * @returns The time, in seconds.
 */
export function expectedSeconds(scenarios: readonly Scenario[], repetitions: number): number {
  return sumOf(secondsOfPoints(scenarios.flatMap(({ points }) => points), repetitions));
}

/** How long each point should take, about, one after the other. */
function secondsOfPoints(points: readonly Point[], repetitions: number): number[] {
  return points.map(({ offer, groups }, index) => {
    const present = points[index - 1]?.groups ?? [];
    return sumOf(groups.map((group, variant) => {
      return repetitions * secondsOfRun(offer) + secondsToPrepare(group, present[variant]);
    }));
  });
}

function secondsOfRun({ rate, writes }: Offer): number {
  return (rate === null ? BURST_SECONDS : writes / rate) + RUN_OVERHEAD;
}

/** Listeners that are there already stay, where nothing about them changes. */
function secondsToPrepare(group: ListenerGroup, present: ListenerGroup | undefined): number {
  const isSame = present && keyOf(present) === keyOf(group);
  return isSame
    ? Math.max(0, group.count - present.count) * START_MORE_SECONDS
    : START_SECONDS + (group.count - 1) * START_MORE_SECONDS;
}

function keyOf({ role, node, env }: ListenerGroup): string {
  return JSON.stringify([role, node, env]);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The experiment: all scenarios, their points and arms in turn, again and again. */

import { type Offer, type RawRun, runOnce } from "./run.ts";
import type { Point, Scenario } from "./scenarios.ts";
import type { Cast, Stage } from "./stage.ts";

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
  /** Each point's arms, with their repetitions; fewer where it was interrupted. */
  readonly points: RawPoint[];
}

/** What was measured at a point. */
export interface RawPoint {
  readonly point: Point;
  /** For each arm, in the order of the scenario's. */
  readonly arms: RawArm[];
}

/** What was measured of an arm at a point. */
export interface RawArm {
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
 * Measures scenarios. At each point, the arms take turns: A B A B …, so that whatever else goes on at the
 * machine hits all of them alike.
 *
 * @param stage Where.
 * @param scenarios What.
 * @param repetitions How often each arm is measured at each point.
 * @param signal Ends it at once.
 * @param onProgress Called before each run.
 * @returns What was measured; where the signal was aborted, up to then.
 * @throws {Error} Where a listener or a load generator fails.
 */
export async function experiment(
  stage: Stage,
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
        const raw: RawPoint = { point, arms: point.casts.map(() => ({ runs: [], startUps: [] })) };
        rawScenario.points.push(raw);
        await measurePoint(stage, scenario, raw, repetitions, signal, (what, part) => {
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
  stage: Stage,
  scenario: Scenario,
  { point, arms }: RawPoint,
  repetitions: number,
  signal: AbortSignal,
  onProgress: (what: string, part: number) => void,
): Promise<void> {
  const { name, warmUpRate } = scenario;
  const { x, offer, casts } = point;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const [index, cast] of casts.entries()) {
      const part = (repetition * casts.length + index) / (repetitions * casts.length);
      onProgress(`${name} ${x}, ${scenario.arms[index]}, ${repetition + 1}/${repetitions}`, part);
      signal.throwIfAborted();
      const scene = await stage.set(index, cast);
      const arm = arms[index];
      if (cast.count === 1) arm.startUps[0] = scene.listeners[0].startUp;
      if (scene.isFresh) {
        const writes = Math.ceil(warmUpRate * WARM_UP_SECONDS);
        await runOnce(scene, { rate: warmUpRate, writes, noise: 0 }, signal); // does not count
      }
      arm.runs.push(await runOnce(scene, offer, signal));
    }
  }
}

/**
 * Guesses how long scenarios take.
 *
 * @param scenarios The scenarios.
 * @param repetitions How often each arm is measured at each point.
 * @returns The time, in seconds.
 */
export function expectedSeconds(scenarios: readonly Scenario[], repetitions: number): number {
  return sumOf(secondsOfPoints(scenarios.flatMap(({ points }) => points), repetitions));
}

/** How long each point should take, about, one after the other. */
function secondsOfPoints(points: readonly Point[], repetitions: number): number[] {
  return points.map(({ offer, casts }, index) => {
    const present = points[index - 1]?.casts ?? [];
    return sumOf(casts.map((cast, arm) => {
      return repetitions * secondsOfRun(offer) + secondsToSet(cast, present[arm]);
    }));
  });
}

function secondsOfRun({ rate, writes }: Offer): number {
  return (rate === null ? BURST_SECONDS : writes / rate) + RUN_OVERHEAD;
}

/** Listeners that are there already stay, where nothing about them changes. */
function secondsToSet(cast: Cast, present: Cast | undefined): number {
  const isSame = present && keyOf(present) === keyOf(cast);
  return isSame
    ? Math.max(0, cast.count - present.count) * START_MORE_SECONDS
    : START_SECONDS + (cast.count - 1) * START_MORE_SECONDS;
}

function keyOf({ role, node, env }: Cast): string {
  return JSON.stringify([role, node, env]);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

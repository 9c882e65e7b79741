/** The cost of a write to a server as a function of the number of listeners, fitted to measurements. */

import { medianOf } from "../../statistics/percentiles.ts";
import { seededRandom } from "../../statistics/random.ts";
import type { Crowd } from "../results.ts";

/** The CPU time of a write with n listeners is `base + perListener × n + perPair × n²`, in microseconds. */
export interface CostModel {
  /** The write itself. */
  readonly base: number;
  /** A listener's notification, read and answer. */
  readonly perListener: number;
  /** The announcement of one listener's answer to another listener: on `keyevent` channels only. */
  readonly perPair: number;
}

/** A model, and resampled models for its confidence intervals. */
export interface Fit {
  readonly model: CostModel;
  /** Models fitted to resampled repetitions; none if there are too few repetitions. */
  readonly resampled: readonly CostModel[];
}

/** A value with its 95 % confidence interval, if there is one. */
export interface Estimate {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

const RESAMPLES = 500;

/** With fewer repetitions there is no interval. */
const LEAST_REPETITIONS = 4;

/**
 * Fits the model by least squares of relative errors, with no coefficient below 0. Its confidence comes from the
 * bootstrap over repetitions (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 9).
 *
 * @param crowds Measurements on one channel, for more numbers of listeners than the model has coefficients.
 * @returns The fit of the server's CPU time.
 *
 * @example Usage
 * ```ts
 * import { fitCosts } from "./fit.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const crowds = [1, 10, 100].map((listeners) => {
 *   const run = { serverCpu: 50 + 20 * listeners, clientCpu: 0, p50: 0, p99: 0 };
 *   return { channel: "keyspace" as const, listeners, writes: 10, runs: [run] };
 * });
 * assertAlmostEquals(fitCosts(crowds).model.perListener, 20, 1e-6);
 * ```
 */
export function fitCosts(crowds: readonly Crowd[]): Fit {
  const fit = (choose: (values: readonly number[]) => number) =>
    fitModel(crowds, (runs) => choose(runs.map(({ serverCpu }) => serverCpu)));
  const isEnough = crowds.every(({ runs }) => runs.length >= LEAST_REPETITIONS);
  const random = seededRandom(1);
  const resample = (values: readonly number[]) =>
    medianOf(values.map(() => values[Math.floor(random() * values.length)]));
  return {
    model: fit(medianOf),
    resampled: Array.from({ length: isEnough ? RESAMPLES : 0 }, () => fit(resample)),
  };
}

/**
 * Fits the model to any CPU time, without confidence.
 *
 * @param crowds Measurements on one channel, as for {@linkcode fitCosts}.
 * @param of Returns the CPU time of a write from a crowd's repetitions, in microseconds.
 * @returns The model.
 */
export function fitModel(
  crowds: readonly Crowd[],
  of: (runs: Crowd["runs"]) => number,
): CostModel {
  const samples = crowds.map(({ listeners, runs }) => ({ listeners, micros: of(runs) }));
  return leastSquares(samples, crowds[0].channel === "keyevent" ? 2 : 1);
}

/** Returns the CPU time of a write, in microseconds. */
export function costOf({ base, perListener, perPair }: CostModel, listeners: number): number {
  return base + perListener * listeners + perPair * listeners ** 2;
}

/**
 * Finds how many listeners fill one core of a server.
 *
 * @param fit The fit.
 * @param rate Writes per second.
 * @returns The number, with its interval if there are enough repetitions.
 */
export function listenersWhenFull({ model, resampled }: Fit, rate: number): Estimate {
  const sorted = resampled.map((model) => listenersFor(model, 1e6 / rate)).toSorted((a, b) =>
    a - b
  );
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  return { value: listenersFor(model, 1e6 / rate), low: at(0.025), high: at(0.975) };
}

/** Finds the number of listeners at which a write has a given cost. */
export function listenersFor({ base, perListener, perPair }: CostModel, micros: number): number {
  const left = Math.max(0, micros - base);
  if (perPair === 0) return left / perListener;
  return (Math.sqrt(perListener ** 2 + 4 * perPair * left) - perListener) / (2 * perPair);
}

interface Sample {
  readonly listeners: number;
  readonly micros: number;
}

/** Fits every subset of the coefficients, the rest being 0, and returns the best fit without a negative one. */
function leastSquares(samples: readonly Sample[], degree: number): CostModel {
  const powers = Array.from({ length: degree + 1 }, (_, power) => power);
  const subsets = Array.from(
    { length: 2 ** powers.length - 1 },
    (_, index) => powers.filter((power) => (index + 1) >> power & 1),
  );
  const models = subsets.map((subset) => solve(samples, subset))
    .filter((coefficients) => coefficients.every((value) => value >= 0))
    .map(([base, perListener, perPair]): CostModel => ({ base, perListener, perPair }));
  const errorOf = (model: CostModel) =>
    samples.reduce(
      (sum, { listeners, micros }) => sum + (costOf(model, listeners) / micros - 1) ** 2,
      0,
    );
  return models.toSorted((a, b) => errorOf(a) - errorOf(b))[0];
}

/** Finds the coefficients of some powers, by the normal equations and Gaussian elimination. */
function solve(samples: readonly Sample[], powers: readonly number[]): number[] {
  const terms = ({ listeners, micros }: Sample) =>
    powers.map((power) => listeners ** power / micros);
  const rows = powers.map((_, row) => [
    ...powers.map((_, column) => sum(samples, (one) => terms(one)[row] * terms(one)[column])),
    sum(samples, (one) => terms(one)[row]),
  ]);
  for (const [pivot] of rows.entries()) {
    const scale = rows[pivot][pivot];
    rows[pivot] = rows[pivot].map((value) => value / scale);
    for (const [index, row] of rows.entries()) {
      if (index === pivot) continue;
      rows[index] = row.map((value, column) => value - row[pivot] * rows[pivot][column]);
    }
  }
  const coefficients = [0, 0, 0];
  powers.forEach((power, index) => coefficients[power] = rows[index].at(-1)!);
  return coefficients;
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}

/** The answers: for each need the best mechanisms, what they cost and what they lose. */

import type { Load, Point, Results, Run } from "../results.ts";
import { MECHANISMS } from "../mechanisms/all.ts";
import { compareFigure, costAt, type Figure, medianFigure, P50, P99 } from "./figures.ts";
import { formatMicros } from "./format.ts";

/** The best mechanisms for a need. */
export interface Answer {
  readonly need: string;
  /** The best one, and those not distinguishable from it. */
  readonly mechanisms: readonly string[];
  /** The figure that decides. */
  readonly evidence: string;
  readonly costs: string;
  readonly loses: string;
}

/** The rate of the answers' costs, in writes per second. */
export const TYPICAL_RATE = 100;

/** A mechanism: its costs at the typical rate, and the outcomes of all its rounds. */
interface Candidate {
  readonly name: string;
  readonly here: readonly Run[];
  readonly elsewhere: readonly Run[];
  readonly rounds: number;
  /** In how many rounds it learned the newest value, and in how many it lost nothing. */
  readonly newest: number;
  readonly whole: number;
}

const COST = costAt(TYPICAL_RATE);

/**
 * Answers from the results. Of mechanisms that do equally well, the fastest comes first.
 *
 * @param results The results.
 * @returns The answers, except those whose figures are missing.
 */
export function answersOf(results: Results): Answer[] {
  const candidates = candidatesOf(results);
  const rounds = candidates.filter(({ rounds }) => rounds > 0);
  const undemanding = candidates.filter(({ name }) => {
    const { needsFlags, announcement } = MECHANISMS.find((one) => one.name === name)!;
    return !needsFlags && announcement === "none";
  });
  return [
    byCount("the newest value, whatever breaks", rounds, ({ newest }) => newest),
    byCount("every value, whatever breaks", rounds, ({ whole }) => whole),
    byFigure("the value soon", candidates, P50, hereOf),
    byFigure("the value soon, on another node", candidates, P50, ({ elsewhere }) => elsewhere),
    byFigure("little CPU, listener and server", candidates, COST, hereOf),
    byFigure("the value soon, writer and server as they are", undemanding, P50, hereOf),
  ].filter((answer) => answer !== undefined);
}

function candidatesOf({ costs, losses }: Results): Candidate[] {
  const names = [
    ...costs.map(({ variant }) => variant),
    ...losses.flatMap(({ outcomes }) => Object.keys(outcomes)),
  ];
  return MECHANISMS.map(({ name }) => name).filter((name) => names.includes(name)).map((name) => {
    const outcomes = losses.flatMap(({ outcomes }) => outcomes[name] ?? []);
    return {
      name,
      here: runsAt(costs, name, { node: 0 }),
      elsewhere: runsAt(costs, name, { node: 1 }),
      rounds: outcomes.length,
      newest: outcomes.filter(({ seconds }) => seconds !== null).length,
      whole: outcomes.filter(({ lost }) => lost === 0).length,
    };
  });
}

/** Returns the repetitions at the typical rate, without unrelated writes. */
function runsAt(
  points: readonly Point[],
  name: string,
  { node }: Pick<Load, "node">,
): readonly Run[] {
  return points.find(({ variant, load }) =>
    variant === name && load.rate === TYPICAL_RATE && load.node === node && load.noise === 0
  )?.runs ?? [];
}

function byCount(
  need: string,
  candidates: readonly Candidate[],
  countOf: (candidate: Candidate) => number,
): Answer | undefined {
  if (candidates.length === 0) return;
  const most = Math.max(...candidates.map(countOf));
  const best = candidates.filter((candidate) => countOf(candidate) === most);
  return answer(need, byValue(best, P50, hereOf), `${most} of ${best[0].rounds} rounds`);
}

function byFigure(
  need: string,
  candidates: readonly Candidate[],
  figure: Figure,
  runsOf: (candidate: Candidate) => readonly Run[],
): Answer | undefined {
  const ordered = byValue(candidates, figure, runsOf);
  const [best] = ordered;
  const least = best ? medianFigure(figure, runsOf(best)) : null;
  if (least === null) return;
  const alike = ordered.filter((candidate) => {
    const effect = compareFigure(figure, runsOf(candidate), runsOf(best));
    return candidate === best || effect?.verdict === "not distinguishable";
  });
  return answer(need, alike, `${figure.head} ${figure.format(least)}`);
}

/** Sorts candidates by a figure, lowest first and missing last. */
function byValue(
  candidates: readonly Candidate[],
  figure: Figure,
  runsOf: (candidate: Candidate) => readonly Run[],
): Candidate[] {
  const valueOf = (candidate: Candidate) => medianFigure(figure, runsOf(candidate)) ?? Infinity;
  return candidates.toSorted((one, other) => valueOf(one) - valueOf(other) || 0);
}

function hereOf({ here }: Candidate): readonly Run[] {
  return here;
}

function answer(need: string, best: readonly Candidate[], evidence: string): Answer {
  const [{ here, rounds, newest, whole }] = best;
  const [p50, p99, cpu] = [P50, P99, COST].map((figure) =>
    formatMicros(medianFigure(figure, here))
  );
  return {
    need,
    mechanisms: best.map(({ name }) => name),
    evidence,
    costs: here.length === 0 ? "–" : `p50 ${p50}, p99 ${p99}, CPU of both ${cpu} a write`,
    loses: rounds === 0
      ? "–"
      : `the newest value in ${rounds - newest}, values in between in ${
        rounds - whole
      } of ${rounds} rounds`,
  };
}

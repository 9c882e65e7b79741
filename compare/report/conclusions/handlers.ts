/** Loop and callback with handlers that take their time. */

import { capitalize, formatDuration, formatNumber, formatPlace, formatRate } from "../_phrases.ts";
import type { Conclusion, ScenarioResult } from "../../results.ts";
import { figureOf, lastPair, type Pair, PATTERNS } from "./_pairs.ts";
import { concludeSkipping, type FormatX, skips } from "./_skipping.ts";
import { describePair, nounOf, sayable } from "./_words.ts";

/** How many times as old as expected a newest value may be: there is more to handling than waiting. */
const BOUND_SLACK = 1.5;

/** Says from which wait on the loop falls behind, and what overlapping callbacks make of it. */
export function concludeWaiting(scenario: ScenarioResult): Conclusion[] {
  const skipping = concludeSkipping(scenario, formatWaiting, leadOf(scenario));
  const gain = describeGain(scenario);
  return sayable([
    skipping && { ...skipping, text: skipping.text + gain },
    concludeBound(scenario),
  ]);
}

/**
 * Says whether either pattern gains where the handler keeps the processor busy. How much older than the loop's
 * the callback's newest value is varies from run to run; that it is no newer does not.
 */
export function concludeComputing(scenario: ScenarioResult): Conclusion[] {
  const isNewer = lastPair(scenario, PATTERNS, "staleness")?.higher === "loop";
  const claim = isNewer ? undefined : "the callback keeps the newest value no newer";
  return sayable([
    concludeSkipping(scenario, formatComputing, leadOf(scenario)),
    concludeStaleness(scenario, formatComputing, claim),
  ]);
}

/** How old a loop's newest value gets, in handler times, and whether that is what one can expect. */
export interface Bound {
  /** The age of the newest value handled, in times of the handler. */
  readonly handlerTimes: number;
  /** Whether it is not much more than two of them and the time between two writes. */
  readonly isKept: boolean;
}

/**
 * Compares how old the newest value of a pattern gets with the time of a handler that waits.
 *
 * A value is handled one handler time after its read, and counts as the newest until the next one is
 * handled, another handler time later. `null` where the pattern does not skip, or has no figure.
 */
export function boundOf({ point }: Pair, arm: string): Bound | null {
  const share = figureOf(point, arm, "handledShare");
  const staleness = figureOf(point, arm, "staleness");
  const handlerTime = 1e3 * point.x;
  if (!share || !staleness || !skips(share) || handlerTime <= 0) return null;
  const expected = 2 * handlerTime + (point.rate ? 1e6 / point.rate : 0);
  return {
    handlerTimes: staleness.median / handlerTime,
    isKept: staleness.median <= BOUND_SLACK * expected,
  };
}

/** `5 ms of waiting`. */
export function formatWaiting(x: number): string {
  return `${formatPlace(x)} ms of waiting`;
}

/** `5 ms of computing`. */
export function formatComputing(x: number): string {
  return `${formatPlace(x)} ms of computing`;
}

/** How many times as many changes the callback handles, where it handles more. */
function describeGain(scenario: ScenarioResult): string {
  const pair = lastPair(scenario, PATTERNS, "handledShare");
  if (pair?.higher !== "callback" || pair.one.median <= 0) return "";
  const times = formatNumber(pair.other.median / pair.one.median);
  return ` Overlapping callbacks handle ${times} times as many changes there.`;
}

/** What was held fixed: `at 200 writes a second, `. */
function leadOf(scenario: ScenarioResult): string {
  const rate = lastPair(scenario, PATTERNS, "handledShare")?.point.rate ?? null;
  return rate === null ? "" : `at ${formatRate(rate)}, `;
}

function concludeStaleness(
  scenario: ScenarioResult,
  formatX: FormatX,
  otherClaim?: string,
): Conclusion | null {
  const pair = lastPair(scenario, PATTERNS, "staleness");
  if (!pair) return null;
  const { higher, point } = pair;
  const claim = otherClaim ??
    (higher === null
      ? "no difference in how old the newest value gets"
      : `the newest value of ${nounOf(higher)} gets older`);
  const ages = describePair(pair, formatDuration);
  return {
    claim,
    text: `${capitalize(claim)}: with ${formatX(point.x)}, the greatest age of what was handled ` +
      `last is ${ages} (the median over the run's intervals).`,
  };
}

/**
 * Says whether the age of the newest value is bounded where the loop skips. Whether it is older than the
 * callback's is a matter of degree; what bounds it is what one can rely on.
 */
function concludeBound(scenario: ScenarioResult): Conclusion | null {
  const pair = lastPair(scenario, PATTERNS, "staleness");
  const bound = pair && boundOf(pair, "loop");
  if (!bound) return concludeStaleness(scenario, formatWaiting);
  const claim = bound.isKept
    ? "a loop that skips stays within a few handler times"
    : "a loop that skips falls behind by more than a few handler times";
  const conclusion = concludeStaleness(scenario, formatWaiting, claim)!;
  const times = formatNumber(bound.handlerTimes);
  return { claim, text: `${conclusion.text} With the loop that is ${times} times the wait.` };
}

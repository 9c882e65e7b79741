/** Loop and callback with handlers that take their time. */

import { capitalize, formatDuration, formatNumber, formatPlace, formatRate } from "../_phrases.ts";
import type { Conclusion, ScenarioResult } from "../results.ts";
import { figureOf, lastPair, type Pair, PATTERNS } from "./_pairs.ts";
import { concludeSkipping, type FormatX, skips } from "./_skipping.ts";
import { describePair, nounOf, sayable } from "./_words.ts";

/** How many times as old as expected a newest value may be: there is more to handling than waiting. */
const BOUND_SLACK = 1.5;

/** Says from which wait on the loop falls behind, and what overlapping callbacks make of it. */
export function concludeWaiting(scenario: ScenarioResult): Conclusion[] {
  const skipping = concludeSkipping(scenario, formatWaiting, leadOf(scenario));
  const staleness = concludeStaleness(scenario, formatWaiting);
  const gain = describeGain(scenario);
  return sayable([
    skipping && { ...skipping, text: skipping.text + gain },
    staleness && bindStaleness(staleness, scenario),
  ]);
}

/** Says whether either pattern gains where the handler keeps the processor busy. */
export function concludeComputing(scenario: ScenarioResult): Conclusion[] {
  const skipping = concludeSkipping(scenario, formatComputing, leadOf(scenario));
  const staleness = concludeStaleness(scenario, formatComputing);
  const higher = lastPair(scenario, PATTERNS, "staleness")?.higher;
  const reason = higher === "callback"
    ? " The callback reads ahead: values that were read wait for their turn."
    : "";
  const claim = higher === "loop"
    ? staleness?.claim
    : "the callback keeps the newest value no newer";
  return sayable([
    skipping,
    staleness && { claim: claim!, text: staleness.text + reason },
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
): Conclusion | null {
  const pair = lastPair(scenario, PATTERNS, "staleness");
  if (!pair) return null;
  const { higher, point } = pair;
  const verdict = higher === null
    ? "no difference in how old the newest value gets"
    : `the newest value of ${nounOf(higher)} gets older`;
  return {
    claim: verdict,
    text: `${capitalize(verdict)}: with ${formatX(point.x)}, the greatest age of what was ` +
      `handled last is ${
        describePair(pair, formatDuration)
      } (the median over the run's intervals).`,
  };
}

/** Whether the loop is older than the callback is a matter of degree; what bounds it is what one can rely on. */
function bindStaleness(conclusion: Conclusion, scenario: ScenarioResult): Conclusion {
  const pair = lastPair(scenario, PATTERNS, "staleness")!;
  const bound = boundOf(pair, "loop");
  if (!bound) return conclusion;
  const claim = bound.isKept
    ? "a loop that skips stays within a few handler times"
    : "a loop that skips falls behind by more than a few handler times";
  const times = formatNumber(bound.handlerTimes);
  return {
    claim,
    text: `${conclusion.text} ${capitalize(claim)}: ${times} times the wait.`,
  };
}

/** What more listeners cost each other and the server. */

import { capitalize, formatDuration, formatList, formatPlace } from "../_phrases.ts";
import type { Conclusion, FigureName, ScenarioResult, Spread } from "../../results.ts";
import { lower } from "../../measure/statistics.ts";
import { figureOf, pointsOf } from "./_pairs.ts";
import { describeSeries, sayable } from "./_words.ts";

/** CPU seconds for 1,000 writes, as CPU microseconds for one. */
const MICROS_PER_WRITE = 1e6 / 1e3;

/** A figure at a number of listeners. */
type Place = readonly [listeners: number, spread: Spread];

/** Says what each listener more costs the others, and what it costs the server. */
export function concludeListeners(scenario: ScenarioResult): Conclusion[] {
  const times = placesOf(scenario, "timeDifferenceP50");
  const tail = placesOf(scenario, "timeDifferenceP99");
  const server = placesOf(scenario, "serverCpuPer1000").map(toMicros);
  const conclusion = concludeGrowth("the time difference", times);
  return sayable([
    conclusion &&
    {
      ...conclusion,
      text: conclusion.text + (tail.length > 1 ? ` That is p50; p99 is ${describe(tail)}.` : ""),
    },
    concludeGrowth("the server's CPU time for a write", server),
  ]);
}

function placesOf(scenario: ScenarioResult, figure: FigureName): Place[] {
  return pointsOf(scenario).flatMap((point): Place[] => {
    const spread = figureOf(point, "loop", figure);
    return spread ? [[point.x, spread]] : [];
  });
}

function toMicros([listeners, { median, least, greatest }]: Place): Place {
  return [listeners, {
    median: median * MICROS_PER_WRITE,
    least: least * MICROS_PER_WRITE,
    greatest: greatest * MICROS_PER_WRITE,
  }];
}

function concludeGrowth(what: string, places: readonly Place[]): Conclusion | null {
  const [first, last] = [places.at(0), places.at(-1)];
  if (!first || !last || first[0] === last[0]) return null;
  const verdict = lower(first[1], last[1]);
  const claim = verdict === "none"
    ? `no difference in ${what} with more listeners`
    : `${what} ${verdict === "one" ? "grows" : "falls"} with more listeners`;
  const each = formatDuration((last[1].median - first[1].median) / (last[0] - first[0]));
  const price = verdict === "one" ? ` Each listener more costs ${each}, on average.` : "";
  return { claim, text: `${capitalize(claim)}: ${describe(places)}.${price}` };
}

function describe(places: readonly Place[]): string {
  const counts = formatList(places.map(([listeners]) => formatPlace(listeners)));
  return `${
    describeSeries(places.map(([, spread]) => spread), formatDuration)
  } with ${counts} listeners`;
}

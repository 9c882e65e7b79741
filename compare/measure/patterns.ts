/** Loop against callback: both listeners, with handlers that return at once, wait or compute. */

import type { Load, Pattern } from "../results.ts";
import { type Course, measureRuns } from "./runs.ts";
import type { Servers } from "./servers.ts";
import { listenerVariant } from "./variant.ts";

/** A kind of handler, as in `SIMULATED_WORK`, and its loads. */
interface Plan {
  readonly handler: string;
  readonly loads: readonly Load[];
}

/**
 * Plans the comparison.
 *
 * @param seconds The length of a repetition, at least.
 * @param quick Whether to measure fewer points.
 * @returns The kinds of handlers.
 */
export function planPatterns(seconds: number, quick: boolean): Plan[] {
  const at = (...rates: number[]) =>
    rates.map((rate) => ({ rate, writes: rate * seconds, node: 0, noise: 0 }));
  return [
    { handler: "none", loads: quick ? at(1000) : at(100, 1000, 10_000) },
    { handler: "wait 20", loads: at(200) },
    { handler: "compute 20", loads: at(200) },
  ];
}

/**
 * Measures loop and callback.
 *
 * @param servers The servers.
 * @param plans The kinds of handlers.
 * @param course Repetitions, signal and progress.
 * @returns The measurements.
 */
export async function measurePatterns(
  servers: Servers,
  plans: readonly Plan[],
  course: Course,
): Promise<Pattern[]> {
  const patterns: Pattern[] = [];
  for (const [index, { handler, loads }] of plans.entries()) {
    const settings = { SIMULATED_WORK: handler };
    const variants = [
      listenerVariant("loop", "listener_sync", settings),
      listenerVariant("callback", "listener_async", settings),
    ];
    const points = await measureRuns(servers, variants, loads, {
      ...course,
      onRun: (what, done) => course.onRun(`${handler}, ${what}`, (index + done) / plans.length),
    });
    patterns.push({ handler, points });
  }
  return patterns;
}

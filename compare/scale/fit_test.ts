import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { seededRandom } from "../../statistics/random.ts";
import type { Crowd } from "../results.ts";
import { type CostModel, costOf, fitCosts, listenersWhenFull } from "./fit.ts";

const COUNTS = [1, 3, 10, 30, 100, 300];

/** Crowds with the costs of a model, with errors of up to 10 %. */
function crowds(channel: "keyevent" | "keyspace", model: CostModel, noise = 0.1): Crowd[] {
  const random = seededRandom(3);
  return COUNTS.map((listeners) => ({
    channel,
    listeners,
    writes: 10,
    runs: Array.from({ length: 5 }, () => ({
      serverCpu: costOf(model, listeners) * (1 + noise * (2 * random() - 1)),
      clientCpu: 0,
      p50: 0,
      p99: 0,
    })),
  }));
}

Deno.test("fitCosts() recovers the coefficients of the costs", () => {
  const model = { base: 60, perListener: 25, perPair: 2 };
  const exact = fitCosts(crowds("keyevent", model, 0)).model;
  for (const name of ["base", "perListener", "perPair"] as const) {
    assertAlmostEquals(exact[name], model[name], 1e-6);
  }
  const noisy = fitCosts(crowds("keyevent", model)).model;
  for (const name of ["perListener", "perPair"] as const) {
    assertAlmostEquals(noisy[name] / model[name], 1, 0.2);
  }
});

Deno.test("fitCosts() has no negative coefficient", () => {
  const { model, resampled } = fitCosts(
    crowds("keyspace", { base: 0, perListener: 25, perPair: 0 }),
  );
  assertEquals(model.perPair, 0);
  assert([model, ...resampled].every(({ base, perListener }) => base >= 0 && perListener >= 0));
});

Deno.test("listenersWhenFull()'s interval holds the true number", () => {
  const quadratic = { base: 60, perListener: 25, perPair: 2 };
  const fit = fitCosts(crowds("keyevent", quadratic));
  const { low, high, value } = listenersWhenFull(fit, 1);
  const truth = (Math.sqrt(25 ** 2 + 4 * 2 * (1e6 - 60)) - 25) / 4;
  assert(low! <= truth && truth <= high!, `${low} ${truth} ${high}`);
  assertAlmostEquals(costOf(fit.model, value), 1e6, 1);
  const linear = { base: 0, perListener: 20, perPair: 0 };
  assertAlmostEquals(listenersWhenFull(fitCosts(crowds("keyspace", linear, 0)), 10).value, 5000, 1);
});

/** What is measured: the scenarios as data. */

import type { ListenerRole } from "./listener.ts";
import type { ScenarioName } from "../results.ts";
import type { Offer } from "./run.ts";
import type { ListenerGroup } from "./environment.ts";

/** A scenario to measure. */
export interface Scenario {
  readonly name: ScenarioName;
  /** Why it cannot be measured here, if it cannot. */
  readonly skipped: string | null;
  /** What was held fixed, as a sentence. */
  readonly conditions: string;
  /** What is compared. */
  readonly variants: readonly string[];
  /** Writes a second with which listeners that have just been started are warmed up. */
  readonly warmUpRate: number;
  /** Along the scenario's axis. */
  readonly points: readonly Point[];
}

/** A point on a scenario's axis. */
export interface Point {
  readonly x: number;
  readonly offer: Offer;
  /** Who is measured; the variants of the scenario, or the first few of them. */
  readonly groups: readonly ListenerGroup[];
}

/** How long everything is. */
export interface Extent {
  /** Whether there are fewer and shorter points. */
  readonly quick: boolean;
  /** How many servers there are. */
  readonly nodes: number;
}

/**
 * The order in which scenarios are measured: those with the same listeners one after the other, so that fewer
 * have to be started.
 */
export const ORDER: readonly ScenarioName[] = [
  ...["rates", "burst", "anatomy", "noise", "replica", "listeners"] as const,
  ...["waiting", "computing"] as const,
];

/** The variants of most scenarios, and their roles. */
const PATTERNS: Readonly<Record<string, ListenerRole>> = {
  loop: "listener_sync",
  callback: "listener_async",
};

/** The settings for the channels, `keyevent` and `keyspace`; what is preset is left out, so that listeners stay. */
const VIAS: readonly Record<string, string>[] = [{}, { NOTIFICATION_CHANNEL: "keyspace" }];

/** Where there is only one pattern, it is the loop: it does the same, and less at once. */
const ONE_PATTERN: ListenerRole = "listener_sync";

const WARM_UP_RATE = 1000;

/** Writes a second to handlers that are slow, and to many listeners, who hear each other's handshakes too. */
const SLOW_RATE = 200;
const MANY_RATE = 4;

/**
 * Plans a scenario.
 *
 * @param name The scenario.
 * @param extent How long it may be.
 * @returns What to measure.
 *
 * @example Usage
 * ```ts
 * import { planScenario } from "./scenarios.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { points } = planScenario("waiting", { quick: false, nodes: 1 });
 * assertEquals(points.map(({ x }) => x), [1, 5, 20]);
 * ```
 */
export function planScenario(name: ScenarioName, extent: Extent): Scenario {
  return { name, skipped: null, warmUpRate: WARM_UP_RATE, ...PLANS[name](extent) };
}

/** What a plan says of a scenario; the rest is the same for most. */
type Plan = (
  extent: Extent,
) => Omit<Scenario, "name" | "skipped" | "warmUpRate"> & Partial<Scenario>;

const PLANS: Record<ScenarioName, Plan> = {
  rates: ({ quick }) => {
    const rates = quick ? QUICK_RATES : RATES;
    return {
      conditions:
        "One listener at a time, on the writer's server; its handler answers and does nothing else.",
      variants: Object.keys(PATTERNS),
      points: rates.map(([rate, seconds]) => ({
        x: rate,
        offer: offer(rate, seconds),
        groups: patterns(),
      })),
    };
  },
  waiting: (extent) => slow("wait", "waits, as for a database or an API", extent),
  computing: (extent) => slow("compute", "computes, and so occupies its process", extent),
  noise: ({ quick }) => ({
    conditions:
      "The loop, on the writer's server, at 100 stamps a second; all other writes are to 1,000 " +
      "unrelated keys of the same database.",
    variants: ["keyevent", "keyspace"],
    points: (quick ? [0, 1000] : [0, 1000, 20_000]).map((noise) => ({
      x: noise,
      offer: { ...offer(100, quick ? 0.2 : 0.5), noise },
      groups: VIAS.map((env) => group({ env })),
    })),
  }),
  replica: ({ quick, nodes }) => ({
    skipped: nodes > 1 ? null : "There is only one server.",
    conditions: "The loop, at 200 writes a second, all on the first server.",
    variants: ["writer's node", "another node"],
    points: nodes > 1
      ? [{
        x: SLOW_RATE,
        offer: offer(SLOW_RATE, quick ? 0.2 : 0.5),
        groups: [group({ node: 0 }), group({ node: 1 })],
      }]
      : [],
  }),
  listeners: ({ quick }) => ({
    conditions:
      "Loops on the writer's server, at a few writes a second. Each answers each change " +
      "by one MSET of two keys, and on keyevent channels all others hear of both.",
    variants: ["loop"],
    warmUpRate: MANY_RATE,
    points: (quick ? [1, 4] : [1, 10, 100]).map((count) => ({
      x: count,
      offer: quick ? offer(MANY_RATE * 2, 0.25) : offer(MANY_RATE, 0.5),
      groups: [group({ count })],
    })),
  }),
  burst: ({ quick }) => {
    const writes = quick ? 2000 : 10_000;
    return {
      conditions: "One listener at a time, on the writer's server; all writes are sent at once.",
      variants: Object.keys(PATTERNS),
      points: [{ x: writes, offer: { rate: null, writes, noise: 0 }, groups: patterns() }],
    };
  },
  anatomy: ({ quick }) => ({
    conditions:
      "One listener at a time, on the writer's server, at 100 writes a second: nothing waits " +
      "for anything else.",
    variants: Object.keys(PATTERNS),
    points: [{ x: 100, offer: offer(100, quick ? 0.25 : 0.6), groups: patterns() }],
  }),
};

/** Writes a second, and for how many seconds. */
const QUICK_RATES = [[100, 0.25], [1000, 0.25]];
const RATES = [[10, 0.8], [100, 0.5], [1000, 0.5], [5000, 0.4], [20_000, 0.3]];

function slow(kind: "wait" | "compute", does: string, { quick }: Extent): ReturnType<Plan> {
  return {
    conditions:
      `One listener at a time, on the writer's server, at ${SLOW_RATE} writes a second; ` +
      `for each change its handler ${does}, and then answers.`,
    variants: Object.keys(PATTERNS),
    warmUpRate: SLOW_RATE,
    points: (quick ? [5] : [1, 5, 20]).map((ms) => ({
      x: ms,
      offer: offer(SLOW_RATE, quick ? 0.25 : ms < 20 ? 0.4 : 0.8),
      groups: patterns({ SIMULATED_WORK: `${kind} ${ms}` }),
    })),
  };
}

function offer(rate: number, seconds: number): Offer {
  return { rate, writes: Math.round(rate * seconds), noise: 0 };
}

function patterns(env: Record<string, string> = {}): ListenerGroup[] {
  return Object.values(PATTERNS).map((role) => group({ role, env }));
}

function group(differences: Partial<ListenerGroup>): ListenerGroup {
  return { role: ONE_PATTERN, count: 1, node: 0, env: {}, ...differences };
}

/** The faults: what they do to a world, and how they undo it. A seed determines everything that varies. */

import fc from "fast-check";
import type { Redis } from "ioredis";
import { ALL_FLAGS } from "../cluster/cluster.ts";
import type { Proxy } from "../cluster/proxy.ts";
import { until } from "../cluster/waiting.ts";
import { ask, order } from "./asking.ts";
import { flood, subscriberOf } from "./load.ts";
import { Repetition } from "./repetition.ts";
import { LISTENERS, OWN_NODES, ROLES, type World } from "./world.ts";

/** A fault with its random choices made. */
export interface Fault {
  /** Its description, for people. */
  readonly what: string;
  /** What it affects. Simultaneous faults must not affect the same things. */
  readonly touches: readonly string[];
  /** Starts it. */
  inject(world: World): Promise<void> | void;
  /** Ends it; the world may need a while to recover. */
  heal(world: World): Promise<void> | void;
}

/** The fault of a round, and its timing. */
export interface Plan {
  /** The fault's name. */
  readonly name: FaultName;
  /** The fault. */
  readonly fault: Fault;
  /** How long the roles work before it starts, in milliseconds. */
  readonly pauseMs: number;
  /** How long it lasts, in milliseconds. */
  readonly holdMs: number;
  /**
   * Whether the writer pauses before healing, until the listeners have caught up: then no later write reveals what they
   * missed.
   */
  readonly quiet: boolean;
}

/** The bounds of the pause, and of the fault's duration, in milliseconds. */
const PAUSE_MS = { min: 0, max: 500 };
const HOLD_MS = { min: 300, max: 4000 };

/** The backlog holds 16 KiB: after this many keys, a link that was cut needs a full resync. */
const CUT_FLOOD_KEYS = 300;

/** How many keys a flood sets at a time, and the pause between two floods, in milliseconds. */
const FLOOD_KEYS = 300;
const FLOOD_PAUSE_MS = 50;

/** How far a subscriber may fall behind, in bytes: during the fault, and by default. */
const SMALL_LIMIT = "pubsub 262144 0 0";
const DEFAULT_LIMIT = "pubsub 33554432 8388608 60";

/** Messages for a subscriber that does not read, until the server closes it: they exceed all buffers in between. */
const MESSAGE = "x".repeat(65_536);
const MESSAGES_AT_ONCE = 20;

/** The setting for a node's notifications. */
const FLAGS = "notify-keyspace-events";

/** A role's limit of file descriptors after the fault. */
const DESCRIPTORS = 1024;

/** How long the roles and nodes may take to reach the state that a fault needs, in milliseconds. */
const LIMIT_MS = 10_000;

const nodes = fc.constantFrom(0, 1, 2);

/** A role's line to its own node, or its lines to all nodes. */
const lines = fc.record({ role: fc.constantFrom(...ROLES), all: fc.boolean() }).map((drawn) => {
  const { role, all } = drawn;
  return {
    name: all ? `the lines of ${role}` : `the line of ${role} to its own node`,
    touches: [`lines of ${role}`],
    each(world: World, action: (line: Proxy) => void): void {
      for (const line of all ? world.lines[role] : world.lines[role].slice(0, 1)) action(line);
    },
  };
});

function nodeKilled(keepData: boolean): fc.Arbitrary<Fault> {
  return nodes.map((index) => ({
    what: `node ${index} killed, and started again ${keepData ? "with" : "without"} its data`,
    touches: [`node ${index}`],
    inject: ({ cluster }) => cluster.node(index).kill(),
    heal: ({ cluster }) => cluster.node(index).start({ keepData }),
  }));
}

const nodePaused = nodes.map((index): Fault => ({
  what: `node ${index} paused`,
  touches: [`node ${index}`],
  inject: ({ cluster }) => cluster.node(index).signal("SIGSTOP"),
  heal: ({ cluster }) => cluster.node(index).signal("SIGCONT"),
}));

const nodeCutOff = nodes.map((index): Fault => ({
  what: `node ${index} cut off from the others until its backlog is gone`,
  touches: ["links"],
  async inject({ cluster }) {
    cluster.cut(index);
    await Promise.all(cluster.nodes.map(({ url }) => flood(url, CUT_FLOOD_KEYS)));
  },
  heal: ({ cluster }) => cluster.heal(index),
}));

/** Breaks lines in a way that {@linkcode Proxy.heal} undoes. */
function lineSpoilt(how: string, spoil: (line: Proxy) => void): fc.Arbitrary<Fault> {
  return lines.map(({ name, touches, each }) => ({
    what: `${name} ${how}`,
    touches,
    inject: (world) => each(world, spoil),
    heal: (world) => each(world, (line) => line.heal()),
  }));
}

const lineDelayed = fc.integer({ min: 20, max: 800 }).chain((ms) =>
  lineSpoilt(`delayed by ${ms} ms`, (line) => line.delay(ms))
);

const lineReset = fc.record({ line: lines, everyMs: fc.integer({ min: 50, max: 1000 }) }).map(
  ({ line: { name, touches, each }, everyMs }): Fault => {
    const resets = new Repetition(everyMs);
    return {
      what: `${name} reset every ${everyMs} ms`,
      touches,
      inject: (world) => resets.start(() => each(world, (line) => line.reset())),
      heal: () => resets.stop(),
    };
  },
);

const subscribersKilled = fc.integer({ min: 100, max: 1000 }).map((everyMs): Fault => {
  const kills = new Repetition(everyMs);
  return {
    what: `all subscribers killed every ${everyMs} ms`,
    touches: ["subscribers"],
    inject: ({ cluster }) =>
      kills.start(async () => {
        const kill = ({ url }: { url: string }) =>
          ask(url, (client) => client.call("CLIENT", "KILL", "TYPE", "pubsub"));
        await Promise.all(cluster.nodes.map(kill));
      }),
    heal: () => kills.stop(),
  };
});

const subscriberForcedOut = fc.constantFrom(...LISTENERS).map((role): Fault => {
  const index = OWN_NODES[role];
  return {
    what: `${role} forced out of node ${index} by its buffer limit`,
    touches: ["subscribers", `lines of ${role}`, `node ${index}`],
    async inject({ cluster, lines }) {
      const { url } = cluster.node(index);
      await limitSubscribers(url, SMALL_LIMIT);
      const subscriber = await subscriberOf(url, role);
      lines[role][0].goSilent();
      await until(
        async () => {
          if (await subscriberOf(url, role) !== subscriber) return true;
          const messages = Array.from({ length: MESSAGES_AT_ONCE }, () => MESSAGE);
          await ask(
            url,
            (client) =>
              Promise.all(messages.map((message) => client.publish("__keyevent@0__:set", message))),
          );
          return false;
        },
        `${role} to be forced out of node ${index}`,
        LIMIT_MS,
      );
    },
    async heal({ cluster, lines }) {
      lines[role][0].heal();
      await limitSubscribers(cluster.node(index).url, DEFAULT_LIMIT);
    },
  };
});

/** Sets how far a node's subscribers may fall behind. */
function limitSubscribers(url: string, limit: string): Promise<void> {
  const command = (client: Redis) => client.config("SET", "client-output-buffer-limit", limit);
  return order(url, "limit its subscribers' buffers", command);
}

const subscriberKeptOut = fc.constantFrom(...LISTENERS).map((role): Fault => {
  const index = OWN_NODES[role];
  return {
    what: `the subscriber of ${role} killed and kept out, its other connection left alone`,
    touches: ["subscribers", `lines of ${role}`, `node ${index}`],
    async inject({ cluster, lines }) {
      const { url } = cluster.node(index);
      const subscriber = await subscriberOf(url, role);
      for (const line of lines[role]) line.shut();
      if (!subscriber) return; // it has just lost its subscription anyhow
      const kill = (client: Redis) => client.client("KILL", "ID", Number(subscriber));
      await order(url, `close the subscription of ${role}`, kill);
    },
    heal: (world) => world.lines[role].forEach((line) => line.heal()),
  };
});

const nodeMuted = fc.constantFrom(...LISTENERS).map((role): Fault => {
  const index = OWN_NODES[role];
  const setFlags = ({ cluster }: World, flags: string) =>
    order(
      cluster.node(index).url,
      `set ${FLAGS} to "${flags}"`,
      (client) => client.config("SET", FLAGS, flags),
    );
  return {
    what: `node ${index}, which ${role} observes, set to announce no changes`,
    touches: [`node ${index}`],
    inject: (world) => setFlags(world, ""),
    heal: (world) => setFlags(world, ALL_FLAGS),
  };
});

const descriptorsTaken = fc.record({ role: fc.constantFrom(...ROLES), loses: fc.boolean() }).map(
  ({ role, loses }): Fault => ({
    what: `no file descriptors left for ${role}${loses ? ", which loses its connections" : ""}`,
    touches: [`lines of ${role}`],
    async inject(world) {
      await world.limitDescriptors(role, 0);
      if (loses) { for (const line of world.lines[role]) line.reset(); }
    },
    heal: (world) => world.limitDescriptors(role, DESCRIPTORS),
  }),
);

const keysFlooded = nodes.map((index): Fault => {
  const floods = new Repetition(FLOOD_PAUSE_MS);
  return {
    what: `a flood of unrelated keys on node ${index}`,
    touches: [],
    inject: ({ cluster }) => floods.start(() => flood(cluster.url(index), FLOOD_KEYS)),
    heal: () => floods.stop(),
  };
});

const writerKilled = fc.integer({ min: 20, max: 300 }).map((ms): Fault => ({
  what: `the writer killed in mid-write, on a line delayed by ${ms} ms`,
  touches: ["lines of writer"],
  async inject(world) {
    const { recorder, lines } = world;
    for (const line of lines.writer) line.delay(ms);
    await until(() => recorder.isWriting, "a write that is under way", LIMIT_MS);
    await world.kill("writer");
  },
  async heal(world) {
    for (const line of world.lines.writer) line.heal();
    await world.start("writer");
  },
}));

const SINGLE = {
  "kill-node": nodeKilled(true),
  "kill-node-and-data": nodeKilled(false),
  "pause-node": nodePaused,
  "cut-node": nodeCutOff,
  "drop": lineSpoilt("dropping all bytes", (line) => line.drop()),
  "delay": lineDelayed,
  "reset": lineReset,
  "silence": lineSpoilt("silent", (line) => line.goSilent()),
  "cut": lineSpoilt("cut", (line) => line.cut()),
  "kill-subscribers": subscribersKilled,
  "force-out": subscriberForcedOut,
  "flood": keysFlooded,
  "kill-writer": writerKilled,
  "keep-out": subscriberKeptOut,
  "mute-node": nodeMuted,
  "descriptors": descriptorsTaken,
};

/** Two or three different faults at once. */
const several = fc.shuffledSubarray(Object.values(SINGLE), { minLength: 2, maxLength: 3 })
  .chain((faults) => fc.tuple(...faults))
  .filter((faults) => isDisjoint(faults.map(({ touches }) => touches)))
  .map((faults): Fault => ({
    what: faults.map(({ what }) => what).join(" + "),
    touches: faults.flatMap(({ touches }) => touches),
    inject: async (world) => void await Promise.all(faults.map((fault) => fault.inject(world))),
    heal: async (world) => void await Promise.all(faults.map((fault) => fault.heal(world))),
  }));

const FAULTS = { ...SINGLE, several };

/** The name of a fault. */
export type FaultName = keyof typeof FAULTS;

/** The faults' names. */
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

/**
 * Draws a round. The same seed draws the same round, from the same names.
 *
 * @param seed The seed.
 * @param names The faults to choose from.
 * @returns The plan.
 */
export function drawPlan(seed: number, names: readonly FaultName[] = FAULT_NAMES): Plan {
  const plans: fc.Arbitrary<Plan> = fc.constantFrom(...names).chain((name) =>
    fc.record({
      name: fc.constant(name),
      fault: FAULTS[name],
      pauseMs: fc.integer(PAUSE_MS),
      holdMs: fc.integer(HOLD_MS),
      quiet: fc.boolean(),
    })
  );
  return fc.sample(plans, { seed, numRuns: 1, unbiased: true })[0];
}

function isDisjoint(sets: readonly (readonly string[])[]): boolean {
  const all = sets.flat();
  return new Set(all).size === all.length;
}

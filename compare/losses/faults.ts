/** The faults of mechanisms and their server. */

import type { Redis } from "ioredis";
import { ALL_FLAGS, type Cluster } from "../../cluster/cluster.ts";
import { connect } from "../mechanisms/mechanism.ts";
import { addWrite } from "../mechanisms/writer.ts";
import type { Subject } from "./subject.ts";

/** A fault. The value that counts is written during it. */
export interface Fault {
  /** Its name, for people. */
  readonly name: string;
  /** Starts it. */
  inject(cluster: Cluster, subjects: readonly Subject[]): Promise<void> | void;
  /** Ends it. */
  heal(cluster: Cluster, subjects: readonly Subject[]): Promise<void> | void;
  /** Restores everything for the next round. */
  restore?(cluster: Cluster): Promise<void>;
}

/** The node that the mechanisms use. The writer uses another one. */
export const NODE = 1;

const FLAGS = "notify-keyspace-events";
const LIMIT = "client-output-buffer-limit";

/** How far a subscriber may fall behind: during the fault, and by default. */
const SMALL_LIMIT = "pubsub 262144 0 0";
const DEFAULT_LIMIT = "pubsub 33554432 8388608 60";

/** How many values to write so that it falls behind: their notifications exceed all buffers. */
const FLOOD = 250_000;
const FLOOD_AT_ONCE = 2000;

/** How long the replicas may take to receive them, in milliseconds. */
const REPLICATION_LIMIT_MS = 20_000;

/** The backlog holds 16 KiB: after this many keys, a link that was cut needs a full resync. */
const RESYNC_KEYS = 300;

/** All faults, in the order of the table. */
export const FAULTS: readonly Fault[] = [
  {
    name: "connections closed",
    inject: (_cluster, subjects) => each(subjects, ({ line }) => line.cut()),
    heal: (_cluster, subjects) => each(subjects, ({ line }) => line.heal()),
  },
  {
    name: "line silent",
    inject: (_cluster, subjects) => each(subjects, ({ line }) => line.drop()),
    heal: (_cluster, subjects) => each(subjects, ({ line }) => line.heal()),
  },
  {
    name: "server hangs",
    inject: (cluster) => cluster.node(NODE).signal("SIGSTOP"),
    heal: (cluster) => cluster.node(NODE).signal("SIGCONT"),
  },
  {
    name: "server killed and back",
    inject: (cluster) => cluster.node(NODE).kill(),
    heal: (cluster) => start(cluster),
  },
  {
    name: "server catches up by a full resync",
    async inject(cluster) {
      cluster.cut(NODE);
      await withClient(cluster.url(0), async (client) => {
        const value = "x".repeat(1000);
        const keys = Array.from({ length: RESYNC_KEYS }, (_, index) => `filler:${index}`);
        await Promise.all(keys.map((key) => client.set(key, value)));
      });
    },
    heal: (cluster) => cluster.heal(NODE),
  },
  {
    name: "client too slow, cut off by the server",
    async inject(cluster, subjects) {
      await configure(cluster, LIMIT, SMALL_LIMIT);
      await each(subjects, ({ line }) => line.goSilent());
      await flood(cluster);
    },
    heal: (_cluster, subjects) => each(subjects, ({ line }) => line.heal()),
    restore: (cluster) => configure(cluster, LIMIT, DEFAULT_LIMIT),
  },
  {
    name: "server back without its flags",
    async inject(cluster) {
      await cluster.node(NODE).kill();
      await start(cluster);
      await configure(cluster, FLAGS, "");
    },
    heal: () => {}, // stays in effect until the end of the round
    restore: (cluster) => configure(cluster, FLAGS, ALL_FLAGS),
  },
  {
    name: "client killed and started again",
    inject: (_cluster, subjects) => each(subjects, (subject) => subject.kill()),
    heal: (_cluster, subjects) => each(subjects, (subject) => subject.start()),
  },
];

function each<T>(subjects: readonly T[], action: (subject: T) => Promise<void> | void) {
  return Promise.all(subjects.map(action)).then(() => {});
}

async function start(cluster: Cluster): Promise<void> {
  cluster.node(NODE).start();
  await cluster.ready();
}

function configure(cluster: Cluster, name: string, value: string): Promise<void> {
  return withClient(
    cluster.url(NODE),
    async (client) => void await client.config("SET", name, value),
  );
}

/** Writes values that are not stamps: mechanisms ignore them. */
async function flood(cluster: Cluster): Promise<void> {
  const { mesh, nodes } = cluster.engine;
  await withClient(cluster.url(mesh ? NODE : 0), async (client) => {
    for (let written = 0; written < FLOOD; written += FLOOD_AT_ONCE) {
      const pipeline = client.pipeline();
      for (let index = 0; index < FLOOD_AT_ONCE; index++) {
        addWrite(pipeline, `filler ${written + index}`, ["publish", "stream"]);
      }
      const replies = await pipeline.exec();
      for (const [error] of replies!) if (error) throw error;
    }
    if (!mesh) await client.wait(nodes - 1, REPLICATION_LIMIT_MS);
  });
}

async function withClient(url: string, work: (client: Redis) => Promise<void>): Promise<void> {
  const client = connect(url);
  try {
    await work(client);
  } finally {
    client.disconnect();
  }
}

/** A cluster on this machine: a mesh of three KeyDB nodes, or one node of anything else. */

import { join } from "node:path";
import type { Engine } from "./engine.ts";
import { Node } from "./node.ts";

/** Options for {@linkcode startCluster}. */
export interface ClusterOptions {
  /** The password of clients and peers; none by default. */
  password?: string;
  /**
   * The flags of `notify-keyspace-events`.
   *
   * @default {"KEA"}
   */
  notify?: string;
  /**
   * Whether the terminal's Ctrl-C is kept from the processes, for callers who then stop them in order.
   *
   * @default {false}
   */
  detached?: boolean;
}

/** A running cluster. Disposing of it stops its processes and removes its files. */
export class Cluster implements AsyncDisposable {
  /** What it is made of. */
  readonly engine: Engine;
  /** Its nodes. */
  readonly nodes: readonly Node[];
  #dir: string;

  /** @param engine What it is made of. @param nodes Its nodes. @param dir The folder of its files. */
  constructor(engine: Engine, nodes: readonly Node[], dir: string) {
    this.engine = engine;
    this.nodes = nodes;
    this.#dir = dir;
  }

  /**
   * Finds a node, on clusters of any size.
   *
   * @param index The node's number from 0; a cluster of fewer nodes begins again from its first.
   * @returns The node.
   */
  node(index: number): Node {
    return this.nodes[index % this.nodes.length];
  }

  /**
   * Names the URL of a node, on clusters of any size.
   *
   * @param index The node's number, as for {@linkcode node}.
   * @returns The URL, with the password.
   */
  url(index: number): string {
    return this.node(index).url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
    await Deno.remove(this.#dir, { recursive: true });
  }
}

/**
 * Starts a cluster on free ports of 127.0.0.1, with its files in a temporary folder.
 *
 * @param engine What to make it of.
 * @param options Password and notifications.
 * @returns The cluster, when all its nodes serve and are linked to each other.
 * @throws {Error} Where a node does not start.
 */
export async function startCluster(engine: Engine, options: ClusterOptions = {}): Promise<Cluster> {
  const { password, notify = "KEA", detached = false } = options;
  const dir = await Deno.makeTempDir({ prefix: "keydb-observable-" });
  const ports = freePorts(engine.nodes);
  const nodes = ports.map((port) =>
    new Node({
      engine,
      port,
      peers: ports.filter((peer) => peer !== port),
      dir: join(dir, `${port}`),
      password,
      notify,
      detached,
    })
  );
  const cluster = new Cluster(engine, nodes, dir);
  try {
    for (const node of nodes) {
      await Deno.mkdir(join(dir, `${node.port}`));
      node.start();
    }
    await Promise.all(nodes.map((node) => node.ready()));
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

/** Ports that are free now; all are held until the last one is known, so that they differ. */
function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const ports = listeners.map(({ addr }) => addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}

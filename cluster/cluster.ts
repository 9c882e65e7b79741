/**
 * A cluster on this machine: a mesh of three KeyDB nodes, a primary and two replicas of Valkey or Redis,
 * or one node in JavaScript.
 */

import { join } from "node:path";
import type { Engine } from "./engine.ts";
import { orAborted } from "../lib/abort.ts";
import { Node, type UserPasswords } from "./node.ts";
import { freePorts } from "./ports.ts";
import { Proxy } from "./proxy.ts";

/** The flags of `notify-keyspace-events` for all channels and events: those of a cluster by default. */
export const ALL_FLAGS = "KEA";

/** Options for {@linkcode startCluster}. */
export interface ClusterOptions {
  /** The password of clients and peers; none by default. */
  password?: string;
  /** The passwords of the users of `keydb/users.acl`, for real servers; none by default. */
  users?: UserPasswords;
  /**
   * The flags of `notify-keyspace-events`.
   *
   * @default {"KEA"}
   */
  notify?: string;
  /**
   * Whether the nodes keep their data on disk.
   *
   * @default {false}
   */
  disk?: boolean;
  /**
   * Whether nodes replicate through proxies, so that {@linkcode Cluster.cut} can separate them.
   *
   * @default {false}
   */
  cuttable?: boolean;
  /**
   * Whether the processes ignore the terminal's Ctrl-C, for callers who stop them in order.
   *
   * @default {false}
   */
  detached?: boolean;
  /** Called with the process of each server that starts. */
  onStart?: (process: Deno.ChildProcess) => void;
  /** Stops waiting for the nodes, and then stops them. */
  signal?: AbortSignal;
}

/** A node that replicates from another one, through a proxy if the cluster is cuttable. */
interface ReplicationLink {
  readonly from: number;
  readonly to: number;
  readonly proxy?: Proxy;
}

/** A running cluster. Disposing of it stops its processes and removes its files. */
export class Cluster implements AsyncDisposable {
  /** The server that it runs. */
  readonly engine: Engine;
  /** Its nodes. The first one accepts writes. */
  readonly nodes: readonly Node[];
  /** The folder with the nodes' files. */
  readonly dir: string;
  #links: readonly ReplicationLink[];

  /** Puts a cluster together; {@linkcode startCluster} starts one. */
  constructor(
    engine: Engine,
    nodes: readonly Node[],
    links: readonly ReplicationLink[],
    dir: string,
  ) {
    this.engine = engine;
    this.nodes = nodes;
    this.#links = links;
    this.dir = dir;
  }

  /**
   * Returns a node, on clusters of any size.
   *
   * @param index The node's number from 0, modulo the number of nodes.
   * @returns The node.
   */
  node(index: number): Node {
    return this.nodes[index % this.nodes.length];
  }

  /**
   * Returns the URL of a node, on clusters of any size.
   *
   * @param index The node's number, as for {@linkcode node}.
   * @returns The URL, with the password.
   */
  url(index: number): string {
    return this.node(index).url;
  }

  /**
   * Resolves when all nodes serve and are linked to each other.
   *
   * @throws {Error} If a node has ended or takes too long.
   */
  async ready(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.ready()));
  }

  /**
   * Cuts a node off from all others. Clients still reach it.
   *
   * @param index The node's number from 0.
   */
  cut(index: number): void {
    for (const { proxy } of this.#linksOf(index)) proxy.cut();
  }

  /**
   * Undoes {@linkcode cut}; {@linkcode ready} resolves when the nodes are linked again.
   *
   * @param index The node's number from 0.
   */
  heal(index: number): void {
    for (const { proxy } of this.#linksOf(index)) proxy.heal();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill())); // at once: one after the other, they wait for each other
    await Promise.all(this.#links.map(({ proxy }) => proxy?.[Symbol.asyncDispose]()));
    await Deno.remove(this.dir, { recursive: true });
  }

  #linksOf(index: number): Required<ReplicationLink>[] {
    return this.#links.filter(({ from, to }) => from === index || to === index).map((link) => {
      if (!link.proxy) throw new Error("Cannot cut nodes off as the cluster is not 'cuttable'");
      return { ...link, proxy: link.proxy };
    });
  }
}

/**
 * Starts a cluster on free ports of 127.0.0.1, with its files in a temporary folder.
 *
 * @param engine The server to run.
 * @param options Password, notifications, disk and links.
 * @returns The cluster, when all its nodes serve and are linked to each other.
 * @throws {Error} If a node does not start.
 */
export async function startCluster(engine: Engine, options: ClusterOptions = {}): Promise<Cluster> {
  const { notify = ALL_FLAGS, cuttable = false, detached = false, signal, ...others } = options;
  const dir = await Deno.makeTempDir({ prefix: "keydb-observable-" });
  const ports = freePorts(engine.nodes);
  const links = linksOf(engine).map((link): ReplicationLink => (
    cuttable ? { ...link, proxy: new Proxy(ports[link.from]) } : link
  ));
  const nodes = ports.map((port, index) =>
    new Node({
      engine,
      port,
      sources: links.filter(({ to }) => to === index)
        .map(({ from, proxy }) => proxy?.port ?? ports[from]),
      dir: join(dir, `${port}`),
      notify,
      detached,
      ...others,
    })
  );
  const cluster = new Cluster(engine, nodes, links, dir);
  try {
    for (const node of nodes) node.start();
    const ready = cluster.ready();
    await (signal ? orAborted(ready, signal) : ready);
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

/** Who replicates from whom: in a mesh every node from every other one, otherwise all from the first. */
function linksOf({ nodes, mesh }: Engine): ReplicationLink[] {
  const indices = Array.from({ length: nodes }, (_, index) => index);
  const sources = mesh ? indices : indices.slice(0, 1);
  return sources.flatMap((from) => indices.filter((to) => to !== from).map((to) => ({ from, to })));
}

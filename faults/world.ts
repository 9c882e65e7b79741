/** The world of a fault: a cluster, the roles as processes, and the lines between them. */

import { nowMicros } from "../lib/clock.ts";
import { SHARED_KEY } from "../lib/protocol/keys.ts";
import { parseStamp } from "../lib/protocol/stamp.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { Proxy } from "../cluster/proxy.ts";
import { type RoleProcess, startRole } from "../cluster/role_process.ts";
import type { PatternRole } from "../cluster/roles.ts";
import { ask } from "./asking.ts";
import { Recorder } from "./recorder.ts";

/** The roles, each with the number of its own node, which it prefers. */
export const OWN_NODES = { writer: 0, listener_sync: 1, listener_async: 2 } as const;

/** The roles' names. */
export const ROLES = Object.keys(OWN_NODES) as PatternRole[];

/** The roles that observe. */
export const LISTENERS = ["listener_sync", "listener_async"] as const;

/** The roles' settings: fast, and logging everything. */
const SETTINGS = {
  UPDATE_INTERVAL: "0.04",
  LOG_FORMAT: "json",
  LOG_LEVEL: "debug",
};

/** A role's process, and whether it should end. */
interface Life {
  readonly process: RoleProcess;
  readonly ended: Promise<void>;
  told?: "to stop" | "to die";
}

/** A cluster, the roles that use it, and the records of what happens. */
export class World implements AsyncDisposable {
  /** The nodes. */
  readonly cluster: Cluster;
  /** What has happened so far. */
  readonly recorder = new Recorder();
  /** Each role's lines to all nodes, the one to its own node first. */
  readonly lines: Readonly<Record<PatternRole, readonly Proxy[]>>;
  #lives = new Map<PatternRole, Life>();

  /** @param cluster The nodes, which outlive the world. */
  constructor(cluster: Cluster) {
    this.cluster = cluster;
    const linesOf = (role: PatternRole) =>
      cluster.nodes.map((_, index) => new Proxy(cluster.node(OWN_NODES[role] + index).port));
    this.lines = {
      writer: linesOf("writer"),
      listener_sync: linesOf("listener_sync"),
      listener_async: linesOf("listener_async"),
    };
  }

  /**
   * Starts a role. Before a writer, it reads all nodes, as the writer continues with a number that it finds there.
   *
   * @param name The role.
   */
  async start(name: PatternRole): Promise<void> {
    if (name === "writer") await this.readNodes();
    const urls = this.lines[name].map(({ port }) => `redis://127.0.0.1:${port}`);
    const env = { KEYDB_URL: urls.join(","), ...SETTINGS };
    this.recorder.started(name);
    const onLine = (line: string) => this.recorder.read(name, line);
    const process = await startRole(name, env, onLine, { detached: true });
    const life: Life = { process, ended: process.status.then(() => this.#onEnd(name, life)) };
    this.#lives.set(name, life);
  }

  /** Asks a role to stop, if it runs, and waits for its end. */
  async stop(name: PatternRole): Promise<void> {
    const life = this.#lives.get(name);
    if (!life) return;
    life.told ??= "to stop";
    await life.process.stop();
    await life.ended;
  }

  /** Sends a role's process a signal, if it runs. */
  signal(name: PatternRole, signal: Deno.Signal): void {
    this.#lives.get(name)?.process.signal(signal);
  }

  /**
   * Limits how many file descriptors a role may open, if it runs. Those already open stay open.
   *
   * @param name The role.
   * @param count The limit.
   * @throws {Error} If the limit cannot be set.
   */
  async limitDescriptors(name: PatternRole, count: number): Promise<void> {
    const life = this.#lives.get(name);
    if (!life) return;
    const args = [`--pid=${life.process.pid}`, `--nofile=${count}:`];
    const { success, stderr } = await new Deno.Command("prlimit", { args }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
  }

  /** Kills a role. */
  async kill(name: PatternRole): Promise<void> {
    const life = this.#lives.get(name);
    if (!life) return;
    life.told ??= "to die";
    life.process.signal("SIGKILL");
    await life.ended;
  }

  /** Records the nodes' values, except for nodes that do not answer. */
  async readNodes(): Promise<void> {
    await Promise.all(this.cluster.nodes.map(async ({ url }, index) => {
      let at = 0;
      const value = await ask(url, (client) => {
        at = nowMicros();
        return client.get(SHARED_KEY);
      });
      if (value !== undefined) this.recorder.held(index, at, parseStamp(value ?? ""));
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(ROLES.map((name) => this.stop(name)));
    const lines = Object.values(this.lines).flat();
    await Promise.all(lines.map((line) => line[Symbol.asyncDispose]()));
  }

  /** Records the end after all lines. A role that had to be killed while stopping has not ended as expected. */
  async #onEnd(name: PatternRole, { process, told }: Life): Promise<void> {
    const { code, signal } = await process.status;
    await process.drained;
    if (this.#lives.get(name)?.process === process) this.#lives.delete(name);
    this.recorder.ended(name, told === "to die" || (told === "to stop" && !signal), code);
  }
}

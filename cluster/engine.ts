/** The servers that can run in a cluster on this machine. */

import project from "../deno.json" with { type: "json" };

/** The names of real servers, which replicate, in order of preference. */
export const SERVER_NAMES = ["keydb-server", "valkey-server", "redis-server"] as const;

/** The engines' names, in order of preference. */
export const ENGINE_NAMES = [...SERVER_NAMES, "embedded"] as const;

/** The name of an engine: that of its program, or `embedded`, which needs no installation. */
export type EngineName = typeof ENGINE_NAMES[number];

/** A server that can run here. */
export interface Engine {
  /** Its name. */
  readonly name: EngineName;
  /** Its version. */
  readonly version: string;
  /** How many nodes a cluster has. */
  readonly nodes: number;
  /** Whether clients may write to every node; otherwise all but the first are replicas. */
  readonly mesh: boolean;
  /** What a cluster of it consists of, and what it cannot show. */
  readonly description: string;
}

/** The package of the embedded engine. */
const EMBEDDED_PACKAGE = "js-redis-server";

/**
 * Looks for an engine on this machine.
 *
 * @param name The engine's name.
 * @returns The engine, or `undefined` if its program is not on the PATH.
 */
export async function findEngine(name: EngineName): Promise<Engine | undefined> {
  if (name === "embedded") {
    return {
      name,
      version: /@([^/]+)/.exec(project.imports[`${EMBEDDED_PACKAGE}/core`])![1],
      nodes: 1,
      mesh: false,
      description: `${EMBEDDED_PACKAGE}, one node, written in JavaScript; ` +
        "it cannot show replication, nor a real server's speed and faults",
    };
  }
  const version = await askVersion(name);
  if (version === undefined) return undefined;
  const mesh = name === "keydb-server";
  const description = mesh
    ? "three nodes, a full mesh of active replicas"
    : "one primary and two read-only replicas";
  return { name, version, nodes: 3, mesh, description };
}

/**
 * Checks whether a text is the name of an engine.
 *
 * @param text The text.
 * @returns Whether it is one.
 */
export function isEngineName(text: string): text is EngineName {
  return ENGINE_NAMES.some((name) => name === text);
}

/**
 * Chooses the engine for a cluster.
 *
 * @param names The engines to choose from.
 * @returns The first one found.
 * @throws {Error} If none of them is installed.
 */
export async function chooseEngine(names: readonly EngineName[] = ENGINE_NAMES): Promise<Engine> {
  for (const name of names) {
    const engine = await findEngine(name);
    if (engine) return engine;
  }
  throw new Error(`Cannot start ${names.join(" or ")}: there is no such program on the PATH`);
}

async function askVersion(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command(program, { args: ["--version"] }).output();
    return /v=(\S+)/.exec(new TextDecoder().decode(stdout))?.[1];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

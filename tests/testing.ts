/** Helpers for the tests: suites on every engine, waiting with named time-outs, and roles under test. */

import { Redis } from "ioredis";
import { disconnect } from "../lib/connect/connection.ts";
import { type Cluster, type ClusterOptions, startCluster } from "../cluster/cluster.ts";
import {
  type Engine,
  ENGINE_NAMES,
  type EngineName,
  findEngine,
  isEngineName,
} from "../cluster/engine.ts";
import { USER_NAMES, type UserPasswords } from "../cluster/node.ts";
import { type RoleProcess, type StartOptions, startRole } from "../cluster/role_process.ts";
import type { RoleName } from "../cluster/roles.ts";
import { WAIT_MS, within } from "../cluster/waiting.ts";

export { until, within } from "../cluster/waiting.ts";

/** Returns a password for each user of `keydb/users.acl`, all of which contain a text. */
export function usersWith(text: string): UserPasswords {
  return Object.fromEntries(USER_NAMES.map((user) => [user, `${text}-${user}`])) as UserPasswords;
}

/** Options of a suite. */
export interface SuiteOptions extends ClusterOptions {
  /** The engines to run on; by default all. */
  engines?: readonly EngineName[];
}

/** Engines whose absence fails tests instead of skipping them. */
const REQUIRED = enginesIn("REQUIRE_ENGINES") ?? [];

/** Engines to test on; with `none`, only unit tests run. */
const CHOSEN = enginesIn("ENGINES") ?? ENGINE_NAMES;

const INSTALLED = new Map(
  await Promise.all(CHOSEN.map(async (name) => [name, await findEngine(name)] as const)),
);

/** Returns the engine with a name, if it is chosen and installed. */
export function engineToTest(name: EngineName): Engine | undefined {
  return INSTALLED.get(name);
}

/** Reads comma-separated names of engines; `undefined` if the variable is absent. */
function enginesIn(variable: string): EngineName[] | undefined {
  const names = Deno.env.get(variable)?.split(",").map((name) => name.trim());
  if (!names || names.join() === "") return undefined;
  return names.join() === "none" ? [] : names.map((name) => {
    if (isEngineName(name)) return name;
    throw new Error(`${variable} must name engines of ${ENGINE_NAMES.join(", ")}: got "${name}"`);
  });
}

/**
 * Registers a test for each engine in `ENGINES`; all engines by default. On engines that are not installed the test is
 * skipped, and its name says so.
 */
export function testOnEachEngine(
  name: string,
  test: (engine: Engine, t: Deno.TestContext) => Promise<void>,
  engines: readonly EngineName[] = ENGINE_NAMES,
): void {
  for (const engineName of engines.filter((name) => CHOSEN.includes(name))) {
    const engine = INSTALLED.get(engineName);
    if (engine) {
      Deno.test(`${name} [${engineName}]`, (t) => test(engine, t));
    } else {
      Deno.test({
        name: `${name} [${engineName}: not installed, skipped]`,
        ignore: !REQUIRED.includes(engineName),
        fn() {
          throw new Error(`${engineName} is required by REQUIRE_ENGINES and is not on the PATH`);
        },
      });
    }
  }
}

/** Registers a test for each engine, with its own cluster. */
export function testOnEngines(
  name: string,
  suite: (t: Deno.TestContext, cluster: Cluster) => Promise<void>,
  { engines, ...options }: SuiteOptions = {},
): void {
  testOnEachEngine(name, async (engine, t) => {
    await using cluster = await startCluster(engine, options);
    await suite(t, cluster);
  }, engines);
}

/** A connection that closes with its scope. */
export class TestClient extends Redis implements AsyncDisposable {
  /** Connects to a server, and ignores lost connections, as the tests cause them. */
  constructor(url: string) {
    super(url, {
      maxRetriesPerRequest: null,
      disableClientInfo: true,
      disconnectTimeout: 100,
      retryStrategy: () => 20,
    });
    this.on("error", () => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await disconnect(this);
  }
}

/** A role's process, with everything it has printed. */
export class RoleUnderTest implements AsyncDisposable {
  /** The lines so far. */
  readonly lines: string[] = [];
  #process!: RoleProcess;
  #changed = Promise.withResolvers<void>();

  /** Starts a role with the given settings. */
  static async start(
    name: RoleName,
    env: Record<string, string>,
    options?: StartOptions,
  ): Promise<RoleUnderTest> {
    const role = new RoleUnderTest();
    const onLine = (line: string) => {
      role.lines.push(line);
      role.#changed.resolve();
      role.#changed = Promise.withResolvers();
    };
    role.#process = await startRole(name, { WARM_UP: "no", ...env }, onLine, options);
    return role;
  }

  /** Resolves to the first line that matches, already printed or not. */
  async line(pattern: RegExp, ms = WAIT_MS): Promise<string> {
    const find = async () => {
      for (let index = 0;; index++) {
        const line = await this.#lineAt(index);
        if (pattern.test(line)) return line;
      }
    };
    return await within(
      find(),
      () => `a line like ${pattern} among:\n${this.lines.join("\n")}`,
      ms,
    );
  }

  /** Resolves to the line with an index, already printed or not. */
  async lineAt(index: number, what: string, ms = WAIT_MS): Promise<string> {
    return this.lines[index] ?? await within(this.#lineAt(index), what, ms);
  }

  /** Sends the process a signal. */
  signal(name: Deno.Signal): void {
    this.#process.signal(name);
  }

  /** Resolves to the exit code when the process has ended by itself and its last line has been read. */
  async exitCode(ms = WAIT_MS): Promise<number> {
    const { code } = await within(this.#process.status, "the role's exit", ms);
    await this.#process.drained;
    return code;
  }

  /** Stops the role, which must end within two seconds, and resolves to the exit code. */
  async stop(): Promise<number> {
    this.signal("SIGTERM");
    return await this.exitCode(2000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
  }

  async #lineAt(index: number): Promise<string> {
    while (index >= this.lines.length) await this.#changed.promise;
    return this.lines[index];
  }
}

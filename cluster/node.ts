/** One server process on this machine. */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { disconnect } from "../lib/connect/connection.ts";
import type { Engine } from "./engine.ts";
import { type RoleName, ROLES } from "./roles.ts";

/** How long a server may take until it is ready, and to stop, in milliseconds. */
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;

/** What ends a process that has a fault. */
const CRASHES: readonly Deno.Signal[] = ["SIGSEGV", "SIGABRT", "SIGBUS"];

/** Pause between two looks whether a server is ready, in milliseconds. */
const POLL_MS = 25;

/** Settings of a server. */
export interface NodeOptions {
  /** What to run. */
  readonly engine: Engine;
  /** The port on 127.0.0.1. */
  readonly port: number;
  /** The ports on 127.0.0.1 of the nodes that it replicates from, or of proxies to them. */
  readonly sources: readonly number[];
  /** The folder for the server's files; it is made at the start. */
  readonly dir: string;
  /** The password of clients and peers; none by default. */
  readonly password?: string;
  /** The passwords of the users of `keydb/users.acl`; without them, that file is not used. */
  readonly users?: UserPasswords;
  /** The flags of `notify-keyspace-events`. */
  readonly notify: string;
  /** Whether it keeps on its disk what it holds; not by default. */
  readonly disk?: boolean;
  /** Whether the terminal's Ctrl-C is kept from the process. */
  readonly detached: boolean;
  /** Called with each process that is started. */
  readonly onStart?: (process: Deno.ChildProcess) => void;
}

/** A password for each user of `keydb/users.acl`. */
export type UserPasswords = Readonly<Record<UserName, string>>;

/** The users of `keydb/users.acl`. */
export type UserName = "replication" | RoleName | "operator";

/** The names of the users of `keydb/users.acl`. */
export const USER_NAMES: readonly UserName[] = ["replication", ...ROLES, "operator"];

/** A server on this machine, which may be ended and started again on the same port. */
export class Node implements AsyncDisposable {
  /** The node's port on 127.0.0.1. */
  readonly port: number;
  /** The node's URL, with the password; the operator's if there are users. */
  readonly url: string;
  #options: NodeOptions;
  #process?: Deno.ChildProcess;
  /** How the process has ended, if it has by itself. */
  #status?: Deno.CommandStatus;

  /** @param options The server's settings; nothing runs yet. */
  constructor(options: NodeOptions) {
    this.#options = options;
    this.port = options.port;
    this.url = options.users ? this.urlAs("operator") : this.#urlWith("", options.password);
  }

  /** Names the node's URL for one of the users of `keydb/users.acl`. */
  urlAs(user: UserName): string {
    return this.#urlWith(user, this.#options.users?.[user]);
  }

  #urlWith(user: string, password = ""): string {
    const credentials = password && `${user}:${encodeURIComponent(password)}@`;
    return `redis://${credentials}127.0.0.1:${this.port}`;
  }

  /**
   * Starts the server's process; {@linkcode ready} resolves when it serves.
   *
   * @param options Whether it begins with what its disk holds from before, if it keeps that.
   */
  start({ keepData = true }: { keepData?: boolean } = {}): void {
    const { program, args, env } = commandOf(this.#options);
    const { detached } = this.#options;
    const dir = dataDirOf(this.#options);
    if (!keepData) Deno.removeSync(dir, { recursive: true });
    Deno.mkdirSync(dir, { recursive: true });
    this.#process = new Deno.Command(program, {
      args,
      env,
      cwd: dir,
      stdin: "null",
      stdout: "null",
      stderr: "null",
      detached,
    }).spawn();
    const process = this.#process;
    this.#options.onStart?.(process);
    this.#status = undefined;
    process.status.then((status) => {
      if (this.#process === process) this.#status = status;
    });
  }

  /**
   * Resolves when the server serves, and is linked to all nodes that it replicates from.
   *
   * @throws {Error} If it has ended instead, or takes too long.
   */
  async ready(): Promise<void> {
    const client = new Redis(this.url, {
      retryStrategy: () => POLL_MS,
      maxRetriesPerRequest: null,
      enableReadyCheck: !this.#options.users, // the operator may not ask what it asks
      disableClientInfo: true,
    });
    client.on("error", () => {}); // not there yet
    const deadline = performance.now() + START_TIMEOUT_MS;
    let hasCrashed = false;
    try {
      while (client.status !== "ready" || !await this.#isLinked(client)) {
        if (!this.#process) throw new Error(await this.#describeFailure("was stopped"));
        const { signal } = this.#status ?? {};
        if (signal && CRASHES.includes(signal) && !hasCrashed) {
          hasCrashed = true; // KeyDB 6.3.4 does so now and then while several nodes link up
          this.start();
        } else if (this.#status) throw new Error(await this.#describeFailure("ended at once"));
        if (performance.now() > deadline) {
          throw new Error(await this.#describeFailure(`was not ready in ${START_TIMEOUT_MS} ms`));
        }
        await delay(POLL_MS);
      }
    } finally {
      await disconnect(client);
    }
  }

  /** Resolves when the server's process has ended; absent if none was started. */
  get ended(): Promise<unknown> | undefined {
    return this.#process?.status;
  }

  /** Sends the server's process a signal, such as SIGSTOP. */
  signal(name: Deno.Signal): void {
    this.#process?.kill(name);
  }

  /** Kills the server's process, stopped or not, and waits until it has gone. */
  async kill(): Promise<void> {
    const process = this.#process;
    if (!process) return;
    this.#process = undefined;
    kill(process, "SIGKILL");
    await process.status;
  }

  /** Ends the server's process in order, and waits until it has gone. */
  async stop(): Promise<void> {
    const process = this.#process;
    if (!process) return;
    this.#process = undefined;
    await endProcess(process, STOP_TIMEOUT_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** `PING` answers too early: a node without its links would miss writes. */
  async #isLinked(client: Redis): Promise<boolean> {
    const { engine, sources } = this.#options;
    if (sources.length === 0) return true;
    const link = engine.mesh ? `connected_masters:${sources.length}` : "master_link_status:up";
    return (await client.info("replication")).includes(`${link}\r`);
  }

  async #describeFailure(what: string): Promise<string> {
    const { engine, port } = this.#options;
    const log = await Deno.readTextFile(logFileOf(this.#options)).catch(() => "");
    return `${engine.name} on port ${port} ${what}: ${
      log.trim().split("\n").slice(-5).join(" | ")
    }`;
  }
}

/**
 * Asks a process to end, kills it if it does not, and waits until it has gone.
 *
 * @param process The process, ended or not.
 * @param timeoutMs How long it may take, in milliseconds.
 * @returns How it ended.
 */
export async function endProcess(
  process: Deno.ChildProcess,
  timeoutMs: number,
): Promise<Deno.CommandStatus> {
  kill(process, "SIGTERM");
  kill(process, "SIGCONT"); // a stopped process would not get it
  const timer = setTimeout(() => kill(process, "SIGKILL"), timeoutMs);
  return await process.status.finally(() => clearTimeout(timer));
}

function kill(process: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    process.kill(signal);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // it has ended already
  }
}

/** The packages of what people run; the other lock is for what the tests and the comparison need, too. */
export const LOCK = join(import.meta.dirname!, "../functions/deno.lock");

function commandOf(
  options: NodeOptions,
): { program: string; args: string[]; env?: Record<string, string> } {
  const { engine, port, sources, password, users, notify, disk } = options;
  if (engine.name === "embedded") {
    const permissions = [
      `--allow-net=127.0.0.1:${port}`,
      "--allow-env=EMBEDDED_PASSWORD",
      "--ignore-env",
    ];
    const script = join(import.meta.dirname!, "embedded.ts");
    return {
      program: Deno.execPath(),
      args: ["run", "-q", `--lock=${LOCK}`, ...permissions, script, `${port}`, notify],
      env: { EMBEDDED_PASSWORD: password ?? "" }, // no argument: everyone can read those
    };
  }
  const settings: [string, ...string[]][] = [
    ["port", `${port}`],
    ["bind", "127.0.0.1"],
    ["dir", dataDirOf(options)],
    ["logfile", logFileOf(options)],
    ["save", ""],
    ["notify-keyspace-events", notify],
    // A full resync waits 5 s by default, for more replicas to share it: here there are no others.
    ["repl-diskless-sync", "yes"],
    ["repl-diskless-sync-delay", "0"],
    // The least that servers take: a link that was cut for a while leads to a full resync.
    ["repl-backlog-size", "16kb"],
  ];
  if (disk && !engine.mesh) settings.push(["appendonly", "yes"], ["appendfsync", "always"]);
  if (password) settings.push(["requirepass", password], ["masterauth", password]);
  if (engine.mesh) settings.push(["multi-master", "yes"], ["active-replica", "yes"]);
  for (const source of sources) settings.push(["replicaof", "127.0.0.1", `${source}`]);
  const args = settings.flatMap(([name, ...rest]) => [`--${name}`, ...rest]);
  const scripts = join(import.meta.dirname!, "../keydb");
  const program = disk && engine.mesh ? join(scripts, "persistent.sh") : engine.name;
  if (!users) return { program, args };
  const passwords = USER_NAMES.map((user) => [`${user.toUpperCase()}_PASSWORD`, users[user]]);
  return {
    program: "sh",
    args: [join(scripts, "start.sh"), program, ...args],
    env: { RUN_DIR: options.dir, ...Object.fromEntries(passwords) },
  };
}

function dataDirOf({ dir }: NodeOptions): string {
  return join(dir, "data");
}

function logFileOf({ dir }: NodeOptions): string {
  return join(dir, "server.log");
}

/** One server process on this machine. */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { disconnect } from "../lib/connect/connection.ts";
import type { Engine } from "./engine.ts";
import { type RoleName, ROLES } from "./roles.ts";

/** How long a server may take to become ready, and to stop, in milliseconds. */
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;

/** Signals that a crash ends a process with. */
const CRASHES: readonly Deno.Signal[] = ["SIGSEGV", "SIGABRT", "SIGBUS"];

/** Pause between two checks whether a server is ready, in milliseconds. */
const POLL_MS = 25;

/** Settings of a node. */
export interface NodeOptions {
  /** The server to run. */
  readonly engine: Engine;
  /** The port on 127.0.0.1. */
  readonly port: number;
  /** The ports on 127.0.0.1 of the nodes (or of proxies to them) that it replicates from. */
  readonly sources: readonly number[];
  /** The folder for the server's files, created at the start. */
  readonly dir: string;
  /** The password of clients and peers; none by default. */
  readonly password?: string;
  /** The passwords of the users of `keydb/users.acl`; without them, that file is unused. */
  readonly users?: UserPasswords;
  /** The flags of `notify-keyspace-events`. */
  readonly notify: string;
  /** Whether it keeps its data on disk; not by default. */
  readonly disk?: boolean;
  /** Whether the process ignores the terminal's Ctrl-C. */
  readonly detached: boolean;
  /** Called with each process that starts. */
  readonly onStart?: (process: Deno.ChildProcess) => void;
}

/** A password for each user of `keydb/users.acl`. */
export type UserPasswords = Readonly<Record<UserName, string>>;

/** The users of `keydb/users.acl`. */
export type UserName = "replication" | RoleName | "operator";

/** The names of the users of `keydb/users.acl`. */
export const USER_NAMES: readonly UserName[] = ["replication", ...ROLES, "operator"];

/** A server on this machine, which can be stopped and restarted on the same port. */
export class Node implements AsyncDisposable {
  /** The node's port on 127.0.0.1. */
  readonly port: number;
  /** The node's URL, with the password; if there are users, the operator's. */
  readonly url: string;
  #options: NodeOptions;
  #process?: Deno.ChildProcess;
  /** How the process ended, if it ended by itself. */
  #status?: Deno.CommandStatus;

  /** @param options The server's settings. Nothing runs yet. */
  constructor(options: NodeOptions) {
    this.#options = options;
    this.port = options.port;
    this.url = options.users ? this.urlAs("operator") : this.#urlWith("", options.password);
  }

  /** Returns the node's URL for one of the users of `keydb/users.acl`. */
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
   * @param options Whether it starts with the data on its disk, if it keeps any.
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
   * Resolves when the server serves and is linked to all nodes that it replicates from.
   *
   * @throws {Error} If it has ended or takes too long.
   */
  async ready(): Promise<void> {
    const client = new Redis(this.url, {
      retryStrategy: () => POLL_MS,
      maxRetriesPerRequest: null,
      enableReadyCheck: !this.#options.users, // the operator has no permission for the check
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
          hasCrashed = true; // KeyDB 6.3.4 sometimes crashes while nodes link up
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

  /** Kills the server's process, even a stopped one, and waits until it has ended. */
  async kill(): Promise<void> {
    const process = this.#process;
    if (!process) return;
    this.#process = undefined;
    kill(process, "SIGKILL");
    await process.status;
  }

  /** Asks the server's process to end, and waits until it has ended. */
  async stop(): Promise<void> {
    const process = this.#process;
    if (!process) return;
    this.#process = undefined;
    await endProcess(process, STOP_TIMEOUT_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** `PING` is not enough: it succeeds before the node is linked, and a node without its links would miss writes. */
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
 * Asks a process to end, kills it if it does not, and waits until it has ended.
 *
 * @param process The process, ended or not.
 * @param timeoutMs How long it may take before it is killed, in milliseconds.
 */
export async function endProcess(
  process: Deno.ChildProcess,
  timeoutMs: number,
): Promise<Deno.CommandStatus> {
  kill(process, "SIGTERM");
  kill(process, "SIGCONT"); // a stopped process does not handle SIGTERM
  const timer = setTimeout(() => kill(process, "SIGKILL"), timeoutMs);
  return await process.status.finally(() => clearTimeout(timer));
}

function kill(process: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    process.kill(signal);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // it has already ended
  }
}

/** The lock file for what users run; tests and the comparison need more packages and have another one. */
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
      env: { EMBEDDED_PASSWORD: password ?? "" }, // not an argument: every user can read those
    };
  }
  const settings: [string, ...string[]][] = [
    ["port", `${port}`],
    ["bind", "127.0.0.1"],
    ["dir", dataDirOf(options)],
    ["logfile", logFileOf(options)],
    ["save", ""],
    ["notify-keyspace-events", notify],
    // By default a full resync waits 5 s for more replicas to share it: here there are no others.
    ["repl-diskless-sync", "yes"],
    ["repl-diskless-sync-delay", "0"],
    // The smallest that servers accept: a link that was cut for a while leads to a full resync.
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

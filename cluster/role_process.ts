/** Runs a role in its own process. */

import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { importFlags } from "../offline/flags.ts";
import { endProcess, LOCK } from "./node.ts";
import type { RoleName } from "./roles.ts";

/** How long a role may take to stop, in milliseconds. */
const STOP_TIMEOUT_MS = 3_000;

const ROOT = join(import.meta.dirname!, "..");

/** A running role. */
export class RoleProcess implements AsyncDisposable {
  /** The role. */
  readonly name: RoleName;
  /** Resolves when the process has ended, to how it ended. */
  readonly status: Promise<Deno.CommandStatus>;
  /** Resolves when the last line has been delivered. */
  readonly drained: Promise<void>;
  #process: Deno.ChildProcess;

  /** @param name The role. @param process Its process. @param onLine Called with each line it prints. */
  constructor(name: RoleName, process: Deno.ChildProcess, onLine: (line: string) => void) {
    this.name = name;
    this.#process = process;
    this.status = process.status;
    const outputs = [process.stdout, process.stderr].map((output) => handOver(output, onLine));
    this.drained = Promise.all(outputs).then(() => {});
  }

  /** The process's id. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Sends the process a signal. */
  signal(name: Deno.Signal): void {
    this.#process.kill(name);
  }

  /** Asks the role to stop, and waits until it has printed its last line. */
  async stop(): Promise<Deno.CommandStatus> {
    const status = await endProcess(this.#process, STOP_TIMEOUT_MS);
    await this.drained;
    return status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** How a start differs from what `deno.json` describes. */
export interface StartOptions {
  /** Whether it ignores the terminal's Ctrl-C, for callers who stop it themselves. */
  detached?: boolean;
  /** The program's file, if not the role's own. */
  file?: string;
  /** Permissions besides the role's own, such as `--allow-read=ca.crt`. */
  permissions?: readonly string[];
  /** The limit of open file descriptors; that of this process by default. */
  descriptors?: number;
  /** A file for its log; `onLine` then gets only what it prints to stderr. */
  output?: string;
}

/**
 * Starts a role with the permissions that `deno.json` grants it.
 *
 * @param name The role.
 * @param env Settings that override those of this process.
 * @param onLine Called with each line that it prints.
 * @param options How it differs from the role that `deno.json` describes.
 * @returns The running role; the caller stops it.
 */
export async function startRole(
  name: RoleName,
  env: Record<string, string>,
  onLine: (line: string) => void,
  { detached = false, file = `functions/${name}.ts`, permissions = [], descriptors, output }:
    StartOptions = {},
): Promise<RoleProcess> {
  const limit = descriptors === undefined ? "" : `ulimit -n ${descriptors}; `;
  const process = new Deno.Command("sh", {
    args: [
      "-c",
      `${limit}exec "$0" "$@"${output ? ` > ${output}` : ""}`,
      Deno.execPath(),
      "run",
      "-q",
      `--lock=${LOCK}`,
      `-P=${name}`,
      "--allow-net=127.0.0.1,localhost",
      ...permissions,
      ...await importFlags(),
      file,
    ],
    cwd: ROOT,
    env: { ROLE_NAME: name, OTEL_SERVICE_NAME: name, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached,
  }).spawn();
  return new RoleProcess(name, process, onLine);
}

async function handOver(
  output: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  for await (const line of createInterface({ input: Readable.fromWeb(output) })) onLine(line);
}

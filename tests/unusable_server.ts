/** Servers on this machine that cannot be observed, for tests: cluster nodes and Sentinels. */

import { join } from "node:path";
import type { Engine } from "../cluster/engine.ts";
import { endProcess } from "../cluster/node.ts";
import { freeRow, isFree } from "../cluster/ports.ts";
import { spawnServer } from "./tls_server.ts";

/** How long the server may take to stop, in milliseconds. */
const STOP_TIMEOUT_MS = 5_000;

/** A running server. Disposing of it stops its process and removes its files. */
export class UnusableServer implements AsyncDisposable {
  /** Its URL. */
  readonly url: string;
  #dir: string;
  #process: Deno.ChildProcess;

  private constructor(port: number, dir: string, process: Deno.ChildProcess) {
    this.url = `redis://127.0.0.1:${port}`;
    this.#dir = dir;
    this.#process = process;
  }

  /**
   * Starts a server. Resolves when it accepts connections.
   *
   * @param engine The engine whose server to start.
   * @param kind A cluster node without slots, or a Sentinel that watches nothing.
   * @param settings Further lines of its configuration.
   */
  static async start(
    engine: Engine,
    kind: "cluster" | "sentinel",
    ...settings: string[]
  ): Promise<UnusableServer> {
    const dir = await Deno.makeTempDir({ prefix: "keydb-observable-" });
    const port = findPort();
    const file = join(dir, "server.conf");
    const lines = [`port ${port}`, "bind 127.0.0.1", `dir ${dir}`, ...settings];
    if (kind === "cluster") lines.push("cluster-enabled yes", 'save ""');
    await Deno.writeTextFile(file, lines.join("\n"));
    const args = kind === "sentinel" ? [file, "--sentinel"] : [file];
    return new UnusableServer(port, dir, await spawnServer(engine.name, args, port));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endProcess(this.#process, STOP_TIMEOUT_MS);
    await Deno.remove(this.#dir, { recursive: true });
  }
}

/** A cluster node also uses the port 10,000 higher. Neither may be in the range of outgoing connections. */
function findPort(): number {
  while (true) {
    const port = freeRow(1);
    if (port < 20_000 && isFree(port + 10_000)) return port;
  }
}

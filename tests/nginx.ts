/** nginx for tests of the page behind a proxy: one that is installed. */

import { join } from "node:path";
import type { Certified } from "../cluster/certificates.ts";
import { endProcess } from "../cluster/node.ts";
import { freePorts } from "../cluster/ports.ts";
import { findProgram, type Need, testWith } from "./programs.ts";
import { spawnServer } from "./tls_server.ts";

/** How long nginx may take to stop, in milliseconds. */
const STOP_TIMEOUT_MS = 5_000;

/** Folders that nginx by default creates where it may not write. */
const TEMP_PATHS = ["client_body", "proxy", "fastcgi", "scgi", "uwsgi"];

/** An nginx on this machine, with its own temporary folder. */
export class Nginx implements AsyncDisposable {
  /** Its port on 127.0.0.1. */
  readonly port: number;
  #dir: string;
  #process: Deno.ChildProcess;

  private constructor(port: number, dir: string, process: Deno.ChildProcess) {
    this.port = port;
    this.#dir = dir;
    this.#process = process;
  }

  /**
   * Starts nginx.
   *
   * @param servers Returns the `server` blocks of its configuration for its port, and the paths of certificate and key.
   * @param certified The certificate and the key.
   * @returns The running nginx, when it accepts connections.
   */
  static async start(
    servers: (port: number, cert: string, key: string) => string,
    certified: Certified,
  ): Promise<Nginx> {
    const dir = await Deno.makeTempDir({ prefix: "keydb-observable-" });
    const [cert, key, file] = ["page.crt", "page.key", "nginx.conf"].map((name) => join(dir, name));
    await Deno.writeTextFile(cert, certified.cert);
    await Deno.writeTextFile(key, certified.key);
    const [port] = freePorts(1);
    const lines = [
      "daemon off;",
      "master_process off;", // one process, as the user who started it
      `pid ${join(dir, "nginx.pid")};`,
      "error_log stderr crit;",
      "events {}",
      "http {",
      "access_log off;",
      ...TEMP_PATHS.map((name) => `${name}_temp_path ${join(dir, name)};`),
      servers(port, cert, key),
      "}",
    ];
    await Deno.writeTextFile(file, lines.join("\n"));
    const args = ["-e", "stderr", "-p", dir, "-c", file];
    return new Nginx(port, dir, await spawnServer("nginx", args, port));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endProcess(this.#process, STOP_TIMEOUT_MS);
    await Deno.remove(this.#dir, { recursive: true });
  }
}

/**
 * Registers a test that uses nginx. If it is not installed, the test is skipped and its name says so, unless the
 * variable `REQUIRE_NGINX` is set.
 *
 * @param name The test's name.
 * @param test The test.
 */
export function testWithNginx(name: string, test: (t: Deno.TestContext) => Promise<void>): void {
  testWith(NEED, name, test);
}

const NEED: Need = {
  what: "nginx",
  missing: await findProgram(["nginx"]) ? undefined : "nginx is not on the PATH",
  variable: "REQUIRE_NGINX",
};

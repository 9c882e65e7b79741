/** A server on this machine that accepts only TLS, for tests. */

import { join } from "node:path";
import type { Certified } from "../cluster/certificates.ts";
import type { Engine } from "../cluster/engine.ts";
import { endProcess } from "../cluster/node.ts";
import { freePorts } from "../cluster/ports.ts";
import { until } from "./testing.ts";

/** How long the server may take to stop, in milliseconds. */
const STOP_TIMEOUT_MS = 5_000;

/** Settings of a server. */
export interface TlsServerOptions {
  /** The server's certificate and key. */
  certified: Certified;
  /** The certificate of the authority that signs clients' certificates. */
  ca: string;
  /**
   * Whether clients must present a certificate.
   *
   * @default {false}
   */
  wantsClientCertificates?: boolean;
  /** Further settings, such as `["requirepass", "secret"]`. */
  settings?: readonly (readonly [string, string])[];
}

/** A running server. Disposing of it stops its process and removes its files. */
export class TlsServer implements AsyncDisposable {
  /** The port on 127.0.0.1. */
  readonly port: number;
  /** The folder of its files. */
  readonly dir: string;
  #process: Deno.ChildProcess;

  private constructor(port: number, dir: string, process: Deno.ChildProcess) {
    this.port = port;
    this.dir = dir;
    this.#process = process;
  }

  /** Starts a server. Resolves when it accepts connections. */
  static async start(engine: Engine, options: TlsServerOptions): Promise<TlsServer> {
    const { certified, ca, wantsClientCertificates = false, settings = [] } = options;
    const dir = await Deno.makeTempDir({ prefix: "keydb-observable-" });
    const files = {
      ca: join(dir, "ca.crt"),
      cert: join(dir, "node.crt"),
      key: join(dir, "node.key"),
    };
    await Deno.writeTextFile(files.ca, ca);
    await Deno.writeTextFile(files.cert, certified.cert);
    await Deno.writeTextFile(files.key, certified.key);
    const [port] = freePorts(1);
    const args = [
      ["port", "0"],
      ["tls-port", `${port}`],
      ["tls-cert-file", files.cert],
      ["tls-key-file", files.key],
      ["tls-ca-cert-file", files.ca],
      ["tls-auth-clients", wantsClientCertificates ? "yes" : "no"],
      ["bind", "127.0.0.1"],
      ["dir", dir],
      ["save", ""],
      ["notify-keyspace-events", "KEA"],
      ...settings,
    ].flatMap(([name, value]) => [`--${name}`, value]);
    return new TlsServer(port, dir, await spawnServer(engine.name, args, port));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endProcess(this.#process, STOP_TIMEOUT_MS);
    await Deno.remove(this.dir, { recursive: true });
  }
}

/** Starts a server with the given arguments. Resolves when it accepts connections. */
export async function spawnServer(
  program: string,
  args: readonly string[],
  port: number,
): Promise<Deno.ChildProcess> {
  const process = new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await until(() => isOpen(port), `${program} on port ${port}`);
    return process;
  } catch (error) {
    await endProcess(process, STOP_TIMEOUT_MS);
    throw error;
  }
}

/** Checks whether a server was built with TLS: if so, it complains of a missing certificate. */
export async function supportsTls(program: string): Promise<boolean> {
  const { stdout } = await new Deno.Command(program, {
    args: ["--port", "0", "--tls-port", "1"],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).includes("Failed to configure TLS");
}

async function isOpen(port: number): Promise<boolean> {
  return await Deno.connect({ hostname: "127.0.0.1", port }).then(
    (connection) => (connection.close(), true),
    () => false,
  );
}

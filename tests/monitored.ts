/** Roles with metrics and health, for tests. */

import { freePorts } from "../cluster/ports.ts";
import type { RoleName } from "../cluster/roles.ts";
import { RoleUnderTest, until } from "./testing.ts";

/** How long a role may take to notice its server's fault, and to recover, in milliseconds. */
const LIMIT_MS = 15_000;

/** A role that serves metrics and health. */
export class MonitoredRole implements AsyncDisposable {
  /** Its process. */
  readonly role: RoleUnderTest;
  /** The port that it serves on 127.0.0.1. */
  readonly port: number;

  private constructor(role: RoleUnderTest, port: number) {
    this.role = role;
    this.port = port;
  }

  /** Starts a role, on a free port. */
  static async start(name: RoleName, env: Record<string, string>): Promise<MonitoredRole> {
    const [port] = freePorts(1);
    return new MonitoredRole(
      await RoleUnderTest.start(name, { METRICS_PORT: `${port}`, ...env }),
      port,
    );
  }

  /** Sends a request. */
  async ask(path: string, method = "GET"): Promise<{ status: number; text: string }> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, { method });
    return { status: response.status, text: await response.text() };
  }

  /** Waits until its readiness matches. */
  async says(pattern: RegExp): Promise<void> {
    let said = "nothing";
    await until(
      async () => {
        said = await this.ask("/readyz").then(({ text }) => text, String); // not there yet
        return pattern.test(said);
      },
      () => `${pattern} from /readyz, which says ${said}`,
      LIMIT_MS,
    );
  }

  /** Reads a metric: the sum of its samples whose lines contain a text. */
  async metric(name: string, labels = ""): Promise<number> {
    const { text } = await this.ask("/metrics");
    const lines = text.split("\n").filter((line) =>
      line.startsWith(`${name}{`) && line.includes(labels)
    );
    return lines.map((line) => Number(line.split(" ").at(-1))).reduce((sum, n) => sum + n, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.role[Symbol.asyncDispose]();
  }
}

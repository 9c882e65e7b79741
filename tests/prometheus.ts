/** Prometheus and `promtool` for tests of the roles' metrics: those that are installed. */

import { join } from "node:path";
import { freePorts } from "../cluster/ports.ts";
import { endProcess } from "../cluster/node.ts";
import { findProgram, type Need, testWith } from "./programs.ts";
import { until } from "../cluster/waiting.ts";

/** How long Prometheus may take to become ready, and to stop, in milliseconds. */
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;

/** One series of a query's result: its labels and value. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A Prometheus on this machine, with its own temporary folder. */
export class Prometheus implements AsyncDisposable {
  #url: string;
  #dir: string;
  #process: Deno.ChildProcess;

  private constructor(url: string, dir: string, process: Deno.ChildProcess) {
    this.#url = url;
    this.#dir = dir;
    this.#process = process;
  }

  /**
   * Starts Prometheus on a free port of 127.0.0.1.
   *
   * @param files The files of its configuration by name, including `prometheus.yaml`.
   * @returns The running Prometheus, when it is ready.
   */
  static async start(files: Readonly<Record<string, string>>): Promise<Prometheus> {
    const dir = await Deno.makeTempDir({ prefix: "keydb-observable-" });
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(dir, name), text);
    }
    const address = `127.0.0.1:${freePorts(1)[0]}`;
    const process = new Deno.Command("prometheus", {
      args: [
        `--config.file=${join(dir, "prometheus.yaml")}`,
        `--storage.tsdb.path=${join(dir, "data")}`,
        `--web.listen-address=${address}`,
        "--log.level=error",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    const prometheus = new Prometheus(`http://${address}`, dir, process);
    try {
      await until(() => prometheus.#isReady(), "Prometheus", START_TIMEOUT_MS);
      return prometheus;
    } catch (error) {
      await prometheus[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Evaluates a PromQL expression. */
  async query(expression: string): Promise<Sample[]> {
    const response = await fetch(`${this.#url}/api/v1/query`, {
      method: "POST",
      body: new URLSearchParams({ query: expression }),
    });
    const { data, error } = await response.json();
    if (error) throw new Error(`Prometheus refused ${expression}: ${error}`);
    return data.result.map(({ metric, value: [, value] }: { metric: unknown; value: string[] }) => (
      { metric, value: Number(value) }
    ));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endProcess(this.#process, STOP_TIMEOUT_MS);
    await Deno.remove(this.#dir, { recursive: true });
  }

  async #isReady(): Promise<boolean> {
    const answer = await fetch(`${this.#url}/-/ready`).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.ok ?? false;
  }
}

/**
 * Runs `promtool`.
 *
 * @param args Its arguments, such as `check metrics`.
 * @param input Its standard input.
 * @returns Its output.
 * @throws {Error} With its output, if it fails.
 */
export async function runPromtool(args: readonly string[], input = ""): Promise<string> {
  const process = new Deno.Command("promtool", {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writing = new Response(input).body!.pipeTo(process.stdin);
  const [{ success, stdout, stderr }] = await Promise.all([process.output(), writing]);
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  if (!success) throw new Error(`promtool ${args.join(" ")}: ${text}`);
  return text;
}

/**
 * Registers a test that uses Prometheus. If it is not installed, the test is skipped and its name says so, unless the
 * variable `REQUIRE_PROMETHEUS` is set.
 *
 * @param name The test's name.
 * @param test The test.
 */
export function testWithPrometheus(
  name: string,
  test: (t: Deno.TestContext) => Promise<void>,
): void {
  testWith(NEED, name, test);
}

const IS_INSTALLED = (await findProgram(["prometheus"]) && await findProgram(["promtool"])) !==
  undefined;

const NEED: Need = {
  what: "Prometheus",
  missing: IS_INSTALLED ? undefined : "prometheus and promtool are not both on the PATH",
  variable: "REQUIRE_PROMETHEUS",
};

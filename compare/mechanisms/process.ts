/** Runs a mechanism in its own process, as its users would. */

import { join } from "node:path";
import { LineProcess } from "./line_process.ts";

/** What a mechanism has learned since the last question. */
export interface Learned {
  /** The values in order: the sequence number, and how long ago it was written, in microseconds. */
  readonly values: [seq: number, micros: number][];
  /** How often the mechanism itself detected that it lost changes. */
  losses: number;
}

/** A running mechanism. */
export type MechanismProcess = LineProcess<Learned>;

const MAIN = join(import.meta.dirname!, "main.ts");

/**
 * Starts a mechanism.
 *
 * @param name Its name.
 * @param url The server and its database.
 * @param env Settings for TLS.
 * @returns The process, when it observes. The caller disposes of it.
 * @throws {Error} If it ends or takes too long.
 */
export function startMechanism(
  name: string,
  url: string,
  env: Readonly<Record<string, string>> = {},
): Promise<MechanismProcess> {
  return LineProcess.start<Learned>(MAIN, [name, url], env);
}

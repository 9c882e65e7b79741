/** Simulated work, to show how a slow handler behaves. */

import { pause } from "../abort.ts";
import { parseDecimal } from "../protocol/interval.ts";

/** What a handler does with each change, in addition to its own work. */
export type SimulatedWork =
  /** Nothing. */
  | { readonly kind: "none" }
  /** Waits, as for a database, or computes, for `ms` milliseconds. */
  | { readonly kind: "wait" | "compute"; readonly ms: number };

/** What the setting must be, for error messages. */
export const SIMULATED_WORK_RULE =
  "none, or wait or compute with a number of milliseconds from 0.1 to 10000, such as wait 5";

/**
 * Parses the setting for simulated work.
 *
 * @param text `none`, `wait MS` or `compute MS`, in upper or lower case.
 * @returns The work, or `undefined` if the text is invalid.
 *
 * @example Usage
 * ```ts
 * import { parseSimulatedWork } from "./simulated_work.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseSimulatedWork("wait 0.5"), { kind: "wait", ms: 0.5 });
 * assertEquals(parseSimulatedWork("wait"), undefined);
 * ```
 */
export function parseSimulatedWork(text: string): SimulatedWork | undefined {
  const lower = text.toLowerCase();
  if (lower === "none") return { kind: "none" };
  const [, kind, number] = /^(wait|compute) (\S+)$/.exec(lower) ?? [];
  const ms = parseDecimal(number ?? "", 0.1, 10000);
  return ms === undefined ? undefined : { kind: kind as "wait" | "compute", ms };
}

/**
 * Does simulated work. During a wait, the process does other work; the platform's timers take whole milliseconds, at
 * least one, and may be about one late. Computing blocks the process until the time has passed.
 *
 * @param work What to do.
 * @param signal Ends the wait.
 * @throws The signal's reason, if it is aborted during the wait.
 *
 * @example Usage
 * ```ts
 * import { simulateWork } from "./simulated_work.ts";
 * import { assert } from "@std/assert";
 *
 * const begin = performance.now();
 * await simulateWork({ kind: "compute", ms: 5 }, new AbortController().signal);
 * assert(performance.now() - begin >= 5);
 * ```
 */
export async function simulateWork(work: SimulatedWork, signal: AbortSignal): Promise<void> {
  if (work.kind === "wait") await pause(work.ms, signal);
  if (work.kind === "compute") occupy(work.ms);
}

function occupy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

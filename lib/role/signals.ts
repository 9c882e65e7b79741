/** The signals that stop a program. */

const STOP_SIGNALS: Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Calls back when a signal asks the program to stop: Ctrl-C, SIGTERM, or a closed terminal.
 *
 * @param callback Called once for each signal.
 *
 * @example Usage
 * ```ts
 * import { onStopSignal } from "./signals.ts";
 *
 * if (import.meta.main) onStopSignal(() => console.log("stopping"));
 * ```
 */
export function onStopSignal(callback: () => void): void {
  for (const signal of STOP_SIGNALS) Deno.addSignalListener(signal, callback);
}

/** The operating system's ways to tell a program to stop. */

const STOP_SIGNALS: Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Calls back when the operating system tells the program to stop: Ctrl-C, SIGTERM, or the terminal gone.
 *
 * @param callback Called once for every such signal.
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

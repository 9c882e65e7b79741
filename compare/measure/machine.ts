/** What the comparison runs on, for its report. */

import { arch, cpus, totalmem } from "node:os";
import type { Machine } from "../results.ts";

/** Packages whose speed or exactness the figures depend on. */
const PACKAGES = ["ioredis", "hdr-histogram-js"];

/**
 * Describes this machine.
 *
 * @returns Its processor, memory and operating system.
 */
export function machineOf(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || "unknown",
    cores: navigator.hardwareConcurrency,
    memoryBytes: totalmem(),
    system: `${Deno.build.os} ${Deno.osRelease()} ${arch()}`,
  };
}

const LOCK = JSON.parse(
  Deno.readTextFileSync(new URL("../../functions/deno.lock", import.meta.url)),
);

/** The versions of what takes part. */
export const VERSIONS: Readonly<Record<string, string>> = {
  deno: Deno.version.deno,
  v8: Deno.version.v8,
  ...Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
};

/** The version that the lock of the roles has chosen. */
function versionOf(name: string): string {
  const specifiers: Record<string, string> = LOCK.specifiers;
  const found = Object.keys(specifiers).find((key) => key.startsWith(`npm:${name}@`));
  return found ? specifiers[found] : "unknown";
}

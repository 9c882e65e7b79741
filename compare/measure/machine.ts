/** Describes the machine and the versions, for the report. */

import { arch, cpus, loadavg, totalmem } from "node:os";
import { LOCK } from "../../cluster/node.ts";
import type { Machine } from "../results.ts";

/** Packages that the speed or precision of the results depends on. */
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
    loadAverage: loadavg(),
  };
}

/** The versions of the software under test. */
export const VERSIONS: Readonly<Record<string, string>> = {
  deno: Deno.version.deno,
  v8: Deno.version.v8,
  ...Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
};

/** Reads a version from the listeners' lock file. */
function versionOf(name: string): string {
  const { specifiers } = JSON.parse(Deno.readTextFileSync(LOCK));
  const found = Object.keys(specifiers).find((key) => key.startsWith(`npm:${name}@`));
  return found ? specifiers[found] : "unknown";
}

/**
 * Finds the version of the project.
 *
 * @returns The output of `git describe`, or `unknown` outside a repository.
 */
export async function commitHere(): Promise<string> {
  const args = ["describe", "--always", "--dirty", "--abbrev=10"];
  const { success, stdout } = await new Deno.Command("git", {
    args,
    cwd: import.meta.dirname,
    stderr: "null",
  }).output().catch(() => ({ success: false, stdout: new Uint8Array() }));
  return success ? new TextDecoder().decode(stdout).trim() : "unknown";
}

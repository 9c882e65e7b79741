/** How many connections a process can accept with its file descriptors. */

/** How many descriptors stay free for the servers, the log and everything else. */
const KEPT = 64;

/** How many connections are accepted at least, however few descriptors are free. */
const FEWEST = 4;

/**
 * Finds out for how many connections there are descriptors. Opens files to count them, as reading `/proc` needs all of
 * Deno's permissions.
 *
 * @param wanted How many are wanted; also the result if Deno's permissions do not allow reading `/dev/null`.
 * @returns As many as wanted, or fewer, to leave descriptors for the rest of the process.
 *
 * @example Usage
 * ```ts
 * import { roomFor } from "./descriptors.ts";
 * import { assert } from "@std/assert";
 *
 * assert(roomFor(1000) <= 1000);
 * ```
 */
export function roomFor(wanted: number): number {
  return Math.max(FEWEST, Math.min(wanted, countFree(wanted + KEPT) - KEPT));
}

/** Counts the free descriptors, up to `most`. */
function countFree(most: number): number {
  const files: Deno.FsFile[] = [];
  try {
    while (files.length < most) files.push(Deno.openSync("/dev/null"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EMFILE" && code !== "ENFILE") return most; // they cannot be counted
  } finally {
    for (const file of files) file.close();
  }
  return files.length;
}

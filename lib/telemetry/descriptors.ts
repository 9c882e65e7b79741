/** How many connections a process may take, by the file descriptors that it has. */

/** How many descriptors stay free for the servers, the log and all else. */
const KEPT = 64;

/** How many connections are taken however few descriptors there are. */
const FEWEST = 4;

/**
 * Finds out for how many connections there are descriptors. It tries: `/proc` takes all of Deno's permissions.
 *
 * @param wanted How many are wanted; the answer if Deno's permissions do not allow to read `/dev/null`.
 * @returns As many, or those that leave enough descriptors for the rest of the process.
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

/** Counts the descriptors that are free, up to a number. */
function countFree(most: number): number {
  const files: Deno.FsFile[] = [];
  try {
    while (files.length < most) files.push(Deno.openSync("/dev/null"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EMFILE" && code !== "ENFILE") return most; // there is no way to know
  } finally {
    for (const file of files) file.close();
  }
  return files.length;
}

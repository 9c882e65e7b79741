/** Programs that the machine may have. */

import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/**
 * Looks for a program on the PATH.
 *
 * @param names What it may be called, the best name first.
 * @returns Its path, or `undefined` where there is none.
 */
export async function findProgram(names: readonly string[]): Promise<string | undefined> {
  const dirs = (Deno.env.get("PATH") ?? "").split(delimiter).filter((dir) => dir !== "");
  for (const path of names.flatMap((name) => dirs.map((dir) => join(dir, name)))) {
    if (await canRun(path)) return path;
  }
}

/** Tells whether a path is that of a program. */
export async function canRun(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(() => true, () => false);
}

/** Programs that the machine may have, and tests that need them. */

import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/**
 * Looks for a program on the PATH.
 *
 * @param names What it may be called, the best name first.
 * @returns Its path, or `undefined` if there is none.
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

/** What a test needs, if it may be missing. */
export interface Need {
  /** Its name. */
  readonly what: string;
  /** What is missing, such as "nginx is not on the PATH"; `undefined` if nothing is. */
  readonly missing: string | undefined;
  /** The variable that makes its absence a failure. */
  readonly variable: string;
}

/** Whether only the units are tested, which need no program. */
const UNITS_ALONE = Deno.env.get("ENGINES") === "none";

/**
 * Registers a test that needs a program, unless `ENGINES` is `none`. If that is missing the test is skipped, by name, unless a variable
 * requires it.
 *
 * @param need What it needs.
 * @param name What it shows.
 * @param test The test.
 */
export function testWith(
  { what, missing, variable }: Need,
  name: string,
  test: (t: Deno.TestContext) => Promise<void>,
): void {
  if (UNITS_ALONE) return;
  if (missing === undefined) {
    Deno.test(name, test);
    return;
  }
  Deno.test({
    name: `${name} [no ${what}: skipped]`,
    ignore: !Deno.env.get(variable),
    fn() {
      throw new Error(`${what} is required by ${variable}, and ${missing}`);
    },
  });
}

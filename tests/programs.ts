/** Programs that may be installed, and tests that need them. */

import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/**
 * Looks for a program on the PATH.
 *
 * @param names The names to look for, in order of preference.
 * @returns Its path, or `undefined` if there is none.
 */
export async function findProgram(names: readonly string[]): Promise<string | undefined> {
  const dirs = (Deno.env.get("PATH") ?? "").split(delimiter).filter((dir) => dir !== "");
  for (const path of names.flatMap((name) => dirs.map((dir) => join(dir, name)))) {
    if (await canRun(path)) return path;
  }
}

/** Checks whether a path is an executable program. */
export async function canRun(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(() => true, () => false);
}

/** A program that a test needs. */
export interface Need {
  /** Its name. */
  readonly what: string;
  /** What is missing, such as "nginx is not on the PATH"; `undefined` if nothing is. */
  readonly missing: string | undefined;
  /** The variable that turns its absence into a failure. */
  readonly variable: string;
}

/** Whether to run only unit tests, which need no program. */
const UNITS_ALONE = Deno.env.get("ENGINES") === "none";

/**
 * Registers a test that needs a program, unless `ENGINES` is `none`. If the program is missing, the test is skipped and
 * its name says so, unless a variable requires the program.
 *
 * @param need The program.
 * @param name The test's name.
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

/**
 * Prints the option that Deno commands need if JSR cannot be reached, and nothing if it can:
 * `deno run $(deno run -q --no-lock offline/flags.ts) main.ts`. Only this file knows about the stand-ins.
 */

/** The packages from JSR, as in `deno.json`. */
const PACKAGES = ["@std/log", "@std/assert"];

/** How long JSR may take to answer before the stand-ins are used, in milliseconds. */
const TIMEOUT_MS = 4000;

/**
 * Checks whether the JSR packages are available, from Deno's cache or from JSR.
 *
 * @returns An empty list if they are, `--import-map=…` if they are not.
 */
export async function importFlags(): Promise<string[]> {
  return await canResolve() ? [] : ["--import-map=offline/imports.json"];
}

/** A process that already runs with the stand-ins does not ask again. */
async function canResolve(): Promise<boolean> {
  if (PACKAGES.some((name) => import.meta.resolve(name).startsWith("file:"))) return false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), TIMEOUT_MS);
  });
  const loaded = Promise.all(PACKAGES.map((name) => import(name))).then(() => true, () => false);
  return await Promise.race([loaded, tooLate]).finally(() => clearTimeout(timer));
}

if (import.meta.main) {
  console.log((await importFlags()).join(" "));
  Deno.exit(); // a hanging download must not delay the command line
}

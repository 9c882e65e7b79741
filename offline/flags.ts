/**
 * Prints the option that a Deno command needs if JSR cannot be reached, and nothing if it can:
 * `deno run $(deno run -q --no-lock offline/flags.ts) main.ts`. The one place that knows about the stand-ins.
 */

/** The packages that come from JSR, as `deno.json` names them. */
const PACKAGES = ["@std/log", "@std/assert"];

/** How long JSR may take before the stand-ins are used, in milliseconds. */
const TIMEOUT_MS = 4000;

/**
 * Finds out whether the JSR packages can be had, from Deno's cache or from JSR.
 *
 * @returns Nothing if they can, `--import-map=…` if they cannot.
 */
export async function importFlags(): Promise<string[]> {
  return await canResolve() ? [] : ["--import-map=offline/imports.json"];
}

/** A process that was itself started with the stand-ins need not ask again. */
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
  Deno.exit(); // a download that hangs must not keep the command line waiting
}

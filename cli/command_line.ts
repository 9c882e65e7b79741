/** What the command-line programs share. */

import { parseDecimal } from "../lib/protocol/interval.ts";
import { onStopSignal } from "../lib/role/signals.ts";

/**
 * Runs a command-line program. `--help` prints its usage. It exits with 2 after a wrong option, which it names, and with 1
 * after an error. Ctrl-C aborts its signal.
 *
 * @param usage Its usage.
 * @param readOptions Reads the arguments; throws a sentence if one is wrong.
 * @param run Does the work; resolves to the exit code.
 * @param args The arguments; by default those of the process.
 * @returns Never: the process exits.
 */
export async function runCommand<T>(
  usage: string,
  readOptions: (args: string[]) => T,
  run: (options: T, signal: AbortSignal) => Promise<number>,
  args: string[] = Deno.args,
): Promise<never> {
  if (args.some((arg) => arg === "--help" || arg === "-h")) {
    console.log(usage);
    Deno.exit(0);
  }
  const options = readOptionsOrExit(usage, () => readOptions(args));
  const stop = new AbortController();
  onStopSignal(() => stop.abort());
  try {
    Deno.exit(await run(options, stop.signal));
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}

/**
 * Reads an option that is one of several names.
 *
 * @param option The option, such as `--engine`.
 * @param text What was given, if anything.
 * @param names The names.
 * @returns The name, if any was given.
 * @throws {Error} If it is not one of them.
 */
export function readName<T extends string>(
  option: string,
  text: string | undefined,
  names: readonly T[],
): T | undefined {
  if (text === undefined) return undefined;
  const name = names.find((name) => name === text);
  if (name !== undefined) return name;
  throw new Error(`${option} must be one of ${names.join(", ")}: got "${text}"`);
}

/**
 * Reads an option that selects by parts of names, separated by commas.
 *
 * @param option The option, such as `--only`.
 * @param text What was given.
 * @param all What has the names.
 * @returns Those whose names contain one of the parts, in the same order.
 * @throws {Error} If a part is in none of the names.
 */
export function readParts<T extends { readonly name: string }>(
  option: string,
  text: string,
  all: readonly T[],
): T[] {
  const parts = text.split(",").map((part) => part.trim());
  const unknown = parts.find((part) => !all.some(({ name }) => name.includes(part)));
  if (unknown !== undefined) {
    const names = all.map(({ name }) => `"${name}"`).join(", ");
    throw new Error(`${option} must name parts of ${names}: got "${unknown}"`);
  }
  return all.filter(({ name }) => parts.some((part) => name.includes(part)));
}

/**
 * Reads an option that is a whole number.
 *
 * @param option The option, such as `--rounds`.
 * @param text What was given.
 * @param min The least number allowed.
 * @param max The greatest number allowed.
 * @returns The number.
 * @throws {Error} If it is not a whole number, or out of range.
 */
export function readWhole(option: string, text: string, min: number, max: number): number {
  const value = parseDecimal(text, min, max);
  if (value !== undefined && Number.isInteger(value)) return value;
  throw new Error(
    `${option} must be a whole number from ${min} to ${max}: got "${text}"`,
  );
}

function readOptionsOrExit<T>(usage: string, readOptions: () => T): T {
  try {
    return readOptions();
  } catch (error) {
    const [synopsis] = usage.split("\n\n");
    console.error(`${(error as Error).message}\n\n${synopsis}\nMore: --help`);
    Deno.exit(2);
  }
}

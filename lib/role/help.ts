/** What `--help` of a role prints. */

import { type Setting, SETTINGS } from "./settings.ts";

/** The width of the text, and the indent of the settings' explanations, in characters. */
const WIDTH = 100;
const INDENT = 22;

const EXIT_CODES =
  "Exit codes: 0 after SIGINT or SIGTERM; 1 if the server refuses the password, a right, the " +
  "database or the certificate, or if a port cannot be served; 2 if a setting cannot be used.";

/**
 * Describes how to use a role: what it does, its settings with their defaults, and its exit codes.
 *
 * @param role The role's name, such as `listener_sync`.
 * @param purpose What it does, in a sentence.
 * @returns Lines of at most 100 characters.
 *
 * @example Usage
 * ```ts
 * import { describeUsage } from "./help.ts";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const text = describeUsage("writer", "Sets a key now and then.");
 * assertStringIncludes(text, "Usage: deno task writer\n\nSets a key now and then.\n");
 * assertStringIncludes(text, "  UPDATE_INTERVAL     the first time between writes");
 * ```
 */
export function describeUsage(role: string, purpose: string): string {
  const settings = Object.values<Setting>(SETTINGS).filter(({ roles = [role] }) =>
    roles.includes(role)
  );
  return [
    `Usage: deno task ${role.replaceAll("_", ":")}`,
    wrap(purpose, 0),
    "Settings, as environment variables:",
    settings.map(describeSetting).join("\n"),
    wrap(EXIT_CODES, 0),
  ].join("\n\n");
}

function describeSetting({ variable, purpose, rule, ...setting }: Setting): string {
  const preset = setting.default === "" ? "no default" : `default ${setting.default}`;
  const text = wrap(`${withoutMarkup(purpose)}; ${withoutMarkup(rule)}; ${preset}`, INDENT);
  const name = `  ${variable}`;
  return name.length < INDENT ? name.padEnd(INDENT) + text.trimStart() : `${name}\n${text}`;
}

/** Removes Markdown's code marks, and its links to pages of the documentation. */
function withoutMarkup(text: string): string {
  return text.replaceAll(/; see \[[^\]]*\]\([^)]*\)/g, "").replaceAll("`", "");
}

function wrap(text: string, indent: number): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line !== "" && indent + line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.map((line) => " ".repeat(indent) + line).join("\n");
}

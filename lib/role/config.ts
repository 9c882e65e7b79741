/** The roles' settings, read from the environment and checked in this one place. */

import type { Server } from "../connect/server.ts";
import { excerpt } from "../text.ts";
import { type Setting, SETTINGS, type Values } from "./settings.ts";
import { checkTls } from "./tls_settings.ts";

/** The settings of a role: those of `settings.ts`, with the TLS settings in the servers that use TLS. */
export interface Config extends Omit<Values, "servers" | "ca" | "cert" | "key" | "roleName"> {
  /** The servers to work with, in the order of preference. */
  readonly servers: readonly Server[];
  /** The role's name. */
  readonly roleName: string;
}

/** Thrown if the environment holds settings that cannot be used. */
export class ConfigError extends Error {
  /** One sentence per problem: the variable, its value, and what is valid. */
  readonly problems: readonly string[];

  /** @param problems One sentence per problem. */
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/**
 * Reads and checks all settings. An empty variable counts as absent.
 *
 * @param defaultName The role's name if `ROLE_NAME` is absent.
 * @param getEnv Looks up one variable; by default in the process's environment.
 * @returns The settings.
 * @throws {ConfigError} If any setting is invalid, with all problems at once. It never contains a password.
 *
 * @example Usage
 * ```ts
 * import { readConfig } from "./config.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const env = new Map([["UPDATE_INTERVAL", "0.5"]]);
 * assertEquals(readConfig("writer", (name) => env.get(name)).updateInterval, 0.5);
 * ```
 */
export function readConfig(
  defaultName: string,
  getEnv: (name: string) => string | undefined = Deno.env.get,
): Config {
  const problems = new Map<string, string>(); // what each invalid variable must be

  /** Returns an empty text if a variable is absent, and `undefined` if its bytes are not UTF-8. */
  function lookUp(variable: string): string | undefined {
    try {
      return getEnv(variable) ?? "";
    } catch (error) {
      if (error instanceof Deno.errors.InvalidData) return undefined;
      throw error;
    }
  }

  const isSet = (variable: string) => lookUp(variable) !== "";

  function read({ instead, rule, parse, show = quote, ...setting }: Setting): unknown {
    const isInstead = instead !== undefined && !isSet(setting.variable) && isSet(instead);
    const variable = isInstead ? instead : setting.variable;
    const text = lookUp(variable);
    if (text === undefined) { // not shown: it may hold a password
      problems.set(variable, `${rule}: its bytes are no UTF-8 text`);
      return undefined;
    }
    const used = text || setting.default;
    const value = used === "" ? undefined : parse(used);
    if (used !== "" && value === undefined) problems.set(variable, `${rule}: got ${show(used)}`);
    return value;
  }

  const entries = Object.entries(SETTINGS).map(([name, setting]) => [name, read(setting)]);
  const { servers, ca, cert, key, roleName, ...rest }: Values = Object.fromEntries(entries);
  const hasTls = servers?.some((server) => server.tls) ?? true;
  for (const [variable, rule] of Object.entries(checkTls({ cert, key }, isSet, hasTls))) {
    problems.set(variable, rule);
  }
  if (problems.size > 0) {
    throw new ConfigError(
      Array.from(problems, ([variable, rule]) => `${variable} must be ${rule}`),
    );
  }
  const tls = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  return {
    ...rest,
    servers: servers.map((server) => server.tls ? { ...server, tls } : server),
    roleName: roleName ?? defaultName,
  };
}

function quote(text: string): string {
  return `"${excerpt(text)}"`;
}

/** Whole roles with any environment: one line per problem, and exit code 2. */

import { assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import { environment, SECRET } from "./settings.ts";
import { type Setting, SETTINGS } from "../lib/role/settings.ts";
import { ROLES } from "../cluster/roles.ts";
import { RoleUnderTest } from "./testing.ts";
import { importFlags } from "../offline/flags.ts";

/** The same seed generates the same environments; `BAD_INPUT_SEED` sets another one. */
const SEED = Number(Deno.env.get("BAD_INPUT_SEED") || 1);

/** Returns the variables that a role does not read. */
function unreadBy(role: string): string[] {
  const all: Setting[] = Object.values(SETTINGS);
  return all.filter(({ roles = [role] }) => !roles.includes(role)).map(({ variable }) => variable);
}

for (const name of ROLES) {
  Deno.test(`${name} names exactly the invalid settings, and exits with 2`, async () => {
    const read = environment.map(({ variables, bad }) => ({
      variables,
      bad: bad.filter((variable) => !unreadBy(name).includes(variable)),
    })).filter(({ bad }) => bad.length > 0);
    for (const { variables, bad } of fc.sample(read, { numRuns: 5, seed: SEED })) {
      const why = `BAD_INPUT_SEED=${SEED}: ${JSON.stringify(variables)}`;
      await using role = await RoleUnderTest.start(name, variables);
      assertEquals(await role.exitCode(), 2, why);
      assertEquals(role.lines.map((line) => line.split(" must be ", 1)[0]), bad, why);
      for (const line of role.lines) {
        assertFalse(/[\p{C}\p{Zl}\p{Zp}]/u.test(line), why);
        assertFalse(line.includes(SECRET), why);
      }
    }
  });
}

Deno.test("A role names settings that are not UTF-8, without showing them", async () => {
  const args = ["run", "-q", "-P=writer", ...await importFlags(), "functions/writer.ts"];
  const start = `KEYDB_URL=$(printf 'redis://:${SECRET}\\377@h') exec "$@"`;
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", start, "sh", Deno.execPath(), ...args],
    cwd: `${import.meta.dirname}/..`,
  }).output();
  assertEquals([code, new TextDecoder().decode(stdout)], [2, ""]);
  assertEquals(
    new TextDecoder().decode(stderr).replace(/redis:.*database/, "…"),
    "KEYDB_URL must be …: its bytes are no UTF-8 text\n",
  );
});

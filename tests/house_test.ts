/** The lists that a setting or a role has to be in. A failure says what was forgotten, so it is the guide for adding one. */

import { assertEquals } from "@std/assert";
import { join } from "node:path";
import project from "../deno.json" with { type: "json" };
import { type Setting, SETTINGS } from "../lib/role/settings.ts";

const ROOT = join(import.meta.dirname!, "..");

const settings: readonly Setting[] = Object.values(SETTINGS);

/** What docker-compose.yaml decides by itself: servers, names that users have rights by, and what is served inside. */
const DECIDED_IN_COMPOSE =
  /^(KEYDB_(URL|CA_CERT|CLIENT_CERT|CLIENT_KEY)|ROLE_NAME|METRICS_PORT|SERVE_HOST)$/;

Deno.test("README has the table of settings", async () => {
  const rows = settings.map(({ variable, purpose, rule, roles, ...setting }) => [
    `\`${variable}\``,
    purpose,
    rule,
    setting.default === "" ? "none" : `\`${setting.default}\``,
    roles?.map((role) => `\`${role}\``).join(", ") ?? "all",
  ]);
  const heads = ["variable", "what it is for", "must be", "default", "read by"];
  const expected = [heads, heads.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);
  const table = /^\| variable \|(.*\n)(\|.*\n)*/m.exec(await read("README.md"))?.[0] ?? "";
  const found = table.trimEnd().split("\n");
  assertForgotten([
    ...expected.filter((row) => !found.includes(row))
      .map((row) => `README.md: add this row to the table of settings: ${row}`),
    ...found.filter((row) => !expected.includes(row))
      .map((row) => `README.md: remove this row, which lib/role/settings.ts does not have: ${row}`),
  ]);
  assertEquals(found, expected, "README.md must have the settings in the order of the table");
});

for (const [role, { env }] of Object.entries(project.permissions)) {
  Deno.test(`deno.json lets ${role} read its settings and no other variables`, () => {
    const own = settings.filter(({ roles = [role] }) => roles.includes(role));
    const expected = own.flatMap(({ variable, instead }) =>
      instead ? [variable, instead] : variable
    );
    assertForgotten([
      ...expected.filter((name) => !env.allow.includes(name))
        .map((name) => `deno.json: add "${name}" to permissions.${role}.env.allow`),
      ...env.allow.filter((name) => !expected.includes(name))
        .map((name) =>
          `deno.json: ${role} may read ${name}, lib/role/settings.ts says it does not`
        ),
    ]);
  });
}

Deno.test("docker-compose.yaml hands every setting on, and .env.example shows it", async () => {
  const [compose, example] = await Promise.all(["docker-compose.yaml", ".env.example"].map(read));
  const own = settings.filter(({ variable }) => !DECIDED_IN_COMPOSE.test(variable));
  assertForgotten(own.flatMap(({ variable, default: preset, roles }) => {
    const entry = `${variable}: \${${variable}:-${preset}}`;
    const where = roles ? `the services of ${roles.join(" and ")}, or to x-settings` : "x-settings";
    const isHandedOn = compose.includes(`  ${entry}\n`) ||
      compose.includes(`["127.0.0.1:\${${variable}:-${preset}}:${preset}"]`); // published
    const isShown = example.includes(`\n#${variable}=${preset}${preset && "\n"}`);
    return [
      ...(isHandedOn ? [] : [`docker-compose.yaml: add "${entry}" to ${where}`]),
      ...(isShown ? [] : [`.env.example: add what it is for, and #${variable}=${preset}`]),
    ];
  }));
});

function assertForgotten(forgotten: string[]): void {
  assertEquals(forgotten, [], `\n${forgotten.join("\n")}\n`);
}

function read(file: string): Promise<string> {
  return Deno.readTextFile(join(ROOT, file));
}

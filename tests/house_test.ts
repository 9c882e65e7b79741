/** The lists that a setting or a role has to be in. A failure says what was forgotten, so it is the guide for adding one. */

import { assertEquals } from "@std/assert";
import { join } from "node:path";
import project from "../deno.json" with { type: "json" };
import { type Setting, SETTINGS } from "../lib/role/settings.ts";

const ROOT = join(import.meta.dirname!, "..");

const settings: readonly Setting[] = Object.values(SETTINGS);

/** What docker-compose.yaml decides by itself: servers, names that users have rights by, and what is served inside. */
const DECIDED_IN_COMPOSE =
  /^(KEYDB_(URL|CA_CERT|CLIENT_CERT|CLIENT_KEY)|ROLE_NAME|METRICS_PORT|BIND_ADDRESS)$/;

Deno.test("docs/roles.md has the table of settings", async () => {
  const rows = settings.map(({ variable, purpose, rule, roles, ...setting }) => [
    `\`${variable}\``,
    purpose,
    rule,
    setting.default === "" ? "none" : `\`${setting.default}\``,
    roles?.map((role) => `\`${role}\``).join(", ") ?? "all",
  ]);
  const heads = ["variable", "what it is for", "must be", "default", "read by"];
  const expected = [heads, heads.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);
  const table = /^\| variable \|(.*\n)(\|.*\n)*/m.exec(await read("docs/roles.md"))?.[0] ?? "";
  const found = table.trimEnd().split("\n");
  assertForgotten([
    ...expected.filter((row) => !found.includes(row))
      .map((row) => `docs/roles.md: add this row to the table of settings: ${row}`),
    ...found.filter((row) => !expected.includes(row))
      .map((row) =>
        `docs/roles.md: remove this row, which lib/role/settings.ts does not have: ${row}`
      ),
  ]);
  assertEquals(found, expected, "docs/roles.md must have the settings in the order of the table");
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

const files = Array.from(Deno.readDirSync(join(ROOT, "functions")), ({ name }) => name);

for (const role of files.flatMap((file) => /^([a-z]\w*)(?<!_test)\.ts$/.exec(file)?.[1] ?? [])) {
  Deno.test(`nothing is forgotten about the role ${role}`, async () => {
    const password = `${role.toUpperCase()}_PASSWORD`;
    const handed = `\${${password}:-demo-${role.replaceAll("_", "-")}}`;
    const task = role.replaceAll("_", ":");
    const [acl, compose, tls, example, targets, roles, security] = await Promise.all(
      ["keydb/users.acl", "docker-compose.yaml", "docker-compose.tls.yaml", ".env.example"]
        .concat("prometheus/prometheus.yaml", "docs/roles.md", "SECURITY.md").map(read),
    );
    const tasks: Record<string, { description: string; command: string }> = project.tasks;
    const service = serviceIn(compose, role);
    const steps: [isDone: boolean | undefined, todo: string][] = [
      [
        role in project.permissions,
        `deno.json: add a set "${role}" to permissions, with the variables that it reads: a setting of ` +
        "its own goes into lib/role/settings.ts",
      ],
      [
        tasks[task]?.command === taskOf(role),
        `deno.json: add the task "${task}" with a description and the command "${taskOf(role)}"`,
      ],
      [
        acl.includes(`\nuser ${role} on resetchannels -@all +`),
        `keydb/users.acl: add "user ${role} on resetchannels -@all +…" with the commands, keys and ` +
        `channels that it needs and no others; keydb/start.sh then wants ${password}`,
      ],
      [
        example.includes(`\n${password}=demo-`),
        `.env.example: add ${password}=demo-${role.replaceAll("_", "-")}`,
      ],
      [
        compose.includes(`\n    ${password}: ${handed}\n`),
        `docker-compose.yaml: add "${password}: ${handed}" to the environment of x-keydb`,
      ],
      [
        service?.includes(`redis://${role}:${handed}@`) && service.includes(`-P=${role}`) &&
        service.includes(`functions/${role}.ts`) && service.includes(`OTEL_SERVICE_NAME: ${role}`),
        `docker-compose.yaml: add a service ${role} like listener_async, with the user, the ` +
        "permissions, the file and OTEL_SERVICE_NAME of its own",
      ],
      [
        serviceIn(tls, role)?.includes(`rediss://${role}:${handed}@`),
        `docker-compose.tls.yaml: add a service ${role} like listener_async, with its rediss:// URLs`,
      ],
      [
        targets.includes(`"${role}:9464"`),
        `prometheus/prometheus.yaml: add "${role}:9464" to the targets`,
      ],
      [
        roles.includes(`\n| \`deno task ${task}\` | `),
        `docs/roles.md: add a row for \`deno task ${task}\` to the table of roles`,
      ],
      [
        new RegExp(`^\\| [^|]*\`${role}\`[^|]* \\|`, "m").test(security),
        `SECURITY.md: add a row for \`${role}\` to the table of users`,
      ],
    ];
    assertForgotten(steps.filter(([isDone]) => !isDone).map(([, todo]) => todo));
  });
}

Deno.test("every set of permissions in deno.json is of a role in functions/", () => {
  const left = Object.keys(project.permissions).filter((role) => !files.includes(`${role}.ts`));
  assertForgotten(left.map((role) => `deno.json: remove "${role}", or add functions/${role}.ts`));
});

/** How a role is started: with the permissions of its own, and those for its servers and ports. */
function taskOf(role: string): string {
  const run = "deno run -q";
  return `${run} --no-prompt --lock=functions/deno.lock -P=${role} ` +
    `$(${run} --no-lock -P=${role} lib/role/allow_net.ts ${role}) ` +
    `$(${run} --no-lock offline/flags.ts) functions/${role}.ts`;
}

function serviceIn(compose: string, name: string): string | undefined {
  return compose.split(/\n(?= {2}\w+:)/).find((part) => part.startsWith(`  ${name}:\n`));
}

function assertForgotten(forgotten: string[]): void {
  assertEquals(forgotten, [], `\n${forgotten.join("\n")}\n`);
}

function read(file: string): Promise<string> {
  return Deno.readTextFile(join(ROOT, file));
}

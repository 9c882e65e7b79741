/** The roles' permissions, as Deno enforces them: a role may do only what its work needs. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { freePorts } from "../cluster/ports.ts";
import { Proxy } from "../cluster/proxy.ts";
import { type RoleName, ROLES } from "../cluster/roles.ts";
import { RoleUnderTest, testOnEngines } from "./testing.ts";
import { importFlags } from "../offline/flags.ts";

/** How long a program may run, in milliseconds. */
const LIMIT_MS = 20_000;

const ROOT = join(import.meta.dirname!, "..");

/** Runs a program with a role's permissions. */
async function run(name: RoleName, allowNet: string, env: Record<string, string>, args: string[]) {
  const permissions = [`-P=${name}`, `--allow-net=${allowNet}`, "--no-prompt"];
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", ...permissions, ...await importFlags(), ...args],
    cwd: ROOT,
    env,
    signal: AbortSignal.timeout(LIMIT_MS),
  }).output();
  const decoder = new TextDecoder();
  return { code: output.code, text: decoder.decode(output.stdout) + decoder.decode(output.stderr) };
}

testOnEngines("A role may read its settings and connect to its server", async (t, cluster) => {
  const { port } = cluster.nodes[0];
  const own = `127.0.0.1:${port}`;
  await using other = new Proxy(port); // it is reachable, only the permission is missing
  const others = [`127.0.0.1:${other.port}`, `localhost:${port}`, "192.0.2.1:6379", "jsr.io:443"];

  for (const name of ROLES) {
    await t.step(`and ${name} may do nothing else`, async () => {
      const env = { KEYDB_URL: "redis://here", NOT_A_SETTING: "secret" };
      const args = ["tests/attempts.ts", own, ...others];
      const { text } = await run(name, own, env, args);
      assert(!text.includes("secret"));
      const outcomes: Record<string, string> = JSON.parse(text);
      const { [`connect to ${own}`]: connecting, ...rest } = outcomes;
      assertEquals(connecting, "done");
      assertEquals(rest["read a setting"], "redis://here");
      assertEquals(rest["read a variable that is none"], "nothing");
      assertEquals(rest["open /dev/null"], "done");
      delete rest["read a setting"];
      delete rest["open /dev/null"];
      delete rest["read a variable that is none"];
      assertEquals(Object.keys(rest).length, 15 + others.length);
      for (const [what, outcome] of Object.entries(rest)) {
        assertMatch(outcome, /^(NotCapable|EPERM)$/, what);
      }
    });
  }
}, { engines: ["embedded"] });

for (const name of ROLES) {
  Deno.test(`${name} exits if Deno does not let it connect, and names the missing permission`, async () => {
    for (const host of ["keydb.example", "127.0.0.2", "[::1]"]) {
      const env = { KEYDB_URL: `redis://${host}:7000`, DASHBOARD_PORT: `${freePorts(1)[0]}` };
      await using role = await RoleUnderTest.start(name, env);
      assertEquals(await role.exitCode(), 1);
      const errors = role.lines.filter((line) => line.startsWith("ERROR"));
      assertEquals(errors, [
        `ERROR Cannot connect to the server at ${host}:7000 as Deno's permissions do not allow it: ` +
        `--allow-net must include ${host}:7000`,
      ]);
    }
  });
}

testOnEngines(
  "A role continues with the servers that Deno lets it connect to",
  async (_t, cluster) => {
    const { url } = cluster.nodes[0];
    await using role = await RoleUnderTest.start("listener_sync", {
      KEYDB_URL: `redis://keydb.example:7000,${url}`,
    });
    await role.line(
      /^ERROR Cannot connect to the server at keydb.example:7000 .* going on with the other/,
    );
    await role.line(/read shared_key: it does not exist$/);
  },
  { engines: ["embedded"] },
);

testOnEngines("A replica's primary must be permitted too", async (_t, cluster) => {
  const [primary, replica] = cluster.nodes;
  const env = { KEYDB_URL: replica.url };
  const { code, text } = await run("writer", `127.0.0.1:${replica.port}`, env, [
    "functions/writer.ts",
  ]);
  assertEquals(code, 1);
  assert(
    text.includes(`ERROR Cannot connect to the server at 127.0.0.1:${primary.port} as Deno's`),
  );
}, { engines: ["redis-server"] });

testOnEngines(
  "A role finds its server in REDIS_URL if KEYDB_URL is absent",
  async (_t, cluster) => {
    const { url, port } = cluster.nodes[0];
    const env = { KEYDB_URL: "", REDIS_URL: url };
    const { text } = await run("writer", "127.0.0.1", env, ["lib/role/allow_net.ts", "writer"]);
    assertEquals(text, `--allow-net=127.0.0.1:${port}\n`);
    await using role = await RoleUnderTest.start("writer", env);
    await role.line(/^writer set shared_key: /);
  },
  { engines: ["embedded"] },
);

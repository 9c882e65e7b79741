/** The roles with the URL of an unusable server: they log one sentence, and exit. */

import { type RoleName, ROLES } from "../cluster/roles.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { SERVER_NAMES } from "../cluster/engine.ts";
import { freePorts } from "../cluster/ports.ts";
import { ProgramUnderTest } from "./program_testing.ts";
import { RoleUnderTest, testOnEachEngine, testOnEngines } from "./testing.ts";
import { UnusableServer } from "./unusable_server.ts";
import { DashboardUnderTest } from "./dashboard_testing.ts";

const SENTENCES = {
  cluster: /^ERROR The server at \S+ is a node of a Redis Cluster, .* \(see KEYDB_URL\)$/,
  sentinel: /^ERROR The server at \S+ is a Sentinel, which holds no keys: .* \(see KEYDB_URL\)$/,
};

for (const kind of ["cluster", "sentinel"] as const) {
  testOnEachEngine(`The roles and the comparison refuse a ${kind} server`, async (engine) => {
    await using server = await UnusableServer.start(engine, kind);
    for (const name of ROLES) {
      await using role = await startAt(server.url, name);
      assertEquals(await role.exitCode(), 1);
      // The dashboard also connects to each node itself, and that may be logged first.
      const lines = role.lines.filter((line) => !/ serves http|trying again every/.test(line));
      assertMatch(lines[1], SENTENCES[kind]);
      assertEquals(lines.length, 3, lines.join("\n")); // including the start and the summary
    }
    await using program = await ProgramUnderTest.start("compare/main.ts", "--url", server.url);
    assertEquals(await program.exitCode(), 1);
    const [, sentence] = /^Cannot compare on \S+: (.*)\n$/.exec(program.output)!;
    assertMatch(`ERROR ${sentence}`, SENTENCES[kind]);
  }, SERVER_NAMES);
}

testOnEachEngine("The roles refuse a server without RESP3", async (engine) => {
  await using server = await UnusableServer.start(engine, "cluster", 'rename-command HELLO ""');
  for (const name of ROLES) {
    await using role = await startAt(server.url, name);
    assertEquals(await role.exitCode(), 1);
    const sentences = role.lines.filter((line) => /RESP3|Redis Cluster/.test(line));
    assertMatch(
      sentences.at(-1)!,
      /the server at \S+ does not speak RESP3: it must be KeyDB, Valkey, or Redis 6 or later|Redis Cluster/,
    );
  }
}, ["keydb-server", "redis-server"]);

testOnEngines("The page shows that a node belongs to a cluster", async (_t, cluster) => {
  await using server = await UnusableServer.start(cluster.engine, "cluster");
  await using dashboard = await DashboardUnderTest.start({
    KEYDB_URL: `${cluster.url(0)},${server.url}`,
  });
  const sentence = / is a node of a Redis Cluster, .* a KeyDB mesh$/;
  await dashboard.shows(({ nodes: [, node] }) => sentence.test(node.reason ?? ""), "the sentence");
}, { engines: ["redis-server"] });

function startAt(url: string, name: RoleName): Promise<RoleUnderTest> {
  const [port] = freePorts(1);
  return RoleUnderTest.start(name, { KEYDB_URL: url, DASHBOARD_PORT: `${port}` });
}

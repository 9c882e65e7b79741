/** Roles that run out of file descriptors or disk space. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { freePorts } from "../cluster/ports.ts";
import { importFlags } from "../offline/flags.ts";
import { ProgramUnderTest } from "./program_testing.ts";
import { RoleUnderTest, TestClient, testOnEngines, until } from "./testing.ts";

/** Opens idle connections, as many as are accepted. */
async function crowd(port: number, count: number): Promise<Deno.Conn[]> {
  const opening = Array.from({ length: count }, () => Deno.connect({ port }));
  const results = await Promise.allSettled(opening);
  return results.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
}

testOnEngines("Many connections to its port do not stop a listener's work", async (_t, cluster) => {
  const [port] = freePorts(1);
  await using client = new TestClient(cluster.url(0));
  await using role = await RoleUnderTest.start("listener_sync", {
    KEYDB_URL: cluster.url(0),
    METRICS_PORT: `${port}`,
  }, { descriptors: 128 });
  await role.line(/it does not exist/);
  const connections = await crowd(port, 150);
  assertMatch(await role.line(/Refusing/), /^WARN Refusing connections for metrics \(/);
  await client.set("shared_key", "w seq 1 micros 1000000 timestamp 1");
  await role.line(/^Set handshake_key/);
  for (const connection of connections) connection.close();
  await role.line(/^Taking connections for metrics again$/);
  const isReady = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    await response?.body?.cancel();
    return response?.status === 200;
  };
  await until(isReady, "that it is ready");
  assertEquals(role.lines.filter((line) => line.includes("Refusing")).length, 1);
  role.signal("SIGTERM");
  assertEquals(await role.exitCode(), 0);
}, { engines: ["redis-server", "embedded"] });

testOnEngines("The dashboard logs how many pages its descriptors allow", async (_t, cluster) => {
  const [port] = freePorts(1);
  await using role = await RoleUnderTest.start("dashboard", {
    KEYDB_URL: cluster.url(0),
    DASHBOARD_PORT: `${port}`,
  }, { descriptors: 200 });
  const line = await role.line(/pages can be open/);
  const [, pages] = /^WARN At most (\d+) pages can be open in place of 1000: /.exec(line)!;
  assert(Number(pages) > 10 && Number(pages) < 200, line);
  await role.line(/serves http/);
}, { engines: ["embedded"] });

testOnEngines("A listener continues if its log cannot be written", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await using role = await RoleUnderTest.start("listener_async", {
    KEYDB_URL: cluster.url(0),
  }, { output: "/dev/full" });
  const hasAnswered = async (seq: number) => {
    await client.set("shared_key", `w seq ${seq} micros ${seq}000000 timestamp ${seq}`);
    return (await client.get("handshake_key:listener_async"))?.includes(` seq ${seq} `) ?? false;
  };
  await until(() => hasAnswered(1), "the first handshake");
  await until(() => hasAnswered(2), "the second handshake");
  role.signal("SIGTERM");
  assertEquals(await role.exitCode(), 0);
}, { engines: ["redis-server"] });

testOnEngines(
  "A listener's log is complete when it is stopped under load",
  async (_t, cluster) => {
    await using client = new TestClient(cluster.url(0));
    await using role = await RoleUnderTest.start("listener_sync", { KEYDB_URL: cluster.url(0) });
    await role.line(/it does not exist/);
    const load = new AbortController();
    const writing = (async () => {
      for (let seq = 1; !load.signal.aborted; seq++) {
        await client.set("shared_key", `w seq ${seq} micros ${seq}000000 timestamp ${seq}`);
      }
    })();
    await until(() => role.lines.length > 100, "a hundred lines");
    role.signal("SIGTERM");
    assertEquals(await role.exitCode(), 0);
    load.abort();
    await writing;
    const [, handled] = / stopped: (\d+) changes? handled/.exec(role.lines.at(-1)!)!;
    const answers = role.lines.filter((line) => line.startsWith("Set handshake_key: "));
    assert(Math.abs(answers.length - Number(handled)) <= 1, `${answers.length} of ${handled}`); // one may be under way
  },
  { engines: ["redis-server"] },
);

Deno.test("A role's log is complete if an error ends it", async () => {
  await using program = await ProgramUnderTest.run([
    "-q",
    "-A",
    ...await importFlags(),
    "tests/failing_log.ts",
  ]);
  assertEquals(await program.exitCode(), 1);
  assertMatch(program.output, /^1\n2\n3\n(.*\n)*.*nobody handles this/);
});

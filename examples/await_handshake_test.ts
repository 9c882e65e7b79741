import { assertEquals, assertMatch } from "@std/assert";
import { Proxy } from "../cluster/proxy.ts";
import { RoleUnderTest, TestClient, testOnEngines, until } from "../tests/testing.ts";
import { interrupt, startExample, urlOf } from "./_testing.ts";

testOnEngines("waiting for a handshake", async (t, cluster) => {
  const node = cluster.node(1);
  await using client = new TestClient(cluster.url(0));

  /** Waits until the example has written. */
  async function isWritten(): Promise<void> {
    const isThere = async () => (await client.get("shared_key"))?.startsWith("await_handshake");
    await until(async () => await isThere() ?? false, "the stamp");
  }

  await t.step("times out if no listener answers", async () => {
    await using program = await startExample("await_handshake", node.url, "nobody", "0.5");
    assertEquals(await program.exitCode(), 1);
    assertEquals(program.output, "nobody did not answer within 0.5 s\n");
  });

  await t.step("ignores an older answer, and survives lost connections", async () => {
    await client.del("shared_key");
    const older = "Hello seq 1 micros 1725543675124000 written 1725543675123456";
    await client.set("handshake_key:listener_sync", `${older} timestamp 1725543675`);
    await using proxy = new Proxy(node.port);
    const url = urlOf(proxy);
    await using program = await startExample("await_handshake", url, "listener_sync", "20");
    await isWritten();
    proxy.reset();
    await using _listener = await RoleUnderTest.start("listener_sync", {
      KEYDB_URL: cluster.url(0),
    });
    assertEquals(await program.exitCode(), 0, program.output);
    assertMatch(
      program.output,
      /^listener_sync answered seq 1 in \d+\.\d+ s: Handshake triggered by key event\n$/,
    );
  });

  await t.step("ends with Ctrl-C", async () => {
    await client.del("shared_key");
    await using program = await startExample("await_handshake", node.url, "nobody", "20");
    await isWritten();
    assertEquals(await interrupt(program), 1);
  });

  await t.step("times out if there is no server", async () => {
    await node.kill();
    await using program = await startExample("await_handshake", node.url, "nobody", "0.5");
    assertEquals(await program.exitCode(), 1);
    const warning = /^Cannot reach the server at \S+ \(ECONNREFUSED\); trying again\n/;
    assertMatch(program.output, warning);
    assertEquals(program.output.replace(warning, ""), "nobody did not answer within 0.5 s\n");
  });
});

import { assert, assertEquals } from "@std/assert";
import { TestClient, testOnEngines, until } from "../../tests/testing.ts";
import { ClockWatch } from "./clock_watch.ts";

/** A connection whose answers to TIME can be held back. */
class HeldClient extends TestClient {
  asked = 0;
  gate: Promise<void> = Promise.resolve();

  override async time(): Promise<number[]> {
    this.asked++;
    await this.gate;
    return await super.time();
  }
}

testOnEngines("ClockWatch", async (t, cluster) => {
  const { url, port } = cluster.nodes[0];

  await t.step("returns the server and the offset of the latest estimate", async () => {
    await using client = new HeldClient(url);
    await client.ping();
    const watch = new ClockWatch(client);
    assertEquals(watch.facts().clockServer, undefined);
    await watch.begin();
    const { clockServer, clockOffset, clockUncertainty } = watch.facts();
    assertEquals(clockServer, `127.0.0.1:${port}`);
    assert(Math.abs(clockOffset as number) <= (clockUncertainty as number));
    watch.begin();
    assertEquals(watch.facts().clockOffset, undefined);
  });

  await t.step("drops a late answer, and asks nothing while it waits", async () => {
    await using client = new HeldClient(url);
    await client.ping();
    const watch = new ClockWatch(client);
    const gate = Promise.withResolvers<void>();
    client.gate = gate.promise;
    const late = watch.begin();
    await watch.begin();
    assertEquals(client.asked, 1);
    gate.resolve();
    await late;
    assertEquals(watch.facts().clockOffset, undefined);
    await watch.begin();
    assert(watch.facts().clockOffset !== undefined);
  });

  await t.step("has no estimate while there is no server", async () => {
    await using client = new HeldClient("redis://127.0.0.1:1");
    await until(() => client.status === "reconnecting", "the refusal");
    const watch = new ClockWatch(client);
    await watch.begin();
    assertEquals(client.asked, 0);
    assertEquals(watch.facts().clockOffset, undefined);
  });
}, { engines: ["embedded", "redis-server"] });

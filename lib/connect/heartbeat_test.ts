import { assert, assertEquals } from "@std/assert";
import { TestClient, testOnEngines, until, within } from "../../tests/testing.ts";
import { Proxy } from "../../cluster/proxy.ts";
import { keepBeating } from "./heartbeat.ts";

const options = { intervalMs: 50, limitMs: 300 };

testOnEngines("keepBeating()", async (t, cluster) => {
  const { port } = cluster.node(0);

  for (const subscribed of [false, true]) {
    const kind = subscribed ? "a subscription" : "a connection";
    await t.step(`drops ${kind} whose line has gone silent, which then reconnects`, async () => {
      await using proxy = new Proxy(port);
      await using client = new TestClient(`redis://127.0.0.1:${proxy.port}`);
      using _heartbeat = keepBeating(client, options);
      if (subscribed) await client.subscribe("channel");
      else await client.ping();
      const errors: Error[] = [];
      client.on("error", (error) => errors.push(error));
      proxy.goSilent();
      await until(() => errors.length > 0, "the loss of the connection");
      assertEquals([errors[0].name, errors[0].message], ["SilenceError", "no answer within 0.3 s"]);
      proxy.heal();
      await until(() => client.status === "ready", "the next connection");
      await within(client.ping(), "the answer on the next connection");
    });
  }

  await t.step("drops a connection that was accepted and never answered", async () => {
    await using proxy = new Proxy(port);
    proxy.goSilent();
    await using client = new TestClient(`redis://127.0.0.1:${proxy.port}`);
    using _heartbeat = keepBeating(client, options);
    const closed = new Promise((resolve) => client.once("close", resolve));
    await within(closed, "the loss of the connection");
    proxy.heal();
    await within(client.ping(), "the answer on the next connection");
  });

  await t.step("keeps a connection whose answers arrive, however slowly", async () => {
    await using proxy = new Proxy(port);
    await using client = new TestClient(`redis://127.0.0.1:${proxy.port}`);
    await client.ping();
    let lost = 0;
    client.on("close", () => lost++);
    using _heartbeat = keepBeating(client, options);
    proxy.delay(options.limitMs / 4); // each way: one answer is within the limit, all together are beyond it
    for (let round = 0; round < 5; round++) await within(client.ping(), "the answer");
    assertEquals(lost, 0);
  });

  await t.step("does not mistake a busy process for a silent server", async () => {
    await using client = new TestClient(cluster.url(0));
    await client.ping();
    let lost = 0;
    client.on("close", () => lost++);
    using _heartbeat = keepBeating(client, options);
    for (let round = 0; round < 3; round++) {
      const pinged = client.ping();
      const end = performance.now() + 2 * options.limitMs;
      while (performance.now() < end); // nothing is read meanwhile
      assert(await within(pinged, "the answer"));
    }
    assertEquals(lost, 0);
  });
}, { engines: ["redis-server", "embedded"] });

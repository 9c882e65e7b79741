/** The errors that callers get from servers that cannot be observed. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { SERVER_NAMES } from "../../cluster/engine.ts";
import { TestClient, testOnEachEngine, testOnEngines } from "../../tests/testing.ts";
import { UnusableServer } from "../../tests/unusable_server.ts";
import { within } from "../../cluster/waiting.ts";
import { AccessError } from "./access_error.ts";
import { askOnce } from "./one_shot.ts";
import { openConnection } from "./connection.ts";
import { observe } from "../observe/observe.ts";
import { parseServerUrl } from "./server.ts";

const SENTENCES = {
  cluster: /^The server at \S+ is a node of a Redis Cluster, .* a KeyDB mesh/,
  sentinel: /^The server at \S+ is a Sentinel, which holds no keys: name the data servers /,
};

/** The errors of an observation over the caller's own client, which sees only a server's replies. */
const BY_REPLY = {
  cluster: SENTENCES.cluster,
  sentinel: /^The server at \S+ knows no keys; if it /,
};

const engines = SERVER_NAMES;

for (const kind of ["cluster", "sentinel"] as const) {
  testOnEachEngine(`openConnection() reports a ${kind} server`, async (engine) => {
    await using server = await UnusableServer.start(engine, kind);
    for (const url of [server.url, `${server.url}/1`]) {
      const opening = openConnection(url, { name: "test" });
      const error = await assertRejects(() => within(opening, "the refusal"), AccessError);
      assertEquals(error.setting, "URL");
      if (url === server.url) assertMatch(error.message, SENTENCES[kind]);
      else assertMatch(error.message, BY_REPLY[kind]);
    }
    const ask = () => askOnce(parseServerUrl(server.url)!, (client) => client.ping(), signal());
    assertMatch((await assertRejects(ask, AccessError)).message, SENTENCES[kind]);
  }, engines);

  testOnEngines(`openConnection() moves on after a ${kind} server`, async (_t, c) => {
    await using server = await UnusableServer.start(c.engine, kind);
    const states: string[] = [];
    await using connection = await openConnection(`${server.url},${c.url(0)}`, {
      name: "test",
      signal: signal(),
      onStatus: ({ state }) => states.push(state),
    });
    assertEquals(await connection.client.ping(), "PONG");
    assertEquals(states, ["refused", "reconnecting", "connected"]);
  }, { engines: ["redis-server"] });

  testOnEachEngine(`observe() ends at a ${kind} server`, async (engine) => {
    await using server = await UnusableServer.start(engine, kind);
    await using client = new TestClient(server.url);
    const first = observe(client, "key", { signal: signal() }).next();
    const error = await assertRejects(() => within(first, "the refusal"), AccessError);
    assertMatch(error.message, BY_REPLY[kind]);
  }, engines);
}

testOnEachEngine("A whole cluster of one node is refused too", async (engine) => {
  await using server = await UnusableServer.start(engine, "cluster");
  await using client = new TestClient(server.url);
  await client.cluster("ADDSLOTS", Array.from({ length: 16384 }, (_, slot) => slot));
  const opening = openConnection(server.url, { name: "test" });
  const error = await assertRejects(() => within(opening, "the refusal"), AccessError);
  assertMatch(error.message, SENTENCES.cluster);
}, engines);

function signal(): AbortSignal {
  return AbortSignal.timeout(10_000);
}

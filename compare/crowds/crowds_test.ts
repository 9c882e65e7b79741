import { assert, assertEquals } from "@std/assert";
import { testOnEachEngine } from "../../tests/testing.ts";
import { startServers } from "../measure/servers.ts";
import { measureCrowds, planCrowds } from "./crowds.ts";

testOnEachEngine(
  "Every listener of a crowd learns every value",
  async (engine) => {
    await using servers = await startServers(engine);
    const plans = (["keyevent", "keyspace"] as const).map((channel) => (
      { channel, listeners: 60, writes: 10 }
    ));
    const seen: string[] = [];
    const crowds = await measureCrowds(servers.places[0], plans, {
      restSeconds: 0,
      repetitions: 2,
      signal: new AbortController().signal,
      onRun: (what) => seen.push(what),
    });
    assertEquals(crowds.map(({ runs }) => runs.length), [2, 2]);
    const cpu = crowds.map(({ runs }) => Math.min(...runs.map(({ serverCpu }) => serverCpu)));
    assert(cpu[0] > cpu[1], `keyevent ${cpu[0]} µs, keyspace ${cpu[1]} µs`); // 3,600 more notifications
    assertEquals(seen[0], "60 listeners on keyevent, 1/2");
  },
  ["redis-server"],
);

Deno.test("planCrowds() keeps the number of writes in bounds", () => {
  for (const { listeners, writes } of [...planCrowds(false), ...planCrowds(true)]) {
    assert(writes >= 5 && writes <= 200, `${listeners} listeners, ${writes} writes`);
  }
});

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { simulateServer, simulateServers, TOPOLOGIES } from "./simulation.ts";

const TIMES = { write: 10, notify: 1, read: 5, answer: 5, client: 0, hop: 0 };
const [REPLICAS, TREE] = TOPOLOGIES;

Deno.test("simulateServer() returns a time for every listener, in order", () => {
  const known = simulateServer(100, TIMES, false);
  assertEquals(known.length, 100);
  assertEquals(known.toSorted((a, b) => a - b), known);
  assertEquals(known[0], 10 + 100 + 5);
});

Deno.test("simulateServer() takes longer if all listeners share one slow process", () => {
  const times = { ...TIMES, client: 50 };
  const [own] = [simulateServer(100, times, false).at(-1)!];
  const shared = simulateServer(100, times, true).at(-1)!;
  assertAlmostEquals(shared, 100 * 100, 1000); // two messages each, at 50 µs
  assert(shared > 5 * own, `${shared} and ${own}`);
});

Deno.test("simulateServers() counts servers and hops", () => {
  assertEquals(simulateServers(1000, 1000, TREE, TIMES), {
    ...simulateServers(1000, 1000, REPLICAS, TIMES),
  }); // one server needs no other
  const { nodes, hops } = simulateServers(1e5, 1000, REPLICAS, TIMES);
  assertEquals([nodes, hops], [101, 1]);
  const tree = simulateServers(1e5, 1000, TREE, TIMES);
  assertEquals([tree.nodes, tree.hops], [111, 2]);
});

Deno.test("simulateServers() adds the time of the hops", () => {
  const near = simulateServers(1e4, 1000, TREE, TIMES);
  const far = simulateServers(1e4, 1000, TREE, { ...TIMES, hop: 100_000 });
  assert(far.p50 - near.p50 > 20_000 && far.p99 > far.p50);
});

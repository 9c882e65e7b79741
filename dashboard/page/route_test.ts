import { assertEquals } from "@std/assert";
import { exampleState } from "../../tests/page/example.ts";
import { routeOf } from "./route.js";

const [ONE, TWO, THREE] = ["node keydb_01:6379", "node keydb_02:6379", "node keydb_03:6379"];

Deno.test("routeOf() goes from the writer through the nodes to the listeners that have answered", () => {
  const state = exampleState(7);
  assertEquals(hopsOf(state), [
    `writer > ${ONE}`,
    `${ONE} > ${TWO}`,
    `${ONE} > ${THREE}`,
    `${TWO} > listener listener_sync`,
    `${THREE} > listener listener_async`,
  ]);
  const [first, second] = state.listeners;
  const listeners = [first, { ...second, last: { ...second.last!, seq: 6 } }];
  assertEquals(hopsOf({ ...state, listeners }).length, 4);
});

Deno.test("routeOf() begins at the writer's node, whichever node announced first", () => {
  const state = exampleState(7);
  const path = state.writer.last!.path.toReversed();
  const writer = { ...state.writer, last: { ...state.writer.last!, path } };
  const hops = hopsOf({ ...state, writer });
  assertEquals(hops.slice(0, 3), [`writer > ${ONE}`, `${ONE} > ${THREE}`, `${ONE} > ${TWO}`]);
});

Deno.test("routeOf() reaches a listener from the node that it observes, not the one that it answers on", () => {
  const state = exampleState(7);
  const [one, two] = state.nodes.map(({ name }) => name);
  const [first, ...others] = state.listeners;
  const presence = { ...first.presence, nodes: [one, two], observed: [two] };
  const hops = hopsOf({ ...state, listeners: [{ ...first, presence }, ...others] });
  assertEquals(hops[3], `${TWO} > listener listener_sync`);
});

Deno.test("routeOf() follows links that lead from one replica to the next", () => {
  const state = exampleState(7);
  const [one, two, three] = state.nodes.map(({ name }) => name);
  const links = [[one, two], [two, three]].map(([from, to]) => ({
    from,
    to,
    status: "up" as const,
    since: 0,
  }));
  assertEquals(hopsOf({ ...state, links })[2], `${TWO} > ${THREE}`);
});

Deno.test("routeOf() returns nothing if nothing was written", () => {
  const state = exampleState(7);
  const { presence } = state.writer;
  assertEquals(routeOf({ ...state, writer: { presence, hearing: {} } }), undefined);
});

Deno.test("routeOf() identifies each write", () => {
  const state = exampleState(7);
  const later = { ...state, at: state.at + 1e6, listeners: [] };
  assertEquals(routeOf(state)?.write === routeOf(later)?.write, true);
  assertEquals(routeOf(state)?.write === routeOf(exampleState(8))?.write, false);
});

function hopsOf(state: Parameters<typeof routeOf>[0]): string[] {
  return routeOf(state)?.hops.map(({ from, to }) => `${from} > ${to}`) ?? [];
}

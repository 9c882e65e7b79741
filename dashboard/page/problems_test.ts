import { assertEquals, assertMatch } from "@std/assert";
import {
  exampleEmpty,
  exampleLoss,
  exampleOutage,
  exampleState,
} from "../../tests/page/example.ts";
import type { State } from "../protocol.ts";
import { describeProblem, problemsOf } from "./problems.js";
import { asUnknown } from "./unknown.js";

Deno.test("problemsOf() finds nothing if all is well", () => {
  assertEquals(problemsOf(exampleState(300)), []);
});

Deno.test("problemsOf() reports a lost node once, without each of its links", () => {
  assertEquals(problemsOf(exampleLoss(300)).map(({ what }) => what), [
    "Node 3 (keydb_03:6379) is down",
    "Callback is gone",
  ]);
});

Deno.test("problemsOf() reports links between nodes that are up, and what the dashboard does not receive", () => {
  const state = exampleState(300);
  const links = state.links.slice(0, 2).map((link, i) => ({
    ...link,
    status: i === 0 ? "down" as const : "syncing" as const,
  }));
  const observation = { state: "interrupted" as const, reason: "no route", since: state.at - 3e6 };
  const problems = problemsOf({ ...state, links, observation });
  assertEquals(problems.map(({ what, level }) => [what, level]), [
    ["Not all handshakes reach the dashboard", "bad"],
    ["Node 1 has lost its link to node 2", "bad"],
    ["Node 1 is syncing from node 3", "warn"],
  ]);
  assertMatch(
    describeProblem(problems[0], state.at),
    /^Not all handshakes reach the dashboard since \d\d:\d\d:\d\d \(3\.0 s\): no route$/,
  );
});

Deno.test("problemsOf() reports an outage once, without all that follows from it", () => {
  const state = exampleOutage(300);
  assertEquals(problemsOf(state).map(({ what, level }) => [what, level]), [
    ["All three nodes are down", "bad"],
  ]);
  const [outage] = problemsOf({ ...state, nodes: state.nodes.slice(0, 1) });
  assertEquals(outage.what, "The only node is down");
  assertEquals([outage.isOver(state), outage.isOver(exampleLoss(301))], [false, true]);
});

Deno.test("problemsOf() reports the roles that were never there as one problem, after all others", () => {
  const [node, unseen, ...more] = problemsOf({ ...exampleEmpty(), nodes: exampleLoss(1).nodes });
  assertEquals([node.level, more], ["bad", []]);
  assertEquals(unseen.what, "Not seen yet: the writer, Loop and Callback");
  assertEquals([unseen.isOver(exampleOutage(301)), unseen.isOver(exampleState(301))], [
    false,
    true,
  ]);
});

Deno.test("a problem is not over if its state becomes unknown", () => {
  const [node, listener] = problemsOf(exampleLoss(300));
  const over = (state: State) => [node.isOver(state), listener.isOver(state)];
  assertEquals(over(exampleOutage(301)), [false, false]);
  assertEquals(over(asUnknown(exampleState(301))), [false, false]);
  assertEquals(over(exampleState(301)), [true, true]);
});

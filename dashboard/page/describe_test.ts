import { assertEquals, assertMatch } from "@std/assert";
import { exampleLoss, exampleOutage, exampleState } from "../../tests/page/example.ts";
import { titleOf } from "./names.js";
import { describeListener, describeMesh, describeNode, describePresence } from "./describe.js";

Deno.test("describeNode() returns a node's status and address, and for how long it is down", () => {
  const { nodes, at } = exampleState(301);
  assertEquals(describeNode(nodes[0], nodes, at), {
    name: "node 1 ● up",
    status: "up",
    second: "keydb_01:6379",
    third: "",
  });
  const deaf = { ...nodes[1], hearing: { reason: "NOPERM", since: at } };
  assertEquals(describeNode(deaf, nodes, at).third, "? writes unknown");
  const lost = describeNode(exampleLoss(301).nodes[2], nodes, at);
  assertEquals([lost.name, lost.second, lost.third], [
    "node 3 ✕ down",
    "keydb_03:6379",
    "for 14 s",
  ]);
});

Deno.test("describeListener() returns the last action, or for how long it is gone", () => {
  const { listeners, nodes, at } = exampleLoss(301);
  assertEquals(describeListener(listeners[0], listeners, at).third, "answered #301");
  assertEquals(describeListener(listeners[0], listeners, at).name, "Loop");
  const { listeners: all } = exampleOutage(301);
  const [unknown] = all;
  assertEquals(describeListener(unknown, all, at).second, "? unknown");
  assertEquals(describeListener(unknown, all, at).third, "for 14 s");
  assertMatch(describePresence(unknown.presence, nodes, at), /^\? unknown since .* \(14 s\)$/);
  const unseen = { status: "unseen", nodes: [], observed: [] } as const;
  assertEquals(describePresence(unseen, nodes, at), "○ not seen yet");
  assertEquals(describeListener(listeners[1], listeners, at).second, "✕ gone");
  assertMatch(describePresence(listeners[0].presence, nodes, at), /^● here since .*, on node 2$/);
  assertMatch(describePresence(listeners[1].presence, nodes, at), /^✕ gone since .* \(14 s\)$/);
  const [one, two] = ["keydb_01:6379", "keydb_02:6379"];
  const silent = { ...listeners[1].presence, nodes: [one] };
  assertMatch(describePresence(silent, nodes, at), /^✕ silent since .* \(14 s\)$/);
  const apart = { ...listeners[0].presence, nodes: [one, two], observed: [two] };
  assertMatch(
    describePresence(apart, nodes, at),
    /^● here since .*, observes node 2, answers on node 1$/,
  );
});

Deno.test("two listeners that observe the same way have their own names as titles", () => {
  const { listeners } = exampleState(301);
  const [one, other] = listeners.map((listener) => ({ ...listener, pattern: "loop" as const }));
  assertEquals([one, other].map((listener) => titleOf(listener, [one, other])), [
    "listener_sync",
    "listener_async",
  ]);
});

Deno.test("describeMesh() describes the drawing in words", () => {
  assertEquals(
    describeMesh(exampleLoss(301)),
    "The mesh: 2 of 3 nodes up, 2 of 6 links up (2 unknown), writer here, 1 of 2 listeners here. " +
      "Write 301 was announced by node 1, node 2.",
  );
});

import { assertEquals, assertMatch } from "@std/assert";
import { exampleLoss, exampleOutage, exampleState } from "../../tests/page/example.ts";
import { describeListener, describeMesh, describeNode, describePresence } from "./describe.js";

Deno.test("describeNode() says whether it announced the last write, or since when it is not there", () => {
  const [node] = exampleState(301).nodes;
  const { writer, at } = exampleState(301);
  assertEquals(describeNode(node, writer.last, at).second, "● up · active-replica");
  assertEquals(describeNode(node, writer.last, at).third, "announced #301");
  assertEquals(describeNode(node, undefined, at).third, "no write yet");
  assertEquals(describeNode({ ...node, role: "slave" }, undefined, at).second, "● up · replica");
  const lost = describeNode(exampleLoss(301).nodes[2], writer.last, at);
  assertMatch(lost.second, /^✕ down since \d\d:\d\d:\d\d$/);
  assertEquals(lost.third, "for 14 s");
});

Deno.test("describeListener() says what it did last, or since when it is gone", () => {
  const { listeners, at } = exampleLoss(301);
  assertEquals(describeListener(listeners[0], at).third, "answered #301");
  const [unknown] = exampleOutage(301).listeners;
  assertEquals(describeListener(unknown, at).second, "? unknown");
  assertEquals(describeListener(unknown, at).third, "for 14 s");
  assertMatch(describePresence(unknown.presence, at), /^\? unknown since .* \(14 s\)$/);
  const unseen = { status: "unseen", nodes: [], observed: [] } as const;
  assertEquals(describePresence(unseen, at), "○ not seen yet");
  assertMatch(describeListener(listeners[1], at).second, /^✕ gone since/);
  assertMatch(describePresence(listeners[0].presence, at), /^● here since .*, on keydb_02:6379$/);
  assertMatch(describePresence(listeners[1].presence, at), /^✕ gone since .* \(14 s\)$/);
  const [one, two] = ["keydb_01:6379", "keydb_02:6379"];
  const silent = { ...listeners[1].presence, nodes: [one] };
  assertMatch(describePresence(silent, at), /^✕ silent since .* \(14 s\)$/);
  const apart = { ...listeners[0].presence, nodes: [one, two], observed: [two] };
  assertMatch(
    describePresence(apart, at),
    /^● here since .*, observes keydb_02:6379, answers on keydb_01:6379$/,
  );
});

Deno.test("describeMesh() says in words what is drawn", () => {
  assertEquals(
    describeMesh(exampleLoss(301)),
    "The mesh: 2 of 3 nodes up, 2 of 6 links up (2 unknown), writer here, 1 of 2 listeners here. " +
      "Write 301 was announced by keydb_01:6379, keydb_02:6379.",
  );
});

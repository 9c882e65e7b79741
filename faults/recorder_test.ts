import { assert, assertEquals, assertFalse } from "@std/assert";
import { nowMicros } from "../lib/clock.ts";
import { Recorder } from "./recorder.ts";

const STAMP = { writer: "writer", seq: 3, micros: 5_000_000 };

Deno.test("Recorder records the writer's attempts and acknowledgements", () => {
  const recorder = new Recorder();
  const before = nowMicros();
  recorder.read("writer", JSON.stringify({ level: "debug", event: "attempt", ...STAMP }));
  assert(recorder.isWriting);
  recorder.read("writer", JSON.stringify({ level: "info", event: "set", ...STAMP }));
  assertFalse(recorder.isWriting);
  const [attempt, acknowledgement] = recorder.records;
  assertEquals(attempt, { kind: "attempt", at: STAMP.micros, ...STAMP });
  assertEquals(acknowledgement, { kind: "acknowledged", at: acknowledgement.at, ...STAMP });
  assert(acknowledgement.at >= before);
});

Deno.test("Recorder records what listeners observe, with a stamp or without", () => {
  const recorder = new Recorder();
  const counts = { cause: "resync", conflated: 1, missed: 2 };
  const facts = { event: "change", readAt: 6_000_000, ...counts };
  recorder.read("listener_sync", JSON.stringify({ ...facts, ...STAMP }));
  recorder.read("listener_async", JSON.stringify(facts));
  assertEquals(recorder.lastObserved("listener_sync")?.seq, 3);
  assertEquals(recorder.lastObserved("listener_async")?.seq, undefined);
  assertEquals(recorder.records[0], {
    kind: "observed",
    at: 6_000_000,
    listener: "listener_sync",
    cause: "resync",
    conflated: 1,
    missed: 2,
    ...STAMP,
  });
});

Deno.test("Recorder keeps lines without an event, but does not record them", () => {
  const recorder = new Recorder();
  const lines = ["error: Uncaught", '{"message":"Starting writer"}', "7", "null"];
  for (const line of lines) recorder.read("writer", line);
  assertEquals(recorder.records, []);
  assertEquals(recorder.lines, lines.map((line) => `writer ${line}`));
});

import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { within } from "../../tests/testing.ts";
import { parseSimulatedWork, simulateWork } from "./simulated_work.ts";

const NEVER = new AbortController().signal;

Deno.test("parseSimulatedWork() reads what to do and for how long", () => {
  assertEquals(parseSimulatedWork("None"), { kind: "none" });
  assertEquals(parseSimulatedWork("wait 0.1"), { kind: "wait", ms: 0.1 });
  assertEquals(parseSimulatedWork("COMPUTE 10000"), { kind: "compute", ms: 10000 });
});

Deno.test("parseSimulatedWork() rejects everything else", () => {
  for (
    const text of ["", "wait", "wait 0.05", "wait 10001", "wait 5 ms", "wait5", "sleep 5", "none 5"]
  ) {
    assertEquals(parseSimulatedWork(text), undefined, text);
  }
});

Deno.test("simulateWork() does not block the process while it waits", async () => {
  let isReached = false;
  setTimeout(() => isReached = true, 1);
  await simulateWork({ kind: "wait", ms: 50 }, NEVER);
  assert(isReached);
});

Deno.test("simulateWork() blocks the process while it computes", async () => {
  let isReached = false;
  const timer = setTimeout(() => isReached = true, 1);
  const begin = performance.now();
  await simulateWork({ kind: "compute", ms: 20 }, NEVER);
  assert(performance.now() - begin >= 20);
  assertFalse(isReached);
  clearTimeout(timer);
});

Deno.test("simulateWork() stops waiting when the signal is aborted", async () => {
  const abort = new AbortController();
  const waiting = simulateWork({ kind: "wait", ms: 3_600_000 }, abort.signal);
  abort.abort(new Error("enough"));
  await assertRejects(() => within(waiting, "the end of the wait"), Error, "enough");
});

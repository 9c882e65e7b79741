import { assertEquals } from "@std/assert";
import { exampleLoss, exampleOutage, exampleState } from "../../tests/page/example.ts";
import type { State } from "../protocol.ts";
import { describeVerdict } from "./verdict.js";

/** A state with a verdict, and so many values of each listener. */
function stateWith(verdict: State["verdict"], counts: readonly number[] = [60, 60]): State {
  const state = exampleState(300);
  const listeners = state.listeners.map((listener, i) => ({
    ...listener,
    minute: { count: counts[i], ...counts[i] > 0 && { p50: 2100 } },
  }));
  return { ...state, verdict, listeners };
}

Deno.test("describeVerdict() names the faster listener, with the figures", () => {
  const slower = { ratio: 25.4, low: 24, high: 26, verdict: "slower" } as const;
  assertEquals(
    describeVerdict(stateWith(slower)),
    "Last minute: Loop is faster; Callback takes 25 × as long. Loop p50 2.1 ms, Callback p50 2.1 ms (n = 60 and 60).",
  );
  const faster = { ratio: 0.25, low: 0.2, high: 0.3, verdict: "faster" } as const;
  assertEquals(
    describeVerdict(stateWith(faster)).slice(0, 65),
    "Last minute: Callback is faster; Loop takes 4 × as long. Loop p50",
  );
});

Deno.test("describeVerdict() says if there is no difference, or nothing to compare", () => {
  const same = { ratio: 1, low: 0.9, high: 1.1, verdict: "not distinguishable" } as const;
  assertEquals(
    describeVerdict(stateWith(same)),
    "Last minute: not distinguishable. Loop p50 2.1 ms, Callback p50 2.1 ms (n = 60 and 60).",
  );
  assertEquals(
    describeVerdict(stateWith(undefined, [2, 1])),
    "Last minute: too few values to compare. Loop p50 2.1 ms, Callback p50 2.1 ms (n = 2 and 1).",
  );
  assertEquals(
    describeVerdict(stateWith(undefined, [0, 0])),
    "Nothing to compare in the last minute.",
  );
  assertEquals(describeVerdict(exampleLoss(300)), "Nothing to compare: Callback is gone.");
  assertEquals(
    describeVerdict(exampleOutage(300)),
    "Nothing to compare: Loop is unknown, Callback is unknown.",
  );
  const state = exampleLoss(300);
  const listeners = state.listeners.map(({ last: _, ...listener }) => listener);
  assertEquals(describeVerdict({ ...state, listeners }), "Nothing to compare yet.");
});

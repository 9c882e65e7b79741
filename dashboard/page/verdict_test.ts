import { assertEquals } from "@std/assert";
import {
  exampleEmpty,
  exampleLoss,
  exampleOutage,
  exampleState,
} from "../../tests/page/example.ts";
import type { MinuteFigures, State } from "../protocol.ts";
import { describeVerdict } from "./verdict.js";

/** A state with a verdict, and changes to the last minute of each listener. */
function stateWith(
  verdict: State["verdict"],
  changes: readonly Partial<MinuteFigures>[] = [{}, {}],
): State {
  const state = exampleState(300);
  const listeners = state.listeners.map((listener, i) => ({
    ...listener,
    minute: { ...listener.minute, p50: 2100, ...changes[i] },
  }));
  return { ...state, verdict, listeners };
}

const SAME = { ratio: 1.25, low: 0.9, high: 1.5, verdict: "not distinguishable" } as const;

Deno.test("describeVerdict() names the faster listener, with the figures", () => {
  const slower = { ratio: 25.4, low: 24, high: 26, verdict: "slower" } as const;
  assertEquals(describeVerdict(stateWith(slower, [{ p50: 84 }, {}])), {
    verdict: "Loop is faster: Callback takes 25 times as long.",
    evidence:
      "Last minute: p50 Loop 0.084 ms, Callback 2.1 ms (n = 60 and 60). Second by second, " +
      "Callback takes 25 times as long (95 % interval 24 to 26).",
  });
  const faster = { ratio: 0.25, low: 0.2, high: 0.5, verdict: "faster" } as const;
  assertEquals(describeVerdict(stateWith(faster, [{ seconds: 20 }, { seconds: 19 }])), {
    verdict: "Callback is faster: Loop takes 4 times as long.",
    evidence: "Last 20 s: p50 Loop 2.1 ms, Callback 2.1 ms (n = 60 and 60). Second by second, " +
      "Loop takes 4 times as long (95 % interval 2 to 5).",
  });
});

Deno.test("describeVerdict() says which values are skipped", () => {
  const verdictOn = (...skipped: number[]) =>
    describeVerdict(
      stateWith(SAME, skipped.map((skipped) => ({ handled: 100 - skipped, skipped }))),
    )
      .verdict;
  const same = "Neither is ahead: Loop and Callback are not distinguishable.";
  assertEquals(verdictOn(0, 0), same);
  assertEquals(verdictOn(65, 3), `${same} Loop skips 65 %, Callback 3 %.`);
  assertEquals(verdictOn(0, 3), `${same} Callback skips 3 %.`);
});

Deno.test("describeVerdict() says if there is no difference, or nothing to compare", () => {
  const verdictOn = (state: State) => describeVerdict(state).verdict;
  assertEquals(
    describeVerdict(stateWith(SAME)).evidence,
    "Last minute: p50 Loop 2.1 ms, Callback 2.1 ms (n = 60 and 60). Second by second, " +
      "Callback takes 1.25 times as long (95 % interval 0.90 to 1.50).",
  );
  assertEquals(describeVerdict(stateWith(undefined, [{ count: 2 }, { count: 1 }])), {
    verdict: "Too few values to compare yet.",
    evidence: "Last minute: p50 Loop 2.1 ms, Callback 2.1 ms (n = 2 and 1).",
  });
  assertEquals(
    verdictOn(stateWith(undefined, [{ count: 0 }, { count: 0 }])),
    "Nothing to compare in the last minute.",
  );
  assertEquals(describeVerdict(exampleLoss(300)), {
    verdict: "Nothing to compare: Callback is gone.",
    evidence: "",
  });
  const loading = exampleOutage(300).nodes.map((node) => ({ ...node, status: "loading" as const }));
  assertEquals(
    verdictOn({ ...exampleOutage(300), nodes: loading }),
    "Nothing to compare: no node is up.",
  );
  const [sync, ...others] = exampleState(300).listeners;
  const unheard = { ...sync, hearing: { reason: "NOPERM", since: 0 } };
  assertEquals(
    verdictOn({ ...exampleState(300), listeners: [unheard, ...others] }),
    "Nothing to compare: the answers of Loop do not reach the dashboard.",
  );
  assertEquals(describeVerdict(exampleOutage(300)), {
    verdict: "Nothing to compare: no node is up.",
    evidence: "When a node is up again, the writer and the listeners return by themselves. " +
      "The figures below are the last known ones.",
  });
  const { nodes } = exampleState(300);
  assertEquals(
    verdictOn({ ...exampleOutage(300), nodes }),
    "Nothing to compare: Loop and Callback are unknown.",
  );
});

Deno.test("describeVerdict() says what to start", () => {
  const state = exampleEmpty();
  assertEquals(describeVerdict(state), {
    verdict: "Nothing to compare yet.",
    evidence: "Waiting for the writer, Loop and Callback. Start each in a terminal: " +
      "deno task writer, deno task listener:sync, deno task listener:async.",
  });
  const [sync, async] = state.listeners;
  const { writer } = exampleState(300);
  const listeners = [{ ...sync, presence: writer.presence }, {
    ...async,
    name: "another",
    pattern: undefined,
  }];
  assertEquals(describeVerdict({ ...state, writer, listeners }).evidence, "Waiting for another.");
  assertEquals(
    describeVerdict({ ...state, listeners: exampleState(300).listeners, verdict: SAME }).verdict,
    "Neither is ahead: Loop and Callback are not distinguishable.",
  );
  const only = [{ ...sync, last: undefined }, { ...async, presence: writer.presence }];
  assertEquals(
    describeVerdict({ ...state, writer, listeners: only }).evidence,
    "Waiting for Loop. Start it in a terminal: deno task listener:sync.",
  );
});

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Finding, ListenerStatistics, Verdict } from "./checker/checker.ts";
import { formatReport } from "./report.ts";

const LOSS: Finding = { rule: "lost", what: "" };
const VIOLATION: Finding = { rule: "gap", what: "" };

function listener(recovery?: number, missed = 0): ListenerStatistics {
  const counts = { listener: "listener_sync", observed: 90, conflated: 4, missed, longestPause: 2 };
  return { ...counts, ...(recovery !== undefined && { recovery }) };
}

function verdict(fault: string, listeners: ListenerStatistics[], found: Finding[] = []): Verdict {
  return {
    fault,
    seed: 1,
    violations: found.filter((finding) => finding === VIOLATION),
    serverLosses: found.filter((finding) => finding === LOSS),
    writes: 100,
    listeners,
  };
}

Deno.test("formatReport() writes a row for each fault and one for all", () => {
  const report = formatReport([
    verdict("cut", [listener(0.1, 6), listener(0.4)]),
    verdict("kill a node", [listener(1.25), listener()], [LOSS, VIOLATION, LOSS]),
    verdict("cut", [listener(0.3), listener(0.2)]),
  ]);
  assertEquals(
    report,
    `\
| fault       | rounds | writes | observed | conflated | missed and accounted for | violations | server losses | recovery p50 (s) | recovery max (s) | pause p50 (s) | pause max (s) |
| ----------- | -----: | -----: | -------: | --------: | -----------------------: | ---------: | ------------: | ---------------: | ---------------: | ------------: | ------------: |
| cut         |      2 |    200 |      360 |        16 |                        6 |          0 |             0 |            0.200 |            0.400 |         2.000 |         2.000 |
| kill a node |      1 |    100 |      180 |         8 |                        0 |          1 |             2 |            1.250 |            1.250 |         2.000 |         2.000 |
| all         |      3 |    300 |      540 |        24 |                        6 |          1 |             2 |            0.300 |            1.250 |         2.000 |         2.000 |
`,
  );
});

Deno.test("formatReport() writes a dash for figures that were not measured", () => {
  const last = formatReport([]).trimEnd().split("\n").at(-1)!;
  assertEquals(last.split("|").map((cell) => cell.trim()).slice(1, -1), [
    "all",
    ...Array(7).fill("0"),
    ...Array(4).fill("-"),
  ]);
});

Deno.test("formatReport() escapes a fault's name", () => {
  assertStringIncludes(formatReport([verdict("cut|kill", [])]), "| cut\\|kill |");
});

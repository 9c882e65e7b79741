import { changeTo } from "../../tests/changes.ts";
import { assertEquals } from "@std/assert";
import type { Change } from "../observe/change.ts";
import { reportChange } from "./listening.ts";
import { createLog } from "../telemetry/log.ts";
import { RUN } from "./run.ts";
import { Metrics } from "../telemetry/metrics.ts";
import { createStamp, formatStamp, type StampVersion } from "../protocol/stamp.ts";

function changeOf(seq: number): Change<StampVersion> {
  return changeTo(formatStamp(createStamp("w", seq, 5_000_000 + seq)), { missed: 1 });
}

Deno.test("reportChange() returns the counts of that moment, whatever comes before the answer", () => {
  const context = { name: "me", log: createLog("me", "error", "text"), metrics: new Metrics() };
  const first = reportChange(changeOf(1), context);
  reportChange(changeOf(2), context);
  const account = { readAt: 6_000_000, changes: 1, conflated: 0, missed: 1, run: RUN };
  assertEquals(first?.account, account);
});

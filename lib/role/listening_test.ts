import { assertEquals } from "@std/assert";
import type { Change } from "../observe/change.ts";
import { reportChange } from "./listening.ts";
import { createLog } from "../telemetry/log.ts";
import { Metrics } from "../telemetry/metrics.ts";
import { createStamp, formatStamp } from "../protocol/stamp.ts";

function changeTo(seq: number): Change {
  const stamp = createStamp("w", seq, 5_000_000 + seq);
  const facts = { cause: "notification", readAt: 6_000_000, conflated: 0, missed: 1 } as const;
  return { key: "shared_key", value: formatStamp(stamp), stamp, ...facts };
}

Deno.test("reportChange() tells what was counted by then, whatever comes before the answer", () => {
  const context = { name: "me", log: createLog("me", "error", "text"), metrics: new Metrics() };
  const first = reportChange(changeTo(1), context);
  reportChange(changeTo(2), context);
  const account = { readAt: 6_000_000, changes: 1, conflated: 0, missed: 1 };
  assertEquals(first?.account, account);
});

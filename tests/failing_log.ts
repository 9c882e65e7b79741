/** A program that logs, and then fails with an unhandled error. */

import { createLog } from "../lib/telemetry/log.ts";
import { LogBuffer } from "../lib/telemetry/log_buffer.ts";

const log = createLog("failing", "info", "text", new LogBuffer());
for (const line of ["1", "2", "3"]) log.info(line);
setTimeout(() => {
  throw new Error("nobody handles this");
}, 0);

import { assert } from "@std/assert";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { cpuMeterOf } from "./process_cpu.ts";

/** A thread that uses its core for a while and then waits. */
const BUSY_THREAD = `
const until = performance.now() + 200;
while (performance.now() < until);
postMessage("done");
setInterval(() => {}, 1000);
`;

Deno.test("cpuMeterOf() counts threads that have ended", async () => {
  const cpuSeconds = cpuMeterOf(Deno.pid);
  const before = await cpuSeconds();
  const url = `data:text/javascript,${encodeURIComponent(BUSY_THREAD)}`;
  const worker = new Worker(new URL(url));
  await once(worker, "message");
  const during = await cpuSeconds();
  assert(during - before > 0.05, `${during - before} s`);
  await worker.terminate();
  assert(await cpuSeconds() >= during);
});

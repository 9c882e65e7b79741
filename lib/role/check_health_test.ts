import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { createLog } from "../telemetry/log.ts";
import { Metrics } from "../telemetry/metrics.ts";
import { serveMonitoring } from "../telemetry/monitoring.ts";
import { ReadinessWatch } from "../telemetry/readiness.ts";

/** Runs the check as a container does, with the permissions that it has there. */
async function check(port: number | string, ...args: string[]) {
  const permissions = ["--allow-env=METRICS_PORT", `--allow-net=127.0.0.1:${port || 1}`];
  const script = join(import.meta.dirname!, "check_health.ts");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-lock", "--no-prompt", ...permissions, script, ...args],
    // A proxy is not asked.
    env: { METRICS_PORT: `${port}`, HTTP_PROXY: "http://127.0.0.1:1", NO_PROXY: "" },
  }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

Deno.test("check_health.ts tells what the role says", async () => {
  const readiness = new ReadinessWatch();
  const source = { name: "me", metrics: new Metrics(), readiness };
  const log = createLog("me", "error", "text");
  await using monitoring = serveMonitoring(source, { host: "127.0.0.1", port: 0 }, log);
  const { port } = monitoring;
  const { code, text } = await check(port);
  assertEquals([code, text.split(", ")[0]], [1, "not connected to a server yet"]);
  assertEquals(await check(port, "healthz"), { code: 0, text: "" });
  readiness.followConnection({ server: "h:1", state: "connected" });
  readiness.followObservation({ state: "subscribed", key: "k", channel: "c" });
  assertEquals(await check(port), { code: 0, text: "" });
  assertEquals(await check(port, "readyz"), { code: 0, text: "" });
});

Deno.test("check_health.ts says so where nobody answers", async () => {
  using hanging = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = hanging.addr;
  assertEquals(await check(port), { code: 1, text: "no answer within 2 s\n" });
  hanging.close();
  const { code, text } = await check(port);
  assertEquals([code, /refused/i.test(text)], [1, true], text);
});

Deno.test("check_health.ts says which setting is missing", async () => {
  for (const port of ["", "0"]) {
    const text = "METRICS_PORT must be the port that the role serves, and is not set\n";
    assertEquals(await check(port), { code: 1, text });
  }
});

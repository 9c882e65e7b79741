import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createLog } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { type Monitoring, serveMonitoring } from "./monitoring.ts";
import { ReadinessWatch } from "./readiness.ts";

const HERE = { host: "127.0.0.1", port: 0 };
const LOG = createLog("me", "error", "text");

function start(readiness = new ReadinessWatch()): Monitoring {
  return serveMonitoring({ name: "me", metrics: new Metrics(), readiness }, HERE, LOG);
}

async function ask({ port }: Monitoring, path: string, method = "GET") {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

Deno.test("serveMonitoring() serves the metrics in the format of Prometheus", async () => {
  await using monitoring = start();
  const { status, headers, text } = await ask(monitoring, "/metrics?any=thing");
  assertEquals([status, headers.get("content-type")], [
    200,
    "text/plain; version=0.0.4; charset=utf-8",
  ]);
  assertStringIncludes(text, '\nkeydb_observable_connected{role="me"} 0\n');
});

Deno.test("serveMonitoring() reports on one line whether the role is ready", async () => {
  const readiness = new ReadinessWatch();
  await using monitoring = start(readiness);
  assertEquals((await ask(monitoring, "/healthz")).text, "alive\n");
  const { status, text, headers } = await ask(monitoring, "/readyz");
  assertEquals([status, headers.get("cache-control")], [503, "no-store"]);
  assertMatch(text, /^not connected to a server yet, since \d{4}-\d\d-\d\dT[\d:.]+Z\n$/);
  readiness.followConnection({ server: "h:1", state: "lost", reason: "ERR\u001b[31m\nforged" });
  assertStringIncludes((await ask(monitoring, "/readyz")).text, "ERR\\x1b[31m\\nforged), since");
  readiness.followConnection({ server: "h:1", state: "connected" });
  readiness.followObservation({ state: "subscribed", key: "k", channel: "c" });
  const ready = await ask(monitoring, "/readyz");
  assertEquals([ready.status, ready.text], [200, "ready\n"]);
});

Deno.test("serveMonitoring() rejects other methods and paths", async () => {
  await using monitoring = start();
  for (const path of ["/metrics", "/healthz", "/readyz"]) {
    const { status, headers } = await ask(monitoring, path, "POST");
    assertEquals([status, headers.get("allow")], [405, "GET, HEAD"], path);
    assertEquals((await ask(monitoring, path, "HEAD")).text, "");
  }
  for (const path of ["/", "/metrics/", "/constructor", "/__proto__", "//metrics"]) {
    assertEquals((await ask(monitoring, path)).status, 404, path);
  }
});

/** What a role serves for monitoring: metrics, whether it is alive, whether it is ready. */

import type { Registry } from "prom-client";
import { roomFor } from "./descriptors.ts";
import { createRegistry, type ExportSource } from "./exporter.ts";
import type { Log } from "./log.ts";
import { serve, type Served } from "./serving.ts";
import { escapeControls } from "../text.ts";

/** The media type of OpenMetrics. */
const OPEN_METRICS = "application/openmetrics-text";

/** How many connections for monitoring may be open at a time. */
const CONNECTIONS = 32;

/** The served port with a role's metrics and health. */
export interface Monitoring extends Served {
  /** The metrics of `/metrics`; others may be added. */
  readonly registry: Registry;
}

/**
 * Serves `/metrics` for Prometheus, `/healthz` (the process is alive), and `/readyz` (whether the role is ready; if
 * not, status 503 and why).
 *
 * @param source What the metrics are made of.
 * @param address The address of this machine, and the port of `METRICS_PORT`.
 * @param log Logs when connections are refused.
 * @returns The served port, with the registry of the metrics. Disposing of it ends the serving.
 * @throws {Error} If the port cannot be served.
 *
 * @example Usage
 * ```ts
 * import { createLog } from "./log.ts";
 * import { Metrics } from "./metrics.ts";
 * import { serveMonitoring } from "./monitoring.ts";
 * import { ReadinessWatch } from "./readiness.ts";
 *
 * const source = { name: "me", metrics: new Metrics(), readiness: new ReadinessWatch() };
 * await using monitoring = serveMonitoring(
 *   source,
 *   { host: "127.0.0.1", port: 0 },
 *   createLog("me", "info", "text"),
 * );
 * const answer = await fetch(`http://127.0.0.1:${monitoring.port}/readyz`);
 * console.log(answer.status, await answer.text()); // 503 not connected to a server yet, since …
 * ```
 */
export function serveMonitoring(
  source: ExportSource,
  address: { readonly host: string; readonly port: number },
  log: Log,
): Monitoring {
  const registry = createRegistry(source);
  const routes: Record<string, (accept: string) => Response | Promise<Response>> = {
    "/metrics": (accept) => writeMetrics(registry, accept),
    "/healthz": () => text("alive\n"),
    "/readyz": () => tellReadiness(source),
  };
  const connections = roomFor(CONNECTIONS);
  const options = { what: "metrics", setting: "METRICS_PORT", ...address, connections, log };
  const served = serve(options, ({ method, url, headers }) => {
    const { pathname } = new URL(url);
    if (!Object.hasOwn(routes, pathname)) {
      return text(`There is nothing here but ${Object.keys(routes).join(", ")}\n`, 404);
    }
    if (method === "GET" || method === "HEAD") return routes[pathname](headers.get("accept") ?? "");
    const refusal = text("Only GET and HEAD are allowed here\n", 405);
    refusal.headers.set("allow", "GET, HEAD");
    return refusal;
  });
  return { ...served, registry };
}

/**
 * Writes all metrics: as OpenMetrics if the request accepts it, as that of Prometheus does, else in Prometheus' older
 * text format. The two differ in the names of counters and at the end
 * (https://prometheus.io/docs/specs/om/open_metrics_spec/). They are converted here, as prom-client has one format per
 * registry.
 */
async function writeMetrics(registry: Registry, accept: string): Promise<Response> {
  const metrics = await registry.metrics();
  if (!accept.includes(OPEN_METRICS)) return text(metrics, 200, registry.contentType);
  const named = metrics.replaceAll(/^(# (?:HELP|TYPE) \S+)_total /gm, "$1 ");
  const open = `${named.replaceAll(/\n+/g, "\n")}# EOF\n`;
  return text(open, 200, `${OPEN_METRICS}; version=1.0.0; charset=utf-8`);
}

function tellReadiness({ readiness: { readiness } }: ExportSource): Response {
  if (readiness.ready) return text("ready\n");
  const { reason, since } = readiness;
  return text(`${escapeControls(reason)}, since ${new Date(since / 1000).toISOString()}\n`, 503);
}

function text(body: string, status = 200, type = "text/plain; charset=utf-8"): Response {
  const headers = {
    "content-type": type,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  };
  return new Response(body, { status, headers });
}

/** A real Prometheus, with the project's configuration and alerts, that scrapes real roles. */

import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { MonitoredRole } from "../tests/monitored.ts";
import { startCluster } from "../cluster/cluster.ts";
import { chooseEngine } from "../cluster/engine.ts";
import { Prometheus, runPromtool, testWithPrometheus } from "../tests/prometheus.ts";
import { freePorts } from "../cluster/ports.ts";
import { Proxy } from "../cluster/proxy.ts";
import grafana from "./grafana.json" with { type: "json" };
import { until } from "../tests/testing.ts";

/** How long Prometheus may take to see something, in milliseconds. */
const LIMIT_MS = 30_000;

function pathOf(file: string): string {
  return join(import.meta.dirname!, file);
}

/** The project's configuration and alerts, with other ports and shorter times. */
async function filesFor(roles: MonitoredRole[]): Promise<Record<string, string>> {
  const config = await Deno.readTextFile(pathOf("prometheus.yaml"));
  const alerts = await Deno.readTextFile(pathOf("alerts.yaml"));
  const targets = roles.map(({ port }) => `127.0.0.1:${port}`);
  return {
    "prometheus.yaml": config.replaceAll(/_interval: 5s/g, "_interval: 250ms")
      .replace(/targets: \[.*\]/, `targets: ${JSON.stringify(targets)}`),
    "alerts.yaml": alerts.replaceAll(/for: \d+\w/g, "for: 1s").replace("> 15\n", "> 2\n"),
  };
}

testWithPrometheus("promtool finds nothing wrong with configuration and alerts", async (t) => {
  await t.step("check config", async () => {
    await runPromtool(["check", "config", pathOf("prometheus.yaml")]);
  });
  await t.step("check rules", async () => {
    await runPromtool(["check", "rules", pathOf("alerts.yaml")]);
  });
  await t.step("test rules", async () => {
    await runPromtool(["test", "rules", pathOf("alerts_test.yaml")]);
  });
});

testWithPrometheus("Prometheus scrapes the roles, and raises alerts", async (t) => {
  await using cluster = await startCluster(await chooseEngine());
  await using proxy = new Proxy(cluster.node(1).port);
  const throughProxy = cluster.url(1).replace(/:\d+$/, `:${proxy.port}`);
  const urls = {
    writer: cluster.url(0),
    listener_sync: throughProxy,
    listener_async: cluster.url(2),
  };
  await using stack = new AsyncDisposableStack();
  const roles: MonitoredRole[] = [];
  for (const name of ["writer", "listener_sync", "listener_async"] as const) {
    const env = { KEYDB_URL: urls[name], UPDATE_INTERVAL: "0.2" };
    roles.push(stack.use(await MonitoredRole.start(name, env)));
  }
  roles.push(stack.use(
    await MonitoredRole.start("dashboard", {
      KEYDB_URL: cluster.nodes.map(({ url }) => url).join(","),
      DASHBOARD_PORT: `${freePorts(1)[0]}`,
    }),
  ));
  for (const role of roles) await role.says(/^ready$/m);
  await using prometheus = await Prometheus.start(await filesFor(roles));

  async function shows(expression: string, count: number): Promise<void> {
    await until(
      async () => (await prometheus.query(expression)).length === count,
      `${count} series of ${expression} in Prometheus`,
      LIMIT_MS,
    );
  }

  /** Returns the firing alerts, as `alert role`, except for the one that a busy machine may cause. */
  async function firing(): Promise<string[]> {
    const alerts = await prometheus.query(
      'ALERTS{alertstate="firing", alertname!="TimeDifferenceHigh"}',
    );
    return alerts.map(({ metric: { alertname, role, instance } }) =>
      `${alertname} ${role ?? instance}`
    ).sort();
  }

  await t.step("which all are up, and count", async () => {
    await shows('up{job="roles"} == 1', 4);
    await shows("keydb_observable_node_up == 1", cluster.nodes.length);
    await shows("sum by (role) (keydb_observable_changes_total) > 5", 2);
    await shows("keydb_observable_writes_total > 5", 1);
    await shows("increase(keydb_observable_handshakes_total[5m]) > 0", 2);
    await shows(
      "histogram_quantile(0.99, sum by (role, le) (rate(keydb_observable_time_difference_seconds_bucket[5m]))) > 0",
      2,
    );
    const versions = await prometheus.query("keydb_observable_build_info");
    assertEquals(versions.map(({ metric }) => metric.deno), Array(4).fill(Deno.version.deno));
    assertEquals(await firing(), []);
  });

  await t.step("and every query of the Grafana dashboard finds something", async () => {
    for (const { title, targets } of grafana.panels) {
      for (const { expr } of targets) {
        if (title === "Replication links up" && cluster.nodes.length === 1) continue;
        const query = expr.replaceAll("$__rate_interval", "10s");
        await until(
          async () => (await prometheus.query(query)).length > 0,
          `what "${title}" asks for: ${query}`,
          LIMIT_MS,
        );
      }
    }
  });

  await t.step("of a listener that is cut off", async () => {
    proxy.cut();
    await shows('ALERTS{alertname="RoleNotObserving", alertstate="firing"}', 1);
    await shows('ALERTS{alertname="ListenerStale", alertstate="firing"}', 1);
    const alerts = ["ListenerStale listener_sync", "RoleNotObserving listener_sync"];
    assertEquals(await firing(), alerts);
    proxy.heal();
    await shows('ALERTS{alertname="ListenerStale"}', 0);
    await shows('ALERTS{alertname="RoleNotObserving"}', 0);
    await shows('ALERTS{alertname="ValuesMissed", alertstate="firing"}', 1);
  });

  await t.step("of a node that is killed", async () => {
    await cluster.node(2).kill();
    await shows('ALERTS{alertname="NodeDown", alertstate="firing"}', 1);
    cluster.node(2).start();
    await shows('ALERTS{alertname="NodeDown"}', 0);
  });

  await t.step("of a listener that is killed", async () => {
    const [, , listener] = roles;
    listener.role.signal("SIGKILL");
    await shows('ALERTS{alertname="RoleDown", alertstate="firing"}', 1);
    assert((await firing()).includes(`RoleDown 127.0.0.1:${listener.port}`));
    await shows('up{job="roles"} == 1', 3); // on a busy machine, a scrape may time out
  });
});

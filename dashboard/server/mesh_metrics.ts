/** Metrics of the servers, as the dashboard sees them. */

import { Gauge, type Registry } from "prom-client";
import type { State } from "../protocol.ts";

/**
 * Adds metrics of the servers and their links. Each scrape computes them from the current state.
 *
 * @param registry The registry to which they are added.
 * @param stateOf Returns the current state.
 */
export function addMeshMetrics(registry: Registry, stateOf: () => Pick<State, "nodes" | "links">) {
  new Gauge({
    name: "keydb_observable_node_up",
    help: "Whether a server can be reached and has its data loaded; absent while that is unknown.",
    labelNames: ["node"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { name: node, status } of stateOf().nodes) {
        if (status !== "unknown") this.set({ node }, status === "up" ? 1 : 0);
      }
    },
  });
  new Gauge({
    name: "keydb_observable_replication_link_up",
    help: "Whether a server replicates another one's writes; absent while it cannot be queried.",
    labelNames: ["from", "to"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { from, to, status } of stateOf().links) {
        if (status !== "unknown") this.set({ from, to }, status === "up" ? 1 : 0);
      }
    },
  });
}

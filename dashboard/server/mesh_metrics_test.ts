import { assertEquals } from "@std/assert";
import { Registry } from "prom-client";
import { BoardUnderTest, NODES } from "./_testing.ts";
import { addMeshMetrics } from "./mesh_metrics.ts";

Deno.test("The metrics show which servers are up, and which links", async () => {
  const t = new BoardUnderTest();
  const registry = new Registry();
  addMeshMetrics(registry, () => t.state);
  const told = async () => {
    const lines = (await registry.metrics()).split("\n");
    return lines.filter((line) => /^\w/.test(line));
  };
  const info = "master_host:keydb_01\nmaster_port:6379\nmaster_link_status:up\n" +
    'master_1_host:a"\\b\nmaster_1_port:1';
  t.answer(NODES[0]);
  t.answer(NODES[1], [], info);
  assertEquals(await told(), [
    'keydb_observable_node_up{node="keydb_01:6379"} 1',
    'keydb_observable_node_up{node="keydb_02:6379"} 1',
    'keydb_observable_replication_link_up{from="keydb_01:6379",to="keydb_02:6379"} 1',
    'keydb_observable_replication_link_up{from="a\\"\\\\b:1",to="keydb_02:6379"} 0',
  ]);
  t.board.seeNode(NODES[1], { reason: "no answer" });
  assertEquals(await told(), [
    'keydb_observable_node_up{node="keydb_01:6379"} 1',
    'keydb_observable_node_up{node="keydb_02:6379"} 0',
  ]);
});

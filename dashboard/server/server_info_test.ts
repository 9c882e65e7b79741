import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseClients, parseServerInfo } from "./server_info.ts";

Deno.test("parseServerInfo() finds all sources of a KeyDB node", () => {
  const info = [
    "# Replication",
    "role:active-replica",
    "master_global_link_status:down",
    "connected_masters:1",
    "master_host:127.0.0.1",
    "master_port:7002",
    "master_link_status:down",
    "master_sync_in_progress:0",
    "master_link_down_since_seconds:3",
    "master_1_host:::1",
    "master_1_port:7003",
    "master_1_link_status:up",
    "master_1_sync_in_progress:0",
    "master_2_host:keydb_04",
    "master_2_port:6379",
    "master_2_link_status:down",
    "master_2_sync_in_progress:1",
    "# Persistence",
    "loading:0",
  ].join("\r\n");
  assertEquals(parseServerInfo(info), {
    role: "active-replica",
    loading: false,
    sources: [
      { name: "127.0.0.1:7002", status: "down", downFor: 3 },
      { name: "[::1]:7003", status: "up" },
      { name: "keydb_04:6379", status: "syncing" },
    ],
  });
});

Deno.test("parseServerInfo() finds no source of a primary, and that a server is loading", () => {
  const info = "role:master\r\nconnected_slaves:2\r\nloading:1\r\n";
  assertEquals(parseServerInfo(info), { role: "master", loading: true, sources: [] });
});

Deno.test("parseServerInfo() accepts any text, and returns short and clean ones", () => {
  const line = fc.tuple(
    fc.constantFrom(
      "role",
      "loading",
      ...["host", "port", "link_status", "sync_in_progress", "link_down_since_seconds"]
        .flatMap((name) => [`master_${name}`, `master_1_${name}`]),
    ),
    fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.constantFrom("1", "6379", "up")),
  ).map(([name, value]) => `${name}:${value}`);
  const info = fc.oneof(fc.array(line).map((lines) => lines.join("\r\n")), fc.string());
  fc.assert(fc.property(info, (text) => {
    const { role = "", sources } = parseServerInfo(text);
    for (const shown of [role, ...sources.map(({ name }) => name)]) {
      assert(Array.from(shown).length <= 81);
      assert(/^[^\p{C}\p{Zl}\p{Zp}]*$/u.test(shown));
    }
  }));
});

Deno.test("parseClients() finds the names and who is subscribed, and leaves out connections without a name", () => {
  const list = [
    "id=4 addr=127.0.0.1:1 fd=14 name= age=4 cmd=replconf user=default lib-name=x lib-ver=",
    "id=5 addr=127.0.0.1:2 fd=15 name=writer age=4 sub=0 psub=0 cmd=set user=writer",
    "id=6 addr=127.0.0.1:3 fd=16 name=listener_sync age=4 sub=1 psub=0 cmd=subscribe user=default",
    "id=7 addr=127.0.0.1:4 fd=17 name=listener_sync age=4 sub=0 psub=0 cmd=get user=default",
    "id=8 addr=127.0.0.1:5 fd=18 name=patterns age=4 sub=0 psub=2 cmd=psubscribe user=default",
  ].join("\n");
  const found = [["writer", false], ["listener_sync", true], ["patterns", true]] as const;
  assertEquals(parseClients(list), new Map(found));
  assertEquals(parseClients(""), new Map());
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    for (const name of parseClients(text).keys()) assert(!/\s/.test(name));
  }));
});

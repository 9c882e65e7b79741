import { assertEquals } from "@std/assert";
import { TestClient, testOnEngines } from "../local/testing.ts";
import { formatHandshake, writeHandshake } from "./handshake.ts";
import { createStamp } from "./stamp.ts";

Deno.test("formatHandshake() names no number for a change of the older form", () => {
  const text = formatHandshake("Hi", { writer: "Python01", timestamp: 5 }, 6_500_000);
  assertEquals(text, "Hi micros 6500000 timestamp 6");
});

testOnEngines("writeHandshake() sets both keys", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await writeHandshake(client, "me", "Hello there", createStamp("writer", 42, 1725543675123456));
  assertEquals(await client.get("handshake_key"), "Hello there");
  const answer = await client.get("handshake_key:me");
  assertEquals(/^Hello there seq 42 micros \d{16} timestamp \d{10}$/.test(answer ?? ""), true);
});

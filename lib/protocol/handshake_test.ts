import { assertAlmostEquals, assertEquals } from "@std/assert";
import { TestClient, testOnEngines } from "../../tests/testing.ts";
import { nowMicros } from "../clock.ts";
import { formatHandshake, parseHandshake, writeHandshake } from "./handshake.ts";
import { createStamp } from "./stamp.ts";

const account = { readAt: 6_400_000, changes: 43, conflated: 2, missed: 1 };

Deno.test("formatHandshake() omits the number for a change of the older form", () => {
  const text = formatHandshake({ phrase: "Hi", micros: 6_500_000 });
  assertEquals(text, "Hi micros 6500000 timestamp 6");
});

Deno.test("formatHandshake() ends with whole seconds, whatever comes before", () => {
  const text = formatHandshake({
    phrase: "Hi",
    seq: 7,
    micros: 6_500_000,
    written: 6_000_000,
    account,
  });
  assertEquals(
    text,
    "Hi seq 7 micros 6500000 written 6000000 read 6400000 changes 43 conflated 2 missed 1 timestamp 6",
  );
});

Deno.test("parseHandshake() reads what formatHandshake() writes", () => {
  for (const phrase of ["Hi", "Handshake from listener_async", "seq 1 of many", "", " "]) {
    for (const more of [{}, { seq: 7 }, { seq: 0, written: 6_000_000 }, { account }]) {
      const handshake = { phrase, micros: 6_500_000, ...more };
      assertEquals(parseHandshake(formatHandshake(handshake)), handshake);
    }
  }
});

for (
  const text of [
    "",
    "Hi",
    "Hi seq 7",
    "Hi seq 7 timestamp 6",
    "Hi micros 6500000 timestamp 7",
    "Hi micros 6500000 timestamp 6 ",
    "Hi micros 6500000 timestamp 6\n",
    "Hi seq 9999999999999999 micros 6500000 timestamp 6",
    `${" seq 1".repeat(1_000_000)}x`,
  ]
) {
  Deno.test(`parseHandshake() rejects everything else: ${text.slice(0, 60)}`, () => {
    assertEquals(parseHandshake(text), undefined);
  });
}

testOnEngines("writeHandshake() sets both keys", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await writeHandshake(client, "me", "Hello there", createStamp("writer", 42, 5_000_000), account);
  assertEquals(await client.get("handshake_key"), "Hello there");
  const answer = await client.get("handshake_key:me");
  const { micros, ...rest } = parseHandshake(answer!)!;
  assertAlmostEquals(micros, nowMicros(), 60_000_000);
  assertEquals(rest, { phrase: "Hello there", seq: 42, written: 5_000_000, account });
});

/** Round trips, on real servers. */

import { assert, assertEquals } from "@std/assert";
import { nowMicros } from "../../lib/clock.ts";
import { writeHandshake } from "../../lib/protocol/handshake.ts";
import { createStamp } from "../../lib/protocol/stamp.ts";
import { TestClient, testOnEngines, until } from "../../tests/testing.ts";
import { RoundTrips } from "./round_trips.ts";

testOnEngines("RoundTrips counts from the intended time of the write", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await using roundTrips = await RoundTrips.of(client, "listener");
  const begin = nowMicros() - 60_000_000; // a minute ago
  roundTrips.begin({ begin, rate: 1, writes: 60 }, 100);
  await writeHandshake(client, "listener", "Hello", createStamp("load", 130, 0)); // due half a minute ago
  await until(() => roundTrips.histogram.totalCount === 1, "a sample");
  const { maxValue } = roundTrips.histogram;
  assert(maxValue > 29_000_000 && maxValue < 40_000_000, `${maxValue}`);
});

testOnEngines("RoundTrips leaves out what answers no write of the run", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await using roundTrips = await RoundTrips.of(client, "listener");
  const answer = async (seq: number) => {
    await writeHandshake(client, "listener", "Hello", createStamp("load", seq, 0));
  };
  roundTrips.begin({ begin: nowMicros() - 1_000_000, rate: null, writes: 10 }, 50);
  await answer(49);
  await answer(60);
  await client.set("handshake_key:listener", "no handshake");
  await client.set("handshake_key:other", "Hello seq 55 micros 1 timestamp 0");
  await until(async () => {
    await answer(55); // again and again: it is a sample
    return roundTrips.histogram.totalCount > 0;
  }, "a sample");
  assert(roundTrips.histogram.minNonZeroValue >= 1_000_000);
  roundTrips.begin({ begin: nowMicros(), rate: null, writes: 10 }, 50);
  assertEquals(roundTrips.histogram.totalCount, 0);
});

/** Counts the traffic between a mechanism and the server for one write. */

import { setTimeout as delay } from "node:timers/promises";
import { nowMicros } from "../../lib/clock.ts";
import { Proxy } from "../../cluster/proxy.ts";
import type { Mechanism } from "../mechanisms/mechanism.ts";
import { startMechanism } from "../mechanisms/process.ts";
import type { Traffic } from "../results.ts";
import { LoadGenerator } from "./load.ts";
import type { Place } from "./servers.ts";

/** Few writes per second, so that none waits for another. */
const RATE = 50;
const WRITES = 100;

/** Writes before the measurement, so that everything is set up. */
const FIRST_WRITES = 5;

/** How long the last value may take to be learned, in milliseconds. */
const SETTLE_MS = 200;

/** The start of a command. */
const COMMAND = /\*\d+\r\n\$/g;

/**
 * Measures the traffic, without writes and with them.
 *
 * @param mechanism The mechanism.
 * @param place The server, without TLS.
 * @returns The traffic that one write adds, and the traffic without writes.
 */
export async function measureTraffic(
  { name, announcement }: Mechanism,
  { url, server, env }: Place,
): Promise<Traffic> {
  const counts = { commands: 0, sent: 0, received: 0 };
  await using line = new Proxy(server.port, (bytes, isRequest) => {
    counts[isRequest ? "sent" : "received"] += bytes.length;
    if (isRequest) counts.commands += new TextDecoder().decode(bytes).match(COMMAND)?.length ?? 0;
  }, server.host);
  await using writer = await LoadGenerator.start(server);
  const address = new URL(url);
  address.host = `127.0.0.1:${line.port}`;
  await using _process = await startMechanism(name, address.href, env);
  let firstSeq = nowMicros();
  const write = async (writes: number) => {
    const schedule = { begin: nowMicros(), rate: RATE, writes };
    await writer.run({ kind: "stamps", schedule, firstSeq, announcement });
    firstSeq += writes;
    await delay(SETTLE_MS);
  };
  const during = async (work: () => Promise<unknown>) => {
    const before = { ...counts };
    const began = performance.now();
    await work();
    return {
      seconds: (performance.now() - began) / 1000,
      commands: counts.commands - before.commands,
      sent: counts.sent - before.sent,
      received: counts.received - before.received,
    };
  };
  await write(FIRST_WRITES);
  const idle = await during(() => delay(WRITES / RATE * 1000));
  const busy = await during(() => write(WRITES));
  const each = (figure: (name: keyof typeof counts) => number) => ({
    commands: figure("commands"),
    sent: figure("sent"),
    received: figure("received"),
  });
  return {
    connections: line.connections,
    perWrite: each((name) => (busy[name] - idle[name] / idle.seconds * busy.seconds) / WRITES),
    idle: each((name) => idle[name] / idle.seconds),
  };
}

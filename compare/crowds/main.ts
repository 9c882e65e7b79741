/**
 * Runs many listeners in one process: `main.ts CHANNEL URL COUNT` prints `ready` when all have subscribed. Each reads
 * the key at its notification and answers with a handshake. When everything that a write causes has arrived, it prints
 * how long each listener took to read the value, in microseconds, as a line of JSON. Started by `crowds.ts`.
 */

import { nowMicros } from "../../lib/clock.ts";
import { notificationChannel, type Via } from "../../lib/observe/channels.ts";
import { HANDSHAKE_KEY, SHARED_KEY } from "../../lib/protocol/keys.ts";
import { isFull, parseStamp } from "../../lib/protocol/stamp.ts";
import { connect, databaseOf } from "../mechanisms/mechanism.ts";

const [via, url, count] = Deno.args;
const listeners = Number(count);
const isKeyevent = via === "keyevent";
const channel = notificationChannel(via as Via, databaseOf(url), SHARED_KEY);

/** Notifications per write. On `keyevent`, every handshake is announced to every listener too. */
const expected = listeners * (isKeyevent ? 1 + listeners : 1);

/** Exits when the parent does. */
Deno.stdin.readable.pipeTo(new WritableStream()).then(() => Deno.exit());

let notifications = 0;
let durations: number[] = [];

await Promise.all(Array.from({ length: listeners }, listen));
console.log("ready");

async function listen(): Promise<void> {
  const [client, subscriber] = [connect(url), connect(url)];
  await Promise.all([subscriber.subscribe(channel), client.ping()]);
  subscriber.on("message", async (_channel, message) => {
    notifications++;
    if (message === (isKeyevent ? SHARED_KEY : "set")) {
      const value = await client.get(SHARED_KEY);
      const readAt = nowMicros();
      await client.set(HANDSHAKE_KEY, "Handshake triggered by key event");
      const stamp = parseStamp(value!)!;
      durations.push(readAt - (isFull(stamp) ? stamp.micros : NaN));
    }
    if (notifications >= expected && durations.length === listeners) finish();
  });
}

function finish(): void {
  console.log(JSON.stringify(durations));
  [notifications, durations] = [0, []];
}

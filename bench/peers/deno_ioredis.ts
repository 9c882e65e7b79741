/** A minimal listener with ioredis, on Deno: it subscribes, reads, logs and answers, without any guarantees. */

import { Redis } from "ioredis";

const url = Deno.args[0];
const subscriber = new Redis(url);
const client = new Redis(url);

/** Logs a line. Lines are written together, at most 5 ms later, as our listeners do. */
const lines: string[] = [];
function log(line: string): void {
  if (lines.push(line) === 1) setTimeout(() => console.log(lines.splice(0).join("\n")), 5);
}

subscriber.on("message", async (_channel: string, key: string) => {
  if (key !== "shared_key") return;
  const value = await client.get("shared_key");
  const micros = Number(/ micros (\d+) /.exec(value!)![1]);
  const seconds = ((performance.timeOrigin + performance.now()) * 1000 - micros) / 1e6;
  log(`peer read shared_key: ${value}, Time difference: ${seconds.toFixed(6)} seconds`);
  await client.set("handshake_key", "Handshake from a peer");
  log("peer set handshake_key: Handshake from a peer");
});
await subscriber.subscribe("__keyevent@0__:set");

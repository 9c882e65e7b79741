/** A minimal listener with node-redis, on Node. */

import { createClient } from "redis";

const url = process.argv[2];
const client = await createClient({ url }).connect();
const subscriber = await client.duplicate().connect();

/** Logs a line. Lines are written together, at most 5 ms later, as our listeners do. */
const lines = [];
function log(line) {
  if (lines.push(line) === 1) setTimeout(() => console.log(lines.splice(0).join("\n")), 5);
}

await subscriber.subscribe("__keyevent@0__:set", async (key) => {
  if (key !== "shared_key") return;
  const value = await client.get("shared_key");
  const micros = Number(/ micros (\d+) /.exec(value)[1]);
  const seconds = ((performance.timeOrigin + performance.now()) * 1000 - micros) / 1e6;
  log(`peer read shared_key: ${value}, Time difference: ${seconds.toFixed(6)} seconds`);
  await client.set("handshake_key", "Handshake from a peer");
  log("peer set handshake_key: Handshake from a peer");
});

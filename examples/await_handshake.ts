/**
 * Waits for an answer, with a time-out: writes a stamp to `shared_key`, and waits until a listener answers this stamp.
 *
 * ```sh
 * KEYDB_URL=redis://127.0.0.1:6379 deno run --allow-net --allow-env=KEYDB_URL --ignore-env \
 *   examples/await_handshake.ts listener_sync 5
 * ```
 */

import type { Redis } from "ioredis";
import {
  createStamp,
  formatStamp,
  type Handshake,
  handshakeKeyOf,
  nowMicros,
  observe,
  openConnection,
  parseHandshake,
  parseStamp,
  Primary,
  SHARED_KEY,
} from "@observable/keydb";

const NAME = "await_handshake";

/** Writes a stamp, and resolves to its answer; rejects with the reason of an aborted signal. */
export async function askListener(
  client: Redis,
  listener: string,
  signal: AbortSignal,
): Promise<Handshake> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
  // Without the race, a write that waits for its server would continue after the abort.
  return await Promise.race([writeAndWait(client, listener, signal), aborted]);
}

async function writeAndWait(
  client: Redis,
  listener: string,
  signal: AbortSignal,
): Promise<Handshake> {
  const last = parseStamp(await client.get(SHARED_KEY) ?? "");
  const stamp = createStamp(NAME, (last?.seq ?? 0) + 1, nowMicros());
  await using answers = observe(client, handshakeKeyOf(listener), { signal });
  await using primary = new Primary(client, { name: NAME, signal });
  await primary.write((client) => client.set(SHARED_KEY, formatStamp(stamp)));
  for await (const { value } of answers) {
    const handshake = parseHandshake(value ?? "");
    if (handshake?.seq === stamp.seq && handshake.written === stamp.micros) return handshake;
  }
  throw signal.reason;
}

if (import.meta.main) {
  const [listener = "listener_sync", seconds = "5"] = Deno.args;
  if (!(Number(seconds) > 0)) {
    console.error(`The time-out must be a number of seconds: got "${seconds}"`);
    Deno.exit(2);
  }
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort(new Error("stopped")));
  const late = new Error(`${listener} did not answer within ${seconds} s`);
  const timer = setTimeout(() => stop.abort(late), Number(seconds) * 1000);
  try {
    const url = Deno.env.get("KEYDB_URL") ?? "redis://127.0.0.1:6379";
    await using connection = await openConnection(url, { name: NAME, signal: stop.signal });
    const handshake = await askListener(connection.client, listener, stop.signal);
    const { phrase, seq, micros, written } = handshake;
    console.log(`${listener} answered seq ${seq} in ${(micros - written!) / 1e6} s: ${phrase}`);
  } catch (error) {
    console.error((error as Error).message);
    Deno.exitCode = 1;
  } finally {
    clearTimeout(timer);
  }
}

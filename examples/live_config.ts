/**
 * Configuration that is reloaded without a restart: a key's value sets what a greeter says, and how often. An invalid
 * value is reported and ignored, and the last valid one stays in use.
 *
 * ```sh
 * KEYDB_URL=redis://127.0.0.1:6379 deno run --allow-net --allow-env=KEYDB_URL --ignore-env \
 *   examples/live_config.ts
 * redis-cli set greeter_config '{"greeting": "Good morning", "seconds": 0.5}'
 * ```
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import { type ObservationStatus, observe, openConnection } from "@observable/keydb";

const KEY = "greeter_config";

/** How to greet. */
export interface Config {
  /** What to say. */
  readonly greeting: string;
  /** How long to wait before the next greeting, in seconds. */
  readonly seconds: number;
}

/** Parses a configuration; throws an error that says what is wrong with it. */
export function parseConfig(text: string): Config {
  const { greeting, seconds } = JSON.parse(text) ?? {};
  if (typeof greeting !== "string") throw new TypeError('"greeting" must be a text');
  if (!(seconds >= 0.01 && seconds <= 3600)) throw new RangeError('"seconds" must be 0.01 to 3600');
  return { greeting, seconds };
}

/** The current configuration, which a loop keeps up to date. */
export class LiveConfig {
  /** The last valid one; a default before the first. */
  current: Config = { greeting: "Hello", seconds: 1 };

  /** Follows the key until the signal is aborted. */
  async follow(client: Redis, signal: AbortSignal): Promise<void> {
    const options = { via: "keyspace", signal, onStatus: report } as const;
    for await (const { value, problem } of observe(client, KEY, options)) {
      try {
        if (value === null) throw new Error(problem ?? "it does not exist");
        this.current = parseConfig(value);
        console.log(`Using ${JSON.stringify(this.current)}`);
      } catch (error) {
        const stays = JSON.stringify(this.current);
        console.warn(`Cannot use ${KEY} (${(error as Error).message}): it stays at ${stays}`);
      }
    }
  }
}

/** Warns the operator when changes do not arrive; the program goes on meanwhile. */
function report(status: ObservationStatus): void {
  if (status.state === "interrupted") console.warn(`Not receiving changes (${status.reason})`);
  if (status.state === "subscribed") console.log(`Receiving changes of ${status.key}`);
}

async function greet(live: LiveConfig, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    console.log(live.current.greeting);
    await delay(live.current.seconds * 1000, undefined, { signal });
  }
}

if (import.meta.main) {
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort());
  try {
    await using connection = await openConnection(
      Deno.env.get("KEYDB_URL") ?? "redis://127.0.0.1:6379",
      { name: "live_config", signal: stop.signal },
    );
    const live = new LiveConfig();
    await Promise.all([live.follow(connection.client, stop.signal), greet(live, stop.signal)]);
  } catch (error) {
    if (!stop.signal.aborted) console.error((error as Error).message);
    Deno.exitCode = stop.signal.aborted ? 0 : 1;
  }
}

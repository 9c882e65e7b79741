/** Polling: reads the key at fixed pauses. */

import { setTimeout as delay } from "node:timers/promises";
import { SHARED_KEY } from "../../lib/protocol/keys.ts";
import { connect, type Mechanism } from "./mechanism.ts";

/** How long a read may take before the connection counts as dead, in milliseconds. */
const SILENCE_MS = 3000;

/**
 * Creates a mechanism that reads the key again and again.
 *
 * @param ms The pause between two reads, in milliseconds.
 * @returns The mechanism.
 */
export function polling(ms: number): Mechanism {
  return {
    name: `GET every ${ms < 1000 ? `${ms} ms` : `${ms / 1000} s`}`,
    announcement: "none",
    needsFlags: false,
    async observe(url, { learn }) {
      const client = connect(url, { socketTimeout: SILENCE_MS });
      learn(await client.get(SHARED_KEY));
      void (async () => {
        while (true) {
          await delay(ms);
          learn(await client.get(SHARED_KEY));
        }
      })();
    },
  };
}

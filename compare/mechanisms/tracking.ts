/**
 * Client-side caching (https://redis.io/docs/latest/develop/reference/client-side-caching/): the server announces
 * changes of keys that were read. The invalidations go to a second connection, as ioredis drops those of RESP3.
 */

import { SHARED_KEY } from "../../lib/protocol/keys.ts";
import { connect, type Mechanism } from "./mechanism.ts";

const CHANNEL = "__redis__:invalidate";

/** Each read makes the server announce the next change. */
export const tracking: Mechanism = trackWith("tracking", []);

/** The server announces every change of keys with a prefix. */
export const broadcastTracking: Mechanism = trackWith("tracking, BCAST", [
  "BCAST",
  "PREFIX",
  SHARED_KEY,
]);

function trackWith(name: string, mode: readonly string[]): Mechanism {
  return {
    name,
    announcement: "none",
    needsFlags: false,
    async observe(url, { learn }) {
      const client = connect(url);
      const subscriber = connect(url, { protocol: 2, autoResubscribe: false });
      const read = async () => learn(await client.get(SHARED_KEY));
      const start = Promise.withResolvers<void>();
      let id: number | undefined;
      const track = async () => {
        if (id === undefined) return;
        const replies = await client.pipeline()
          .call("CLIENT", "TRACKING", "OFF")
          .call("CLIENT", "TRACKING", "ON", "REDIRECT", id, ...mode)
          .exec();
        for (const [error] of replies!) if (error) throw error;
        await read(); // what changed before tracking
        start.resolve();
      };
      const retry = () =>
        track().catch((error) => {
          if (error.name === "ReplyError") start.reject(error); // else it runs again when the other connection is back
        });
      client.on("ready", retry);
      subscriber.on("message", read);
      subscriber.on("close", () => id = undefined);
      subscriber.on("ready", async () => {
        id = await subscriber.client("ID");
        await subscriber.subscribe(CHANNEL);
        await retry();
      });
      await start.promise;
    },
  };
}

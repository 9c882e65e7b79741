/**
 * Client-side caching (https://redis.io/docs/latest/develop/reference/client-side-caching/): the server announces that a
 * key which was read has changed. The invalidations go to a second connection, as ioredis drops RESP3's.
 */

import { SHARED_KEY } from "../../lib/protocol/keys.ts";
import { connect, type Mechanism } from "./mechanism.ts";

const CHANNEL = "__redis__:invalidate";

/** Each read arms the next invalidation. */
export const tracking: Mechanism = trackWith("tracking", []);

/** The server announces every change of the keys with a prefix. */
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
        await read(); // what changed before
        start.resolve();
      };
      const retry = () =>
        track().catch((error) => {
          if (error.name === "ReplyError") start.reject(error); // else the other connection's return brings us back
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

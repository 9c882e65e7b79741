/** Keyspace notifications as most people use them: subscribe, and read the key at each notification. */

import { SHARED_KEY } from "../../lib/protocol/keys.ts";
import { connect, databaseOf, type Mechanism } from "./mechanism.ts";

/** All keys' `set` events: the listener looks for its own key. */
export const keyevent: Mechanism = readAtNotification(
  "keyevent + GET",
  (database) => `__keyevent@${database}__:set`,
  (key) => key === SHARED_KEY,
);

/** All events of one key. */
export const keyspace: Mechanism = readAtNotification(
  "keyspace + GET",
  (database) => `__keyspace@${database}__:${SHARED_KEY}`,
  (event) => event === "set",
);

function readAtNotification(
  name: string,
  channelOf: (database: number) => string,
  isMeant: (message: string) => boolean,
): Mechanism {
  return {
    name,
    announcement: "none",
    needsFlags: true,
    async observe(url, { learn }) {
      const [client, subscriber] = [connect(url), connect(url)];
      subscriber.on("message", async (_channel, message) => {
        if (isMeant(message)) learn(await client.get(SHARED_KEY));
      });
      await subscriber.subscribe(channelOf(databaseOf(url)));
    },
  };
}

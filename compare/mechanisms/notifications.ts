/** Keyspace notifications as most people use them: subscribe, and read the key at each notification. */

import { notificationChannel, type Via } from "../../lib/observe/channels.ts";
import { SHARED_KEY } from "../../lib/protocol/keys.ts";
import { connect, databaseOf, type Mechanism } from "./mechanism.ts";

/** All keys' `set` events: the listener looks for its own key. */
export const keyevent: Mechanism = readAtNotification(
  "keyevent",
  (key) => key === SHARED_KEY,
);

/** All events of one key. */
export const keyspace: Mechanism = readAtNotification(
  "keyspace",
  (event) => event === "set",
);

function readAtNotification(
  via: Via,
  isMeant: (message: string) => boolean,
): Mechanism {
  return {
    name: `${via} + GET`,
    announcement: "none",
    needsFlags: true,
    async observe(url, { learn }) {
      const [client, subscriber] = [connect(url), connect(url)];
      subscriber.on("message", async (_channel, message) => {
        if (isMeant(message)) learn(await client.get(SHARED_KEY));
      });
      await subscriber.subscribe(notificationChannel(via, databaseOf(url), SHARED_KEY));
    },
  };
}

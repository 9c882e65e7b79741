/** Keyspace notifications: subscribe, and read the key at each notification. */

import { notificationChannel } from "../../lib/observe/channels.ts";
import { SHARED_KEY } from "../../lib/protocol/keys.ts";
import { connect, databaseOf, type Mechanism } from "./mechanism.ts";

/** As most people use them: all keys' `set` events, and no read but at a notification. */
export const keyevent: Mechanism = {
  name: "keyevent + GET",
  announcement: "none",
  needsFlags: true,
  async observe(url, { learn }) {
    const [client, subscriber] = [connect(url), connect(url)];
    subscriber.on("message", async (_channel, key) => {
      if (key === SHARED_KEY) learn(await client.get(SHARED_KEY));
    });
    await subscriber.subscribe(notificationChannel("keyevent", databaseOf(url), SHARED_KEY));
  },
};

/** With more care: one key's events only, and a read whenever the subscription is there again. */
export const keyspace: Mechanism = {
  name: "keyspace + GET, and on reconnect",
  announcement: "none",
  needsFlags: true,
  async observe(url, { learn }) {
    const client = connect(url);
    const subscriber = connect(url, { autoResubscribe: false });
    const read = async () => learn(await client.get(SHARED_KEY));
    const start = Promise.withResolvers<void>();
    subscriber.on("message", (_channel, event) => event === "set" && read());
    subscriber.on("ready", async () => {
      try {
        await subscriber.subscribe(notificationChannel("keyspace", databaseOf(url), SHARED_KEY));
        await read();
        start.resolve();
      } catch (error) {
        start.reject(error); // later ones: the next connection tries again
      }
    });
    await start.promise;
  },
};

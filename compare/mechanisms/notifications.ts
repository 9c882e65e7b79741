/** Keyspace notifications: subscribes, and reads the key at each notification. */

import { notificationChannel } from "../../lib/observe/channels.ts";
import { SHARED_KEY } from "../../lib/protocol/keys.ts";
import { connect, databaseOf, type Mechanism } from "./mechanism.ts";

/** The usual form: `set` events of all keys, and a read only at a notification. */
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

/** The careful form: events of one key only, and a read after each subscription. */
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
        start.reject(error); // only the first time: later, the next connection tries again
      }
    });
    await start.promise;
  },
};

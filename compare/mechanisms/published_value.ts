/** The writer publishes each value besides its `SET`; listeners read nothing. */

import { connect, type Mechanism, VALUE_CHANNEL } from "./mechanism.ts";

/** A channel that carries the values. */
export const publishedValue: Mechanism = {
  name: "PUBLISH value",
  announcement: "publish",
  needsFlags: false,
  async observe(url, { learn }) {
    const subscriber = connect(url);
    subscriber.on("message", (_channel, value) => learn(value));
    await subscriber.subscribe(VALUE_CHANNEL);
  },
};

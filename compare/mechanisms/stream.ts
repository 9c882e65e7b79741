/** The writer adds each value to a stream besides its `SET`; a listener that reconnects continues at its position. */

import { connect, type Mechanism, VALUE_STREAM } from "./mechanism.ts";

/** How long the server may block a read, and how much silence means a dead connection, in milliseconds. */
const BLOCK_MS = 2000;
const SILENCE_MS = 4000;

/** How many entries one read returns at most. */
const COUNT = 1000;

/** A stream with the latest values. */
export const stream: Mechanism = {
  name: "stream",
  announcement: "stream",
  needsFlags: false,
  async observe(url, { learn }) {
    const client = connect(url, { socketTimeout: SILENCE_MS });
    const [newest] = await client.xrevrange(VALUE_STREAM, "+", "-", "COUNT", 1);
    if (newest) learn(newest[1][1]);
    void readOn(newest?.[0] ?? "0");

    async function readOn(last: string): Promise<void> {
      while (true) {
        const position = ["STREAMS", VALUE_STREAM, last] as const;
        const reply = await client.xread("COUNT", COUNT, "BLOCK", BLOCK_MS, ...position);
        for (const [id, [, value]] of reply?.[0][1] ?? []) {
          learn(value);
          last = id;
        }
      }
    }
  },
};

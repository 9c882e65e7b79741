/** The writer adds each value to a stream beside its `SET`: whoever comes back reads on where it was. */

import { connect, type Mechanism, VALUE_STREAM } from "./mechanism.ts";

/** How long the server may keep a read waiting, in milliseconds; a line that is silent for longer is dead. */
const BLOCK_MS = 2000;
const SILENCE_MS = 4000;

/** How many entries a read brings at most. */
const COUNT = 1000;

/** A stream that holds the last values. */
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

import { assert, assertEquals } from "@std/assert";
import { nowMicros } from "../../lib/clock.ts";
import { createStamp, formatStamp } from "../../lib/protocol/stamp.ts";
import { startCluster } from "../../cluster/cluster.ts";
import { until } from "../../cluster/waiting.ts";
import { TestClient, testOnEachEngine } from "../../tests/testing.ts";
import { MECHANISMS } from "./all.ts";
import { startMechanism } from "./process.ts";
import { addWrite } from "./writer.ts";

testOnEachEngine(
  "Every mechanism learns the newest value, and when it was written",
  async (engine, t) => {
    await using cluster = await startCluster(engine);
    await using client = new TestClient(cluster.url(0));
    let seq = 0;
    const write = async () => {
      const pipeline = client.pipeline();
      addWrite(pipeline, formatStamp(createStamp("test", ++seq, nowMicros())), [
        "publish",
        "stream",
      ]);
      await pipeline.exec();
    };
    for (const { name } of MECHANISMS) {
      await t.step(name, async () => {
        await write(); // a value from before the start
        await using process = await startMechanism(name, cluster.url(1));
        const newest = seq + 3;
        const values = new Map<number, number>();
        await until(async () => {
          if (seq < newest) await write();
          for (const [seq, micros] of (await process.ask()).values) values.set(seq, micros);
          return values.has(newest);
        }, `${name} to learn value ${newest}`);
        const micros = values.get(newest)!;
        assert(micros > 0 && micros < 60e6, `${micros} µs`);
        assertEquals((await process.ask()).values, []); // once each
      });
    }
  },
  ["keydb-server", "valkey-server", "redis-server"],
);

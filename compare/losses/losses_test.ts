import { assertEquals } from "@std/assert";
import { startCluster } from "../../cluster/cluster.ts";
import { testOnEachEngine } from "../../tests/testing.ts";
import { MECHANISMS } from "../mechanisms/all.ts";
import { type Fault, FAULTS, NODE } from "./faults.ts";
import { doRound } from "./round.ts";
import { Subject } from "./subject.ts";

testOnEachEngine(
  "doRound() finds who learned the newest value, and who missed values",
  async (engine) => {
    await using cluster = await startCluster(engine, { cuttable: true });
    await using stack = new AsyncDisposableStack();
    const names = ["observer, loop", "keyevent + GET", "stream"];
    const subjects = names.map((name) => {
      const mechanism = MECHANISMS.find((mechanism) => mechanism.name === name)!;
      return stack.use(new Subject(mechanism, cluster.node(NODE).port));
    });
    await Promise.all(subjects.map((subject) => subject.start()));

    const closed = FAULTS.find(({ name }) => name === "connections closed")!;
    const [observer, keyevent, stream] = await doRound(cluster, subjects, closed);
    assertEquals([observer.seconds !== null, observer.lost > 0, observer.knewLoss], [
      true,
      true,
      true,
    ]);
    assertEquals([keyevent.seconds, keyevent.deaf], [null, false]);
    assertEquals([keyevent.lost > 0, keyevent.knewLoss], [true, false]);
    assertEquals([stream.seconds !== null, stream.lost], [true, 0]);

    const nothing: Fault = { name: "nothing", inject() {}, heal() {} };
    const whole = await doRound(cluster, subjects, nothing);
    assertEquals(whole.map(({ seconds }) => seconds !== null), [true, true, true]);
    assertEquals(whole[2].lost, 0); // on a busy machine, the others may skip one
  },
  ["keydb-server", "redis-server"],
);

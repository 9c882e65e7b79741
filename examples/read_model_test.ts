import { assert, assertEquals } from "@std/assert";
import { Pair } from "../tests/pair.ts";
import { createStamp, formatStamp, nowMicros, SHARED_KEY } from "../lib/mod.ts";
import { testOnEngines, until } from "../tests/testing.ts";
import { addressOf, interrupt, startExample, urlOf } from "./_testing.ts";

interface Model {
  writers: { writer: string; seq: number; seen: number; skipped: number; ageSeconds: number }[];
  missed: number;
  troubles: { what: string; forSeconds: number }[];
}

testOnEngines("the read model", async (t, cluster) => {
  await using pair = new Pair(cluster);
  await using proxy = pair.proxy();
  await using program = await startExample("read_model", urlOf(proxy), "0");
  const address = await addressOf(program);

  async function write(writer: string, seq: number): Promise<void> {
    await pair.write(SHARED_KEY, formatStamp(createStamp(writer, seq, nowMicros())));
  }

  /** Waits until the model is right. */
  async function shows(isRight: (model: Model) => boolean, what: string): Promise<Model> {
    let model: Model | undefined;
    await until(async () => {
      model = await (await fetch(address)).json() as Model;
      return isRight(model);
    }, () => `${what}, instead of ${JSON.stringify(model)}`);
    return model!;
  }

  function isAt(writer: string, seq: number): (model: Model) => boolean {
    return ({ writers }) => writers.some((row) => row.writer === writer && row.seq === seq);
  }

  await t.step("has a row for each writer", async () => {
    await shows(({ troubles }) => troubles.length === 0, "no trouble");
    await write("a", 1);
    await shows(isAt("a", 1), "the first value of a");
    await write("b", 7);
    const { writers } = await shows(isAt("b", 7), "the first value of b");
    assertEquals(writers.map(({ writer, seen }) => [writer, seen]), [["a", 1], ["b", 1]]);
  });

  await t.step("shows how old it is", async () => {
    const { writers: [{ ageSeconds }] } = await shows(() => true, "anything");
    await shows(({ writers }) => writers[0].ageSeconds > ageSeconds, "a greater age");
  });

  await t.step("counts what it did not see while its connections were lost", async () => {
    proxy.reset();
    for (let seq = 8; seq <= 12; seq++) await write("b", seq);
    const { writers: [, b] } = await shows(isAt("b", 12), "the newest value");
    assertEquals(b.seen + b.skipped, 6);
  });

  await t.step("reports that it is not current, and catches up", async () => {
    const node = cluster.node(1);
    await node.kill();
    const { troubles, writers } = await shows(({ troubles }) => troubles.length > 0, "a trouble");
    assertEquals(troubles[0].what, "not subscribed");
    assert(troubles[0].forSeconds >= 0);
    assertEquals(writers.length, 2);
    node.start();
    await cluster.ready();
    await write("b", 15);
    await shows((model) => isAt("b", 15)(model) && model.troubles.length === 0, "the newest value");
  });

  await t.step("ends with Ctrl-C", async () => {
    assertEquals(await interrupt(program), 0);
  });
});

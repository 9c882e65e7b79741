import { assertEquals, assertFalse } from "@std/assert";
import { TestClient, testOnEngines, until } from "../tests/testing.ts";
import { interrupt, startExample } from "./_testing.ts";

const KEY = "greeter_config";

testOnEngines("the configuration", async (t, cluster) => {
  const node = cluster.node(1);
  await using client = new TestClient(cluster.url(0));
  await using program = await startExample("live_config", node.url);

  async function set(config: unknown): Promise<void> {
    await client.set(KEY, typeof config === "string" ? config : JSON.stringify(config));
  }

  /** Waits for this greeting, from now on. */
  async function greets(greeting: string): Promise<void> {
    const { length } = program.output;
    const said = () => program.output.slice(length).includes(`\n${greeting}\n`);
    await until(said, () => `"${greeting}" after:\n${program.output}`);
  }

  await t.step("has a default if there is none", async () => {
    await program.shows(/^Cannot use greeter_config \(it does not exist\): it stays at .*Hello/m);
    await greets("Hello");
  });

  await t.step("is applied without a restart", async () => {
    await set({ greeting: "Good morning", seconds: 0.05 });
    await greets("Good morning");
    await set({ greeting: "Good evening", seconds: 0.05 });
    await greets("Good evening");
  });

  const mistakes: [unknown, RegExp][] = [
    ["not JSON", /\(Unexpected token .*Good evening/],
    ["null", /\("greeting" must be a text\).*Good evening/],
    [{ greeting: "Bad", seconds: 0 }, /\("seconds" must be 0.01 to 3600\).*Good evening/],
  ];
  for (const [mistake, complaint] of mistakes) {
    await t.step(`stays the last valid one instead of ${JSON.stringify(mistake)}`, async () => {
      await set(mistake);
      await program.shows(complaint);
      await greets("Good evening");
    });
  }

  await t.step("stays the last valid one while there is no server", async () => {
    await node.kill();
    await program.shows(/^Not receiving changes/m);
    await greets("Good evening");
    node.start();
    await cluster.ready();
    await set({ greeting: "Good night", seconds: 0.05 });
    await greets("Good night");
    assertFalse(/^Bad$/m.test(program.output));
  });

  await t.step("is followed until Ctrl-C", async () => {
    assertEquals(await interrupt(program), 0);
  });
});

import { assertEquals } from "@std/assert";
import { Pair } from "../tests/pair.ts";
import { testOnEngines, until } from "../tests/testing.ts";
import { addressOf, interrupt, startExample, urlOf } from "./_testing.ts";

/** The reconcile interval of the example, and what a slow machine may add to it, in milliseconds. */
const RECONCILE_MS = 2000;
const SLACK_MS = 2000;

/** A silent connection counts as lost after this time, in milliseconds: a PING each second, 3 s for its answer. */
const SILENCE_MS = 4000;

interface Answer {
  status: number;
  text: string;
  cache: string | null;
}

testOnEngines("the cache", async (t, cluster) => {
  await using pair = new Pair(cluster);
  await using proxy = pair.proxy();
  await using program = await startExample("cache", urlOf(proxy), "0");
  const address = await addressOf(program);
  const key = "greeting";

  async function get(): Promise<Answer> {
    const response = await fetch(`${address}${key}`);
    const cache = response.headers.get("x-cache");
    return { status: response.status, text: await response.text(), cache };
  }

  /** Waits until a value is served from memory, for at most `ms` milliseconds. */
  async function isCached(text: string, ms?: number): Promise<void> {
    const isHit = async () => {
      const answer = await get();
      return answer.text === text && answer.cache === "hit";
    };
    await until(isHit, `"${text}" from the cache`, ms);
  }

  await t.step("asks the server first, and answers from memory after that", async () => {
    assertEquals(await get(), { status: 404, text: "no such key", cache: "miss" });
    await isCached("no such key");
  });

  await t.step("follows announced changes", async () => {
    await pair.write(key, "hello");
    await isCached("hello", RECONCILE_MS);
    await pair.writer.del(key);
    await isCached("no such key", RECONCILE_MS);
  });

  await t.step("finds an unannounced change within its interval", async () => {
    await pair.write(key, "heard");
    await isCached("heard");
    await pair.writeSilently(key, "unheard");
    await isCached("unheard", RECONCILE_MS + SLACK_MS);
  });

  await t.step("serves no old value after its connections were lost", async () => {
    for (let n = 0; n < 5; n++) {
      proxy.reset();
      await pair.write(key, `value ${n}`);
      await isCached(`value ${n}`, RECONCILE_MS + SLACK_MS);
    }
  });

  await t.step("answers from memory again when its connections are back", async () => {
    proxy.cut();
    await until(async () => (await get()).status === 503, "the answer that there is none");
    proxy.heal();
    await isCached("value 4", RECONCILE_MS + SLACK_MS);
  });

  await t.step("serves no old value for long if its connections fall silent", async () => {
    proxy.drop();
    proxy.heal(); // new connections work
    await pair.write(key, "said to nobody");
    await isCached("said to nobody", SILENCE_MS + SLACK_MS);
  });

  await t.step("says that no server answers, and is current again when it is back", async () => {
    const node = cluster.node(1);
    await node.kill();
    await until(async () => (await get()).status === 503, "the answer that there is none");
    assertEquals(await get(), { status: 503, text: "no server answers", cache: null });
    node.start();
    await cluster.ready();
    await pair.write(key, "back");
    await isCached("back");
  });

  await t.step("ends with Ctrl-C", async () => {
    assertEquals(await interrupt(program), 0);
  });
});

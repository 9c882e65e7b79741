/** Writers with the same name, as listeners see them, and listeners with the same name, as the dashboard sees them. */

import { assert, assertEquals } from "@std/assert";
import type { Entry } from "../dashboard/protocol.ts";
import type { RoleName } from "../cluster/roles.ts";
import { RoleUnderTest, TestClient, testOnEngines, until, within } from "./testing.ts";
import { DashboardUnderTest } from "./dashboard_testing.ts";

const CONTESTED = /^WARN More than one writer of shared_key calls itself "writer": .* ROLE_NAME/;

/** How often to try if two writers happen to write at the same moments. */
const ATTEMPTS = 10;

/** Milliseconds between two writes of a writer, and the least distance of two writers' writes. */
const INTERVAL_MS = 100;
const APART_MS = 10;

/** Two writers with the same name, and both listeners. */
interface Roles {
  readonly listeners: readonly RoleUnderTest[];
  readonly writers: readonly RoleUnderTest[];
}

/**
 * Starts all roles, and restarts them if both writers happen to write at the same moments: then each writer replaces
 * the other's values before anyone reads them, and there is nothing to notice.
 */
async function startRoles(url: string, stack: AsyncDisposableStack): Promise<Roles> {
  const env = { KEYDB_URL: url, UPDATE_INTERVAL: `${INTERVAL_MS / 1000}` };
  for (let count = 0; count < ATTEMPTS; count++) {
    const attempt = stack.use(new AsyncDisposableStack());
    const start = async (name: RoleName) => attempt.use(await RoleUnderTest.start(name, env));
    const listeners = [await start("listener_sync"), await start("listener_async")];
    const first = await start("writer");
    const written = () => first.lines.filter((line) => line.includes(" set shared_key: "));
    await until(() => written().length >= 3, "three values of the first writer");
    const writers = [first, await start("writer")];
    const [one, other] = await Promise.all(writers.map(writtenAt));
    const phase = Math.abs(one - other) % INTERVAL_MS;
    if (phase >= APART_MS && phase <= INTERVAL_MS - APART_MS) {
      return { listeners, writers };
    }
    await attempt[Symbol.asyncDispose]();
  }
  throw new Error(`Two writers wrote less than ${APART_MS} ms apart, ${ATTEMPTS} times in a row`);
}

/** Returns the time of a writer's first write, in milliseconds. */
async function writtenAt(writer: RoleUnderTest): Promise<number> {
  return Number(/ micros (\d+) /.exec(await writer.line(/ set shared_key: /))![1]) / 1000;
}

function seqIn(line: string): number {
  return Number(/ seq (\d+) /.exec(line)![1]);
}

testOnEngines("The listeners warn once of two writers with one name", async (_t, cluster) => {
  await using stack = new AsyncDisposableStack();
  const { listeners, writers: [, second] } = await startRoles(cluster.url(0), stack);
  for (const listener of listeners) await listener.line(CONTESTED);
  const enough = seqIn(await second.line(/ set shared_key: /)) + 35;
  for (const listener of listeners) {
    const reads = () => listener.lines.filter((line) => line.includes(" read shared_key: writer "));
    await until(() => reads().some((line) => seqIn(line) > enough), "values of both writers");
    assertEquals(listener.lines.filter((line) => CONTESTED.test(line)).length, 1);
  }
}, { engines: ["keydb-server", "redis-server", "embedded"] });

testOnEngines(
  "The listeners do not warn of a restarted writer",
  async (_t, cluster) => {
    const env = { KEYDB_URL: cluster.url(0), UPDATE_INTERVAL: "0.05" };
    await using client = new TestClient(cluster.url(0));
    await using listener = await RoleUnderTest.start("listener_async", env);
    for (let start = 0; start < 6; start++) {
      if (start % 2 === 1) await client.del("shared_key"); // the writer starts from 1
      const read = () =>
        listener.lines.filter((line) => line.includes(" read shared_key: writer "));
      const before = read().length;
      await using writer = await RoleUnderTest.start("writer", env);
      await until(() => read().length >= before + 3, "three values of the next writer");
      writer.signal("SIGTERM");
      assertEquals(await writer.exitCode(), 0);
    }
    assertEquals(listener.lines.filter((line) => line.startsWith("WARN")), []);
  },
  { engines: ["redis-server", "embedded"] },
);

testOnEngines("The dashboard reports two listeners with one name once", async (_t, cluster) => {
  const env = {
    KEYDB_URL: cluster.url(0),
    UPDATE_INTERVAL: "0.1",
    DASHBOARD_LISTENERS: "listener_sync",
  };
  await using dashboard = await DashboardUnderTest.start(env);
  await using page = await dashboard.open();
  const told: string[] = [];
  const collect = async (isEnough: () => boolean) => {
    while (!isEnough()) {
      const { feed } = JSON.parse((await page.next())!.data) as { feed: Entry[] };
      for (const entry of feed) {
        if (entry.who !== "listener_sync") continue;
        told.push(entry.kind === "event" ? entry.text : entry.kind);
      }
    }
  };
  const hears = (isEnough: () => boolean, what: string) => within(collect(isEnough), what);
  const answers = () => told.filter((text) => text === "handshake").length;
  await using _writer = await RoleUnderTest.start("writer", env);
  await using _first = await RoleUnderTest.start("listener_sync", env);
  await hears(() => answers() >= 5, "answers of the first one");
  await using _second = await RoleUnderTest.start("listener_sync", env);
  const isContest = (text: string) => text.includes("more than one listener");
  await hears(() => told.some(isContest), "that there are two");
  const enough = answers() + 50;
  await hears(() => answers() >= enough, "answers of both");
  assertEquals(told.filter(isContest).length, 1);
  assert(told.filter((text) => text === "was restarted").length <= 1, `${told}`);
  assertEquals(told.filter((text) => text.startsWith("missed")), []);
}, { engines: ["keydb-server", "redis-server", "embedded"] });

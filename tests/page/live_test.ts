/** The dashboard's page in a browser, with real servers, roles and failures. */

import { setTimeout as delay } from "node:timers/promises";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Browser, Page } from "../browser.ts";
import { assertIsAccessible, textOf, untilText, visit } from "./visiting.ts";
import { nowMicros } from "../../lib/clock.ts";
import { testInBrowser } from "../browser.ts";
import { type Cluster, startCluster } from "../../cluster/cluster.ts";
import type { EngineName } from "../../cluster/engine.ts";
import { freePorts } from "../../cluster/ports.ts";
import type { RoleName } from "../../cluster/roles.ts";
import { engineToTest, RoleUnderTest, TestClient, until } from "../testing.ts";

const ENGINES: readonly EngineName[] = ["keydb-server", "redis-server", "embedded"];

const OWN_NODES: Record<RoleName, number> = {
  dashboard: 0,
  writer: 0,
  listener_sync: 1,
  listener_async: 2,
};

/** Longer than a server takes to start, and roles to return to it, in milliseconds. */
const RECOVERY_MS = 20_000;

/** How long a value takes to reach the page, in milliseconds. */
const SETTLE_MS = 300;

/** The setting that decides what a server announces. */
const FLAGS = "notify-keyspace-events";

/** The browser's messages when the dashboard is killed. */
const LOST = /Failed to load resource|ERR_INCOMPLETE_CHUNKED_ENCODING/;

/** The servers and roles that the page shows. */
class World implements AsyncDisposable {
  readonly cluster: Cluster;
  readonly url: string;
  readonly roles = new Map<RoleName, RoleUnderTest>();
  #port: number;

  constructor(cluster: Cluster) {
    [this.#port] = freePorts(1);
    this.cluster = cluster;
    this.url = `http://127.0.0.1:${this.#port}/`;
  }

  async start(name: RoleName): Promise<RoleUnderTest> {
    const { nodes } = this.cluster;
    const first = OWN_NODES[name];
    const role = await RoleUnderTest.start(name, {
      KEYDB_URL: nodes.map((_, index) => this.cluster.url(first + index)).join(","),
      UPDATE_INTERVAL: "0.5",
      DASHBOARD_PORT: `${this.#port}`,
    });
    this.roles.set(name, role);
    if (name === "dashboard") await role.line(/^dashboard serves http/);
    return role;
  }

  async kill(name: RoleName): Promise<void> {
    const role = this.roles.get(name)!;
    role.signal("SIGKILL");
    await role.exitCode();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const role of this.roles.values()) await role[Symbol.asyncDispose]();
  }
}

testInBrowser("the page shows the pattern live, and its failures", async (browser, t) => {
  for (const name of ENGINES) {
    const engine = engineToTest(name);
    await t.step({
      name: engine ? name : `${name}: not installed, skipped`,
      ignore: !engine,
      async fn(t) {
        await using cluster = await startCluster(engine!);
        await using world = new World(cluster);
        for (const role of ["dashboard", "writer", "listener_sync"] as const) {
          await world.start(role);
        }
        await watch(t, browser, world);
      },
    });
  }
});

async function watch(t: Deno.TestContext, browser: Browser, world: World): Promise<void> {
  const { cluster } = world;
  await visit(browser, world, async (page) => {
    await using client = new TestClient(cluster.url(0));

    await t.step("a listener that was never there", async () => {
      await untilText(page, "#problems", /^○ Not seen yet: Callback$/);
      assertEquals(await presenceOf(page, "listener_async"), "○ not seen yet");
      await world.start("listener_async");
      await untilText(page, "#problems", /^$/);
    });

    await t.step("writes, and both listeners' lines", async () => {
      await untilText(page, "#connection", /^● Page live$/);
      for (const listener of ["listener_sync", "listener_async"]) {
        await untilText(
          page,
          `article:has-text("${listener}")`,
          /● here since .*, (on|observes) node \d/,
        );
      }
      const before = await linesOf(page);
      const changed = async () => (await linesOf(page)).every((line, i) => line !== before[i]);
      assertEquals(before.length, 1); // both listeners are on it
      await until(changed, "the lines to move");
      assertEquals(await page.locator("#mesh .node").count(), cluster.nodes.length);
    });

    await t.step("a new value", async () => {
      const value = `by_hand timestamp ${Math.floor(nowMicros() / 1e6)}`;
      await untilFed(page, client, value, /by_hand/);
    });

    await t.step("a script in a value, as text", async () => {
      const evil =
        `<img src=x onerror="document.title='evil'"><script>document.title='evil'</script>`;
      await untilFed(page, client, evil, /<img src=x onerror=/);
      assertEquals(await page.locator("main img, main script").count(), 0);
      assertEquals(await page.title(), "KeyDB observable pattern");
    });

    await t.step("another interval, set on the page", async () => {
      await page.fill("#seconds", "0.2");
      await page.keyboard.press("Enter");
      await world.roles.get("writer")!.line(/^writer now writes every 0\.2 seconds$/);
      assertEquals(await client.get("update_interval"), "0.2");
      await untilText(page, "#interval-current", /0\.2 s/);
    });

    await t.step("no violations of axe's rules", () => assertIsAccessible(page));

    await t.step("a node that is killed, and returns", async () => {
      const node = cluster.node(2);
      const before = startOf(await presenceOf(page, "listener_async"));
      await node.kill();
      const name = `127\\.0\\.0\\.1:${node.port}`;
      await untilText(
        page,
        "#problems",
        new RegExp(`(Node 3 \\(${name}\\)|The only node) is down since .*\\d\\d:\\d\\d:\\d\\d`),
      );
      if (cluster.nodes.length > 1) await assertHasMoved(page, "node 3", before);
      node.start();
      await node.ready();
      await untilText(page, "#problems", /^$/, RECOVERY_MS);
      await untilText(page, "#mesh", new RegExp(`● up${name}`));
    });

    await t.step("a node that announces nothing for a while", async () => {
      const [, flags] = await client.config("GET", FLAGS) as string[];
      await client.config("SET", FLAGS, "");
      await untilText(page, "#problems", /notify-keyspace-events is "" and lacks "/);
      await client.config("SET", FLAGS, flags);
      await untilText(page, "#problems", /^$/, RECOVERY_MS);
    });

    await t.step("all nodes that are killed, and return", async () => {
      for (const node of cluster.nodes) await node.kill();
      await untilText(page, "#connection", /^✕ No node$/);
      assertMatch(await page.title(), /^✕ No node – /);
      for (const listener of ["listener_sync", "listener_async"]) {
        const presence = `article:has-text("${listener}") .presence`;
        await untilText(page, presence, /^\? unknown since .*\d\d:\d\d:\d\d/);
      }
      await untilText(page, "#problems", /^✕ (All three nodes are|The only node is) down since /);
      assertEquals(await page.locator("#problems li").count(), 1); // one outage is shown once
      await untilText(page, "#interval-current", /a write every \? s/);
      for (const node of cluster.nodes) node.start();
      await cluster.ready();
      await untilText(page, "#connection", /^● Page live$/, RECOVERY_MS);
      await untilText(page, "#problems", /^$/, RECOVERY_MS);
    });

    await t.step("a listener that is killed, and returns", async () => {
      await world.kill("listener_async");
      await untilText(page, "#problems", /Callback is gone since .*\d\d:\d\d:\d\d/);
      const card = page.locator("article[data-status=gone]");
      assertMatch(await card.textContent() ?? "", /listener_async.*✕ gone since /);
      await world.start("listener_async");
      await untilText(page, "#problems", /^$/, RECOVERY_MS);
    });

    await t.step("the loss of the dashboard itself, and its return", async () => {
      const seq = Number((await textOf(page, "#seq")).slice(1));
      await world.kill("dashboard");
      await untilText(page, "#connection", /^✕ Lost$/);
      await untilText(
        page,
        "#health-line",
        /^✕ Connection lost at \d\d:\d\d:\d\d .* all states are unknown$/,
      );
      const presence = 'article:has-text("listener_sync") .presence';
      await untilText(page, presence, /^\? unknown since /); // with the next frame; the health line is at once
      await world.start("dashboard");
      await untilText(page, "#connection", /^● Page live$/, RECOVERY_MS);
      await until(
        async () => Number((await textOf(page, "#seq")).slice(1)) > seq,
        "a later write",
      );
    });
    assert(await page.locator("article").count() === 2);
  }, { expected: LOST, bypassCSP: true });
}

/** Sets a value until the page shows it: the writer's next value may replace it before it is read. */
async function untilFed(
  page: Page,
  client: TestClient,
  value: string,
  text: RegExp,
): Promise<void> {
  await until(async () => {
    await client.set("shared_key", value);
    await delay(SETTLE_MS);
    return text.test(await textOf(page, "#feed") + await textOf(page, "#events"));
  }, () => `${text} on the page`);
}

/** The page's text on whether a listener is there. */
async function presenceOf(page: Page, listener: string): Promise<string> {
  return await textOf(page, `article:has-text("${listener}") .presence`);
}

/** Waits until the listener of a lost node is on another one, and asserts that its time there is new. */
async function assertHasMoved(page: Page, lost: string, before: string): Promise<void> {
  let presence = "";
  await until(async () => {
    presence = await presenceOf(page, "listener_async");
    return /^● here .*node \d/.test(presence) && !new RegExp(lost).test(presence);
  }, "the listener on another node");
  assert(startOf(presence) !== before, `${before}: ${presence}`);
}

/** The start time in a presence. */
function startOf(presence: string): string {
  return /since (?:\S+ )?(\d\d:\d\d:\d\d)/.exec(presence)![1];
}

/** The picture of each chart. */
async function linesOf(page: Page): Promise<string[]> {
  return await page.evaluate(`[...document.querySelectorAll("canvas")].map((c) => c.toDataURL())`);
}

/**
 * Makes the pictures of the page in `docs/pictures/`: starts a mesh and the roles, causes what the pictures show, and
 * takes screenshots in a browser.
 */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import sharp from "npm:sharp@^0.34.5";
import { readName, runCommand } from "../cli/command_line.ts";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import { chooseEngine, SERVER_NAMES } from "../cluster/engine.ts";
import { freePorts } from "../cluster/ports.ts";
import { type RoleProcess, startRole } from "../cluster/role_process.ts";
import { type RoleName, ROLES } from "../cluster/roles.ts";
import { type Browser, findBrowser, type Page, startBrowser } from "../tests/browser.ts";

const USAGE = `Usage: deno task pictures [--engine NAME]

Makes the pictures of the page in docs/pictures. It needs a browser and a server, and takes three minutes.

  --engine NAME  ${SERVER_NAMES.join(", ")}; by default the first one found`;

const FOLDER = join(import.meta.dirname!, "..", "docs", "pictures");

/** The sizes of the window, in pixels. */
const DESK = { width: 1280, height: 880 };
const PHONE = { width: 390, height: 844 };
const SMALL = { width: 1000, height: 640 };

/** Which node each role prefers. */
const NODES: Record<RoleName, number> = {
  dashboard: 0,
  writer: 0,
  listener_sync: 1,
  listener_async: 2,
};

/** How long until there are a minute's values, and until the page shows a change, in milliseconds. */
const MINUTE_MS = 65_000;
const SETTLE_MS = 6000;

/** The length of the animated picture, and the pause between two frames, in milliseconds. */
const ANIMATION_MS = 10_000;
const FRAME_MS = 250;
const QUALITY = 55;

/** The roles at work, and the page. */
class Scene implements AsyncDisposable {
  #cluster: Cluster;
  #port = freePorts(1)[0];
  #roles = new AsyncDisposableStack();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Starts roles. */
  async start(names: readonly RoleName[], env: Readonly<Record<string, string>>): Promise<void> {
    for (const name of names) {
      const urls = this.#cluster.nodes.map((_, index) => this.#cluster.url(NODES[name] + index));
      const settings = {
        KEYDB_URL: urls.join(","),
        LOG_LEVEL: "warn",
        DASHBOARD_PORT: `${this.#port}`,
        BIND_ADDRESS: "127.0.0.1",
        ...env,
      };
      this.#roles.use(await start(name, settings));
    }
  }

  /** Opens the page, calls a function with it, and closes it. */
  async visit(
    browser: Browser,
    options: Parameters<Browser["newContext"]>[0],
    work: (page: Page) => Promise<void>,
  ): Promise<void> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${this.#port}/`);
    await page.waitForSelector("#connection:not(:text('Connecting'))");
    await delay(1000);
    await work(page);
    await context.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#roles[Symbol.asyncDispose]();
  }
}

/** Starts a role, and waits until the dashboard serves its page. */
async function start(name: RoleName, env: Record<string, string>): Promise<RoleProcess> {
  const serves = Promise.withResolvers<void>();
  const settings = name === "dashboard" ? { ...env, LOG_LEVEL: "info" } : env;
  const role = await startRole(name, settings, (line) => {
    if (line.includes("serves http")) serves.resolve();
  }, { detached: true });
  if (name === "dashboard") await serves.promise;
  return role;
}

/** Takes all pictures. */
async function takePictures(
  { engine: name }: { engine?: typeof SERVER_NAMES[number] },
  signal: AbortSignal,
): Promise<number> {
  const path = await findBrowser();
  if (!path) throw new Error("Cannot take pictures without a browser: install chromium");
  const engine = await chooseEngine(name ? [name] : SERVER_NAMES);
  await using stack = new AsyncDisposableStack();
  const browser = stack.adopt(await startBrowser(path), (browser) => browser.close());
  const cluster = stack.use(await startCluster(engine, { detached: true }));
  const scene = stack.use(new Scene(cluster));
  const shoot = (name: string, options: { width: number; height: number }, more = {}) =>
    scene.visit(browser, { viewport: options, ...more }, async (page) => {
      signal.throwIfAborted();
      await page.screenshot({ path: join(FOLDER, `${name}.png`) });
      console.log(`${name}.png`);
    });
  const others = ROLES.filter((name) => name !== "dashboard");

  await scene.start(["dashboard"], {});
  await delay(SETTLE_MS); // until it knows that the others are not there
  await shoot("page-empty", DESK);
  await scene.start(others, { UPDATE_INTERVAL: "0.1" });
  await delay(MINUTE_MS);
  await shoot("page", DESK);
  await shoot("page-dark", DESK, { colorScheme: "dark" });
  await shoot("page-phone", PHONE);
  await scene.visit(browser, { viewport: SMALL }, (page) => animate(page, "page", signal));

  await cluster.node(2).kill();
  await delay(SETTLE_MS);
  await shoot("page-node-down", DESK);
  for (const node of cluster.nodes) await node.kill();
  await delay(SETTLE_MS);
  await shoot("page-all-down", DESK);
  await scene[Symbol.asyncDispose]();

  await using another = await startCluster(engine, { detached: true });
  await delay(SETTLE_MS); // until all nodes are linked
  await using slow = new Scene(another);
  await slow.start(ROLES, { UPDATE_INTERVAL: "0.008", SIMULATED_WORK: "wait 20" });
  await delay(2 * SETTLE_MS);
  await slow.visit(browser, { viewport: DESK }, async (page) => {
    await delay(SETTLE_MS);
    await page.screenshot({ path: join(FOLDER, "page-slow.png") });
    console.log("page-slow.png");
  });
  return 0;
}

/** Takes screenshots, and combines them into one animated picture. */
async function animate(page: Page, name: string, signal: AbortSignal): Promise<void> {
  const frames: Uint8Array[] = [];
  const begin = performance.now();
  for (let at = 0; at < ANIMATION_MS; at += FRAME_MS) {
    signal.throwIfAborted();
    await delay(Math.max(0, begin + at - performance.now()));
    frames.push(await page.screenshot());
  }
  const options = { quality: QUALITY, delay: frames.map(() => FRAME_MS), loop: 0, effort: 6 };
  const picture = await sharp(frames, { join: { animated: true } }).webp(options).toBuffer();
  await Deno.writeFile(join(FOLDER, `${name}.webp`), picture);
  console.log(`${name}.webp: ${Math.round(picture.length / 1024)} KiB`);
}

function readOptions(args: string[]) {
  const { values } = parseArgs({ args, options: { engine: { type: "string" } } });
  return { engine: readName("--engine", values.engine, SERVER_NAMES) };
}

if (import.meta.main) await runCommand(USAGE, readOptions, takePictures);

/** The demo as its users run it, and what it leaves behind. */

import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { freeRow } from "../cluster/ports.ts";
import { importFlags } from "../offline/flags.ts";
import { ProgramUnderTest } from "./program_testing.ts";
import { testOnEachEngine, until } from "./testing.ts";

function start(...args: string[]): Promise<ProgramUnderTest> {
  return ProgramUnderTest.start("demo/main.ts", ...args);
}

/** Starts the demo with its own variables, as the environment of this process also belongs to other tests. */
async function startWith(
  env: Record<string, string>,
  ...args: string[]
): Promise<ProgramUnderTest> {
  return await ProgramUnderTest.run(
    ["-q", "-A", ...await importFlags(), "demo/main.ts", ...args],
    env,
  );
}

/** How long the demo may take to end while its servers start, in milliseconds. */
const START_STOP_MS = 3000;

/** Asserts that no port, process or file is left. */
async function assertNothingIsLeft(demo: ProgramUnderTest): Promise<void> {
  const ports = new Set(demo.output.match(/(?<=on port |127\.0\.0\.1:)\d+/g));
  assert(ports.size > 1);
  for (const port of ports) {
    const connecting = Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    const isOpen = await connecting.then((connection) => (connection.close(), true), () => false);
    assertFalse(isOpen, `port ${port} is still open`);
  }
  demo.assertNothingIsLeft();
}

testOnEachEngine(
  "The demo shows the pattern, stops and leaves nothing behind",
  async (engine) => {
    await using demo = await start("--engine", engine.name);
    await demo.shows(/demo +│ See it live: http:\/\/127\.0\.0\.1:\d+\/$/m);
    const [first] = demo.output.split("\n");
    assertStringIncludes(first, `Engine ${engine.name} ${engine.version}: ${engine.description}`);
    await demo.shows(/writer +│ writer set shared_key: writer seq 2 /);
    await demo.shows(/listener_sync +│ listener_sync read shared_key: writer seq 2 /);
    await demo.shows(/listener_sync +│ Set handshake_key: Handshake triggered by key event/);
    await demo.shows(/listener_async +│ listener_async read shared_key: writer seq 2 /);
    await demo.shows(
      /listener_async +│ listener_async set handshake_key: Handshake from listener_async/,
    );
    demo.process.kill("SIGINT");
    assertEquals(await demo.exitCode(), 0, demo.output);
    for (const role of ["dashboard", "writer", "listener_sync", "listener_async"]) {
      await demo.shows(new RegExp(`${role} stopped: `));
    }
    assertFalse(demo.output.includes("\u001b"), "colours, although this is no terminal");
    await assertNothingIsLeft(demo);
  },
);

Deno.test("The demo ends by itself after the given time", async () => {
  await using demo = await start("--engine", "embedded", "--for", "2");
  assertEquals(await demo.exitCode(), 0, demo.output);
  assertStringIncludes(demo.output, "Stopping");
  demo.assertNothingIsLeft();
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`The demo stops everything at ${signal}`, async () => {
    await using demo = await start("--engine", "embedded");
    await demo.shows(/See it live: /);
    await demo.shows(/listener_sync read shared_key: writer/);
    demo.process.kill(signal);
    assertEquals(await demo.exitCode(), 0, demo.output);
    await assertNothingIsLeft(demo);
  });
}

Deno.test({
  name: "The demo names a role that died, continues with the others, and exits with an error",
  ignore: Deno.build.os !== "linux", // elsewhere the role's process cannot be found
  async fn() {
    await using demo = await start("--engine", "embedded");
    await demo.shows(/See it live: /);
    await demo.shows(/listener_sync read shared_key: writer/);
    const roles = demo.processes().filter((id) =>
      Deno.readTextFileSync(`/proc/${id}/cmdline`).includes("listener_sync.ts")
    );
    assertEquals(roles.length, 1);
    Deno.kill(Number(roles[0]), "SIGKILL");
    await demo.shows(/demo +│ listener_sync has ended with exit code 137/);
    const { length } = demo.output;
    await until(() => / set shared_key: /.test(demo.output.slice(length)), "another write");
    demo.process.kill("SIGINT");
    assertEquals(await demo.exitCode(), 1, demo.output);
    assertEquals(demo.output.match(/has ended/g)?.length, 1);
    await assertNothingIsLeft(demo);
  },
});

Deno.test({
  name: "The demo names a node that has ended",
  ignore: Deno.build.os !== "linux", // elsewhere the node's process cannot be found
  async fn() {
    await using demo = await start("--engine", "embedded");
    await demo.shows(/listener_sync read shared_key: writer/);
    const [, port] = demo.output.match(/writer works with the node on port (\d+)/)!;
    const nodes = demo.processes().filter((id) => {
      const command = Deno.readTextFileSync(`/proc/${id}/cmdline`);
      return command.includes(port) && !/functions\/\w+\.ts/.test(command);
    });
    assertEquals(nodes.length, 1);
    Deno.kill(Number(nodes[0]), "SIGKILL");
    await demo.shows(new RegExp(`demo +│ The node on port ${port} has ended$`, "m"));
    demo.process.kill("SIGINT");
    assertEquals(await demo.exitCode(), 0, demo.output);
    assertEquals(demo.output.match(/has ended/g)?.length, 1);
    await assertNothingIsLeft(demo);
  },
});

for (
  const [outcome, status] of [["opens its page in the browser", 0], [
    "reports that no browser opens",
    3,
  ]] as const
) {
  Deno.test({
    name: `The demo ${outcome}`,
    ignore: Deno.build.os !== "linux", // the opener is a script
    async fn() {
      const dir = await Deno.makeTempDir();
      const path = Deno.env.get("PATH")!;
      try {
        const opener =
          `#!/bin/sh\necho "$1" > ${dir}/part && mv ${dir}/part ${dir}/opened\nexit ${status}`;
        await Deno.writeTextFile(`${dir}/xdg-open`, opener, { mode: 0o755 });
        const env = { PATH: `${dir}:${path}` };
        await using demo = await startWith(env, "--engine", "embedded", "--open");
        await demo.shows(/See it live: /);
        const [, page] = /See it live: (\S+)/.exec(demo.output)!;
        const opened = () => Deno.readTextFile(`${dir}/opened`).catch(() => "");
        await until(async () => await opened() === `${page}\n`, "the page in the browser");
        const response = await fetch(page);
        assertStringIncludes(await response.text(), "<title>");
        if (status !== 0) {
          await demo.shows(/demo +│ Cannot open a browser with xdg-open: open http:\S+ yourself/);
        }
        demo.process.kill("SIGINT");
        assertEquals(await demo.exitCode(), 0, demo.output);
        assertEquals(demo.output.includes("Cannot open"), status !== 0);
      } finally {
        await Deno.remove(dir, { recursive: true });
      }
    },
  });
}

Deno.test("The demo's roles serve metrics, each on its own port", async () => {
  const first = freeRow(4);
  await using demo = await startWith({ METRICS_PORT: `${first}` }, "--engine", "embedded");
  await demo.shows(/See it live: /);
  for (
    const [index, name] of ["writer", "listener_sync", "listener_async", "dashboard"].entries()
  ) {
    await demo.shows(new RegExp(`Starting ${name}$`, "m"));
    await until(async () => {
      const response = await fetch(`http://127.0.0.1:${first + index}/metrics`).catch(() => {});
      return await response?.text().then((text) => text.includes(`role="${name}"`)) ?? false;
    }, `the metrics of ${name}`);
  }
  demo.process.kill("SIGINT");
  assertEquals(await demo.exitCode(), 0, demo.output);
});

Deno.test("The demo finds another port for its page if one is taken", async () => {
  await using first = await start("--engine", "embedded");
  await first.shows(/See it live: /);
  await using second = await start("--engine", "embedded");
  await second.shows(/See it live: /);
  const [one, other] = [first, second].map(({ output }) => /See it live: (\S+)/.exec(output)![1]);
  assert(one !== other, one);
  const port = new URL(other).port;
  await second.shows(
    new RegExp(`demo +│ Port 8000 is taken, so the page is on port ${port}$`, "m"),
  );
  for (const demo of [first, second]) {
    demo.process.kill("SIGINT");
    assertEquals(await demo.exitCode(), 0, demo.output);
  }
});

Deno.test("The demo refuses a port that is taken", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  for (const variable of ["DASHBOARD_PORT", "METRICS_PORT"]) {
    await using demo = await startWith({ [variable]: `${port}` }, "--engine", "embedded");
    assertEquals(await demo.exitCode(), 2);
    assertStringIncludes(demo.output, `${variable} must be a free port: port ${port} is taken`);
    assertFalse(demo.output.includes("Engine"), "it has started something");
  }
});

Deno.test("Ctrl-C stops the demo while its servers start, and leaves nothing behind", async () => {
  await using demo = await start();
  await demo.shows(/Engine /);
  demo.process.kill("SIGINT");
  assertEquals(await demo.exitCode(START_STOP_MS), 0, demo.output);
  demo.assertNothingIsLeft();
});

Deno.test({
  name: "The demo leaves nothing behind when it is killed",
  ignore: Deno.build.os !== "linux", // elsewhere leftovers cannot be found
  async fn() {
    await using demo = await start();
    await demo.shows(/listener_sync read shared_key: writer/);
    assert(demo.processes().length > 4);
    demo.process.kill("SIGKILL");
    await demo.exitCode();
    await until(
      () => demo.processes().length === 0 && [...Deno.readDirSync(demo.tmp)].length === 0,
      "the end of everything the demo has started",
    );
  },
});

Deno.test("The demo writes faster than a slow handler handles, and prints only warnings and reports", async () => {
  const env = { SIMULATED_WORK: "wait 20" };
  await using demo = await startWith(env, "--engine", "embedded", "--for", "3");
  assertEquals(await demo.exitCode(), 0, demo.output);
  assertStringIncludes(demo.output, "A write every 0.008 s");
  assertFalse(demo.output.includes("read shared_key: writer"), demo.output);
  assertMatch(demo.output, /demo +│ See it live: http/);
  assertMatch(
    demo.output,
    /listener_sync +│ listener_sync, .* changes handled, [1-9]\d* conflated/,
  );
});

Deno.test("The demo prints only JSON with LOG_FORMAT=json", async () => {
  const env = { LOG_FORMAT: "json" };
  await using demo = await startWith(env, "--engine", "embedded", "--for", "2");
  assertEquals(await demo.exitCode(), 0, demo.output);
  const lines = demo.output.trimEnd().split("\n").map((line) => JSON.parse(line));
  const roles = new Set(lines.map(({ role }) => role));
  assertEquals(roles, new Set(["demo", "dashboard", "writer", "listener_sync", "listener_async"]));
  assert(lines.every(({ message }) => typeof message === "string"));
});

Deno.test("The demo prints the reason before the line that a role has ended", async () => {
  const env = { BIND_ADDRESS: "192.0.2.1", METRICS_PORT: `${freeRow(4)}` }; // no machine has it
  await using demo = await startWith(env, "--engine", "embedded");
  await demo.shows(/writer has ended with exit code 1/);
  const [reason, end] = ["ERROR Cannot serve", "writer has ended"].map((text) =>
    demo.output.search(new RegExp(`(writer|demo) +│ ${text}`))
  );
  assert(reason >= 0 && reason < end, demo.output);
});

for (
  const [variable, value, problem] of [
    [
      "DASHBOARD_PORT",
      "abc",
      'DASHBOARD_PORT must be the number of a port from 1 to 65535: got "abc"',
    ],
    [
      "METRICS_PORT",
      "65533",
      'METRICS_PORT must be a whole number from 1 to 65532: got "65533"',
    ],
    [
      "UPDATE_INTERVAL",
      "abc",
      'UPDATE_INTERVAL must be a number of seconds from 0.001 to 86400: got "abc"',
    ],
    [
      "SIMULATED_WORK",
      "sleep",
      "SIMULATED_WORK must be none, or wait or compute with ",
    ],
  ] as const
) {
  Deno.test(`The demo refuses ${variable}=${value}`, async () => {
    await using demo = await startWith({ [variable]: value }, "--engine", "embedded");
    assertEquals(await demo.exitCode(), 2);
    assertStringIncludes(demo.output, problem);
    assertFalse(demo.output.includes("Engine"), "it has started something");
  });
}

for (
  const [args, problem] of [
    [["--for", "ever"], 'than 0 and at most 86400: got "ever"'],
    [["--for", "0"], 'than 0 and at most 86400: got "0"'],
    [["--for", "3000000"], 'than 0 and at most 86400: got "3000000"'],
    [["--loud"], "Unknown option '--loud'"],
    [["--engine", "memcached"], "--engine must be one of keydb-server, "],
  ] as const
) {
  Deno.test(`The demo refuses ${args.join(" ")}`, async () => {
    await using demo = await start(...args);
    assertEquals(await demo.exitCode(), 2);
    assertStringIncludes(demo.output, problem);
  });
}

/**
 * Passwords appear nowhere: not in what a role prints or serves, whatever happens, and in no command line.
 */

import { assert, assertEquals } from "@std/assert";
import { EventStream } from "./event_stream.ts";
import { freePorts } from "../cluster/ports.ts";
import { ROLES } from "../cluster/roles.ts";
import { RoleUnderTest, testOnEngines, usersWith, within } from "./testing.ts";

/** Both ends of every password here: part of a password is a leak too. They need no encoding. */
const TOKENS = ["Xyzzy4711", "Plugh0815"];

const PLAIN = TOKENS.join("-");
const SPECIAL = TOKENS.join(` @/:?#[]%&+"'\\ü,redis: `);

const FORMATS = ["text", "json"];

/** The expected fate of a role: it exits by itself, or prints a line and is then stopped. */
type Fate = { readonly exitCode: number } | { readonly line: RegExp };

/** Runs all roles with all formats until their fate, and searches everything they print. */
async function assertKept(
  url: string,
  fate: Fate,
  also?: (roles: RoleUnderTest[]) => Promise<void>,
): Promise<void> {
  for (const LOG_FORMAT of FORMATS) {
    const env = { KEYDB_URL: url, LOG_FORMAT, LOG_LEVEL: "debug" };
    await using stack = new AsyncDisposableStack();
    const roles: RoleUnderTest[] = [];
    const [pagePort, ...metricsPorts] = freePorts(1 + ROLES.length);
    for (const [index, name] of ROLES.entries()) {
      const ports = { DASHBOARD_PORT: `${pagePort}`, METRICS_PORT: `${metricsPorts[index]}` };
      roles.push(stack.use(await RoleUnderTest.start(name, { ...env, ...ports })));
    }
    if ("line" in fate) {
      const patterns = ROLES.map((name) => name === "dashboard" ? /serves http/ : fate.line);
      await Promise.all(roles.map((role, index) => role.line(patterns[index])));
      await assertNotServed(pagePort, metricsPorts);
    }
    assertNotInCommandLines();
    await also?.(roles);
    if (also) await assertNotServed(pagePort, metricsPorts);
    for (const role of roles) {
      if ("line" in fate) role.signal("SIGTERM");
      assertEquals(await role.exitCode(), "line" in fate ? 0 : fate.exitCode);
      assertNotIn(role.lines.join("\n"));
    }
  }
}

/** Checks all roles' metrics and health, and a page's events. */
async function assertNotServed(pagePort: number, metricsPorts: readonly number[]): Promise<void> {
  await using page = await EventStream.open(`http://127.0.0.1:${pagePort}/events`);
  for (let events = 0; events < 3; events++) {
    assertNotIn((await within(page.next(), "an event for the page"))!.data);
  }
  for (const port of metricsPorts) {
    for (const path of ["metrics", "readyz", "healthz"]) {
      assertNotIn(await (await fetch(`http://127.0.0.1:${port}/${path}`)).text());
    }
  }
}

function assertNotIn(text: string): void {
  assert(text.length > 0);
  for (const token of TOKENS) assert(!text.includes(token), text);
}

/** Checks the command lines of all processes, including servers. Only Linux shows them. */
function assertNotInCommandLines(): void {
  if (Deno.build.os !== "linux") return;
  for (const { name } of Deno.readDirSync("/proc")) {
    if (/^\d+$/.test(name)) assertNotIn(commandLineOf(name));
  }
}

function commandLineOf(pid: string): string {
  try {
    return `${pid} ${Deno.readTextFileSync(`/proc/${pid}/cmdline`)}`;
  } catch {
    return `${pid} has ended meanwhile`;
  }
}

function urlOf(password: string, port: number, user = ""): string {
  return `redis://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}`;
}

const users = usersWith(PLAIN);

testOnEngines("Passwords stay secret on a server with users", async (t, cluster) => {
  const [node] = cluster.nodes;
  await t.step(
    "a wrong one",
    () => assertKept(urlOf(SPECIAL, node.port, "writer"), { exitCode: 1 }),
  );
  await t.step(
    "a right one, with a missing permission",
    () => assertKept(node.urlAs("operator"), { exitCode: 1 }),
  );
  await t.step(
    "one for an unknown user",
    () => assertKept(urlOf(PLAIN, node.port, TOKENS[0]), { exitCode: 1 }),
  );
}, { users, engines: ["keydb-server", "valkey-server", "redis-server"] });

testOnEngines(
  "Passwords stay secret on a server without passwords",
  async (t, { nodes: [node] }) => {
    await t.step(
      "one for an unknown user",
      () => assertKept(urlOf(SPECIAL, node.port, "writer"), { exitCode: 1 }),
    );

    await t.step(
      "one that is not needed, also when the server stops",
      () =>
        assertKept(urlOf(SPECIAL, node.port), { line: /shared_key/ }, async (roles) => {
          await node.stop();
          await Promise.all(roles.map((role) => role.line(/^WARN Lost|"Lost/)));
          node.start();
          await node.ready();
        }),
    );
  },
  { engines: ["valkey-server", "redis-server"] },
);

testOnEngines(
  "Passwords stay secret on a server with the same one",
  (_t, { nodes: [node] }) => assertKept(node.url, { line: /shared_key/ }),
  { password: PLAIN, engines: ["embedded"] },
);

Deno.test("Passwords stay secret without a server", () =>
  assertKept(urlOf(SPECIAL, 1), { line: /Cannot reach the server/ }));

Deno.test("Passwords stay secret if Deno does not let a role connect", () =>
  assertKept(urlOf(SPECIAL, 1).replace("127.0.0.1", "keydb.example"), { exitCode: 1 }));

for (const start of ["-ERR unknown command 'X', with args beginning with: ", "HTTP/1.1 400 "]) {
  Deno.test(`Passwords stay secret if a server answers '${start}…'`, async () => {
    await using echo = new Echo(start);
    await assertKept(urlOf(SPECIAL, echo.port), { line: /Cannot reach the server/ });
  });
}

for (
  const url of [
    `redis://:${SPECIAL}@host`,
    `redis://writer:${PLAIN}`,
    `redis://:${PLAIN}%40host`,
    `writer:${PLAIN}@host`,
    `http://writer:${PLAIN}@host`,
    `redis://writer:${PLAIN}@host/db`,
    `redis://writer:${PLAIN}@host/0,redis://writer:${PLAIN}@host/1`,
    `redis://host,redis://writer:${PLAIN}`,
  ]
) {
  Deno.test(`Passwords stay secret in ${url.replaceAll(/Xyzzy.*0815/g, "…")}`, async () => {
    await using role = await RoleUnderTest.start("writer", { KEYDB_URL: url });
    assertEquals(await role.exitCode(), 2);
    assertNotIn(role.lines.join("\n"));
  });
}

/** A server that repeats what it receives. */
class Echo implements AsyncDisposable {
  readonly port: number;
  #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  #serving: Promise<void>;

  /** @param start The start of its replies. */
  constructor(start: string) {
    this.port = this.#listener.addr.port;
    this.#serving = this.#serve(start);
  }

  async #serve(start: string): Promise<void> {
    const answering: Promise<void>[] = [];
    for await (const { readable, writable } of this.#listener) {
      const answers = readable.pipeThrough(new TextDecoderStream()).pipeThrough(
        new TransformStream<string, string>({
          transform: (text, controller) =>
            controller.enqueue(`${start}${text.replaceAll("\r\n", " ")}\r\n`),
        }),
      );
      answering.push(answers.pipeThrough(new TextEncoderStream()).pipeTo(writable).catch(() => {}));
    }
    await Promise.all(answering);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
  }
}

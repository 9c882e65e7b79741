/** The package as others import it: its documentation, its examples, and its files. */

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { assert, assertEquals, assertFalse } from "@std/assert";
import project from "../deno.json" with { type: "json" };
import { endProcess } from "../cluster/node.ts";
import { TestClient, testOnEngines, until } from "./testing.ts";
import { importFlags } from "../offline/flags.ts";

const ROOT = join(import.meta.dirname!, "..");

/** The server of the examples. */
const SERVER = "127.0.0.1:6379";

/** How long a command may take, in milliseconds. */
const LIMIT_MS = 600_000;

/** The folders whose documentation has examples. */
const FOLDERS = ["lib", "statistics", "faults", "compare", "cluster", "cli"];

/** What the examples need to run elsewhere. */
const COPIED = ["deno.json", "offline", ...FOLDERS];

/** The part of `deno doc --json` that this test reads. */
interface Documentation {
  readonly nodes: Record<string, {
    readonly symbols: { readonly name: string; readonly declarations: Declaration[] }[];
  }>;
}

interface Declaration {
  readonly jsDoc?: { readonly tags?: { readonly kind: string }[] };
}

Deno.test("every public symbol has an example", async () => {
  const args = ["doc", "-q", "--json", "--no-npm", "lib/mod.ts"];
  const { nodes }: Documentation = JSON.parse(await runDeno(args));
  const { symbols } = Object.values(nodes)[0];
  assert(symbols.length > 0);
  const lacking = symbols.filter(({ declarations }) => !declarations.some(hasExample));
  assertEquals(lacking.map(({ name }) => name), []);
});

Deno.test("the package does not mention the roles' settings, which its users do not have", async () => {
  const variables = Object.values(project.permissions).flatMap(({ env }) => env.allow);
  const setting = new RegExp(`\\b(${variables.join("|")})\\b`);
  const { modules }: { modules: { local?: string }[] } = JSON.parse(
    await runDeno(["info", "-q", "--json", "--no-lock", ...await importFlags(), "lib/mod.ts"]),
  );
  const files = modules.flatMap(({ local = "" }) =>
    local.startsWith(join(ROOT, "lib")) ? [local] : []
  );
  assert(files.length > 20, files.join());
  for (const file of files) assertFalse(setting.test(await Deno.readTextFile(file)), file);
});

Deno.test("the examples in the documentation that need no server run", async () => {
  const files = await filesWithExamples();
  await runExamples(ROOT, files.filter(({ server }) => !server).map(({ path }) => path));
});

testOnEngines("the examples in the documentation that need a server run", async (_t, cluster) => {
  const files = (await filesWithExamples()).filter(({ server }) => server);
  const dir = await Deno.makeTempDir();
  try {
    for (const path of COPIED) await copy(path, dir, cluster.node(0).port);
    await runExamples(dir, files.map(({ path }) => path));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}, { engines: ["redis-server", "embedded"] });

function hasExample({ jsDoc }: Declaration): boolean {
  return jsDoc?.tags?.some(({ kind }) => kind === "example") ?? false;
}

/** Finds the files that have examples, and whether each needs a server. */
async function filesWithExamples(): Promise<{ path: string; server: boolean }[]> {
  const files = [];
  for (const folder of FOLDERS) {
    for await (const path of filesUnder(folder)) {
      if (!/(?<!_test)\.ts$/.test(path)) continue;
      const text = await Deno.readTextFile(join(ROOT, path));
      if (text.includes("@example")) files.push({ path, server: text.includes(SERVER) });
    }
  }
  return files;
}

async function* filesUnder(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* filesUnder(path);
    else yield path;
  }
}

async function runExamples(dir: string, files: string[]): Promise<void> {
  assert(files.length > 0);
  await runDeno([
    "test",
    "-q",
    "-A",
    "--no-lock",
    "--no-check",
    "--doc",
    ...await importFlags(),
    ...files,
  ], dir);
}

/** Copies a file or a folder, and replaces the examples' server by a running one. */
async function copy(path: string, dir: string, port: number): Promise<void> {
  const from = join(ROOT, path);
  if ((await Deno.stat(from)).isDirectory) {
    await Deno.mkdir(join(dir, path));
    for await (const { name } of Deno.readDir(from)) await copy(join(path, name), dir, port);
  } else {
    const text = await Deno.readTextFile(from);
    await Deno.writeTextFile(join(dir, path), text.replaceAll(SERVER, `127.0.0.1:${port}`));
  }
}

/** Runs a Deno command, and resolves to its output. A failure fails the test. */
async function runDeno(args: string[], cwd = ROOT): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(LIMIT_MS),
  }).output();
  const [output, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert(success, `${output}\n${errors}`);
  return output;
}

/** The two ways to use the package in another project: its `deno.json`. */
const CONFIGURATIONS = {
  links: { links: [join(ROOT, "lib")] },
  path: {
    imports: {
      "@observable/keydb": pathToFileURL(join(ROOT, "lib/mod.ts")).href,
      "ioredis": project.imports.ioredis,
    },
  },
};

/** Runs README's program in its own project. */
async function useElsewhere(
  server: string,
  work: (dir: string) => Promise<void>,
  way: keyof typeof CONFIGURATIONS = "links",
): Promise<void> {
  const readme = await Deno.readTextFile(join(ROOT, "README.md"));
  const [, program] = /```ts\n(import .*?)```/s.exec(readme)!;
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(dir, "deno.json"), JSON.stringify(CONFIGURATIONS[way]));
    await Deno.writeTextFile(join(dir, "main.ts"), program.replace(SERVER, server));
    await work(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Starts README's program, and collects its output. */
function startElsewhere(dir: string) {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--allow-net", "--ignore-env", "main.ts"],
    cwd: dir,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const printed = { text: "" };
  const readings = [process.stdout, process.stderr].map(async (stream) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) printed.text += text;
  });
  return {
    shows: (text: string) =>
      until(() => printed.text.includes(text), () => `"${text}" in: ${printed.text}`),
    async [Symbol.asyncDispose]() {
      await endProcess(process, LIMIT_MS);
      await Promise.all(readings);
    },
  };
}

testOnEngines("README's program observes a key, in its own project", async (t, cluster) => {
  for (const way of ["links", "path"] as const) {
    const value = `hello by ${way}`;
    await t.step(
      `by ${way}`,
      () =>
        useElsewhere(`127.0.0.1:${cluster.node(0).port}`, async (dir) => {
          await runDeno(["check", "-q", "main.ts"], dir);
          await using client = new TestClient(cluster.url(0));
          await client.del("greeting");
          await using program = startElsewhere(dir);
          await program.shows("null");
          await client.set("greeting", value);
          await program.shows(value);
        }, way),
    );
  }
});

Deno.test("README's program reports an unreachable server", async () => {
  await useElsewhere("127.0.0.1:1", async (dir) => {
    await using program = startElsewhere(dir);
    await program.shows("Cannot reach the server at 127.0.0.1:1 (ECONNREFUSED); trying again");
  });
});

testOnEngines("README's program reports that changes are not announced", async (_t, cluster) => {
  await useElsewhere(`127.0.0.1:${cluster.node(0).port}`, async (dir) => {
    await using program = startElsewhere(dir);
    await program.shows('does not announce changes of greeting: notify-keyspace-events needs "');
  });
}, { notify: "" });

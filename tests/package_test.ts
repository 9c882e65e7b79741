/** What others import: its documentation, the examples in it, and its files. */

import { join } from "node:path";
import { assert, assertEquals, assertFalse } from "@std/assert";
import project from "../deno.json" with { type: "json" };
import { testOnEngines } from "./testing.ts";
import { importFlags } from "../offline/flags.ts";

const ROOT = join(import.meta.dirname!, "..");

/** Where examples find their server. */
const SERVER = "127.0.0.1:6379";

/** How long a command may take, in milliseconds. */
const LIMIT_MS = 240_000;

/** The folders that have examples in their documentation. */
const FOLDERS = ["lib", "faults", "compare", "cluster", "cli"];

/** What is needed to run them elsewhere. */
const COPIED = ["deno.json", "offline", ...FOLDERS];

/** What this test looks at in `deno doc --json`. */
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

Deno.test("the package speaks of no settings of the roles, which its users do not have", async () => {
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

/** Finds the files that have examples, and tells of each whether it speaks of a server. */
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

/** Copies a file or a folder, and names a server in it that is there. */
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

/** Runs a command of Deno, and resolves to what it prints; a failure fails the test. */
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

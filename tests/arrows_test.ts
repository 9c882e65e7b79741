/** Which folder may import from which. Deno itself lists the imports. */

import { assert, assertEquals } from "@std/assert";
import { dirname, join, relative } from "node:path";
import { ROLES } from "../cluster/roles.ts";
import { importFlags } from "../offline/flags.ts";

const ROOT = join(import.meta.dirname!, "..");

/** The folders, and what each may use besides itself. `lib` stands for the files directly in it. */
const ARROWS: Record<string, readonly string[]> = {
  "lib": ["lib/observe", "lib/protocol", "lib/connect"], // mod.ts has the package's exports
  "lib/connect": ["lib"],
  "lib/protocol": ["lib"],
  "lib/observe": ["lib", "lib/connect"],
  "lib/telemetry": ["lib", "lib/observe", "lib/protocol", "lib/connect"],
  "lib/role": ["lib", "lib/telemetry", "lib/observe", "lib/protocol", "lib/connect"],
  "functions": ["lib", "lib/*", "dashboard/server"],
  "dashboard": [],
  "dashboard/page": ["dashboard"],
  "dashboard/server": ["lib", "lib/*", "statistics", "dashboard", "dashboard/page"],
  "cli": ["lib", "lib/*"],
  "cluster": ["lib", "lib/connect", "offline"],
  "demo": ["lib", "lib/*", "cluster", "cli", "tests"],
  "charts": [],
  "statistics": [],
  "bench": ["lib", "lib/*", "cluster", "cli", "charts", "statistics", "tests"],
  "faults": ["lib", "lib/*", "cluster", "cli", "faults/checker"],
  "faults/checker": ["lib/observe", "lib/protocol"],
  "compare": ["lib", "lib/*", "cluster", "cli", "compare/*"],
  "compare/mechanisms": ["lib", "lib/observe", "lib/protocol", "lib/connect", "cluster", "offline"],
  "compare/losses": [
    "lib",
    "lib/protocol",
    "cluster",
    "compare",
    "compare/mechanisms",
    "compare/measure",
  ],
  "compare/crowds": [
    "lib",
    "lib/*",
    "cluster",
    "statistics",
    "compare",
    "compare/mechanisms",
    "compare/measure",
  ],
  "compare/measure": ["lib", "lib/*", "cluster", "statistics", "compare", "compare/mechanisms"],
  "compare/scale": ["statistics", "compare"],
  "compare/report": ["cli", "charts", "statistics", "compare", "compare/*"],
  "examples": ["lib"],
  "offline": [],
};

/** The files that people and machines start. Every other file must serve one of them. */
const ENTRANCES = [
  "lib/mod.ts",
  "lib/role/allow_net.ts",
  ...ROLES.map((role) => `functions/${role}.ts`),
  "demo/main.ts",
  "demo/pictures.ts",
  "cluster/certificates.ts",
  "cluster/embedded.ts",
  "compare/main.ts",
  "compare/measure/load_worker.ts",
  "compare/mechanisms/main.ts",
  "compare/crowds/main.ts",
  "faults/main.ts",
  "bench/main.ts",
  "bench/peers/deno_connect.ts",
  "bench/peers/deno_ioredis.ts",
  "offline/flags.ts",
];

/** An import of one of our files by another one. */
interface Arrow {
  readonly from: string;
  readonly to: string;
}

Deno.test("folders import only from the folders that they may use", async () => {
  const arrows = await findArrows();
  assert(arrows.length > 300, `${arrows.length} imports`);
  const wrong = arrows.filter(({ from, to }) => !isAllowed(roomOf(from), roomOf(to)));
  assertEquals(wrong.map(({ from, to }) => `${from} imports ${to}`), []);
});

Deno.test("no file imports another folder's private file", async () => {
  const wrong = (await findArrows()).filter(({ from, to }) =>
    /(^|\/)_[^/]*$/.test(to) && roomOf(from) !== roomOf(to)
  );
  assertEquals(wrong.map(({ from, to }) => `${from} imports ${to}`), []);
});

Deno.test("every file is reached from an entrance", async () => {
  const reached = new Set([...ENTRANCES, ...(await findArrows()).map(({ to }) => to)]);
  const unused = (await sources()).filter((file) => !reached.has(file));
  assertEquals(unused, []);
});

Deno.test("containers have every folder that the roles load", async () => {
  const arrows = await Promise.all(ROLES.map((role) => arrowsFrom(`functions/${role}.ts`)));
  const folders = new Set(
    arrows.flat().map(({ to }) => to.split("/")[0]).filter((name) => !name.includes(".")),
  );
  assert(folders.has("lib") && folders.has("dashboard"));
  const [compose, image] = await Promise.all(
    ["docker-compose.yaml", "Dockerfile"].map((file) => Deno.readTextFile(join(ROOT, file))),
  );
  const mounted = [...folders].filter((name) => !compose.includes(`- ./${name}:/app/${name}:ro\n`));
  const copied = [...folders].filter((name) => !image.includes(`\nCOPY ${name} ${name}\n`));
  assertEquals(
    { mounted, copied },
    { mounted: [], copied: [] },
    "docker-compose.yaml, Dockerfile lack folders",
  );
});

Deno.test("the compose files start and mount what is there", async () => {
  const files = ["docker-compose.yaml", "docker-compose.tls.yaml"];
  const texts = await Promise.all(files.map((file) => Deno.readTextFile(join(ROOT, file))));
  const text = texts.join("\n");
  const programs = text.match(/[\w/]+\.ts\b/g) ?? [];
  const mounts = Array.from(text.matchAll(/[-&]\w* ?\.\/([\w./-]+):\//g), ([, path]) => path);
  assert(programs.length > 6 && mounts.length > 6, `${programs.length}, ${mounts.length}`);
  assertEquals(programs.filter((path) => !ENTRANCES.includes(path)), []);
  for (const path of mounts) await Deno.stat(join(ROOT, path));
});

function isAllowed(from: string, to: string): boolean {
  const rooms = ARROWS[from];
  return from === to || rooms?.some((room) => room === to || room === `${dirname(to)}/*`) ||
    to === ".";
}

/** Returns the innermost folder of the table, or `.` for files at the top. */
function roomOf(file: string): string {
  for (let folder = dirname(file); folder !== "."; folder = dirname(folder)) {
    if (folder in ARROWS || folder === "tests") return folder;
  }
  return ".";
}

async function findArrows(): Promise<Arrow[]> {
  const found = await Promise.all(ENTRANCES.map(arrowsFrom));
  const arrows = new Map(found.flat().map((arrow) => [`${arrow.from} ${arrow.to}`, arrow]));
  return [...arrows.values()];
}

/** Returns all imports reached from an entrance, including imports of types. */
async function arrowsFrom(entrance: string): Promise<Arrow[]> {
  const { modules }: Graph = JSON.parse(
    await run([Deno.execPath(), "info", "-q", "--json", ...await importFlags(), entrance]),
  );
  return modules.flatMap(({ specifier, dependencies = [] }) =>
    dependencies.flatMap(({ specifier: name, code, type }) => {
      const to = code?.specifier ?? type?.specifier;
      if (!name.startsWith(".") || !to) return [];
      return { from: pathOf(specifier), to: pathOf(to) };
    })
  );
}

/** The part of `deno info --json` that this test reads. */
interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      code?: { specifier: string };
      type?: { specifier: string };
    }[];
  }[];
}

function pathOf(url: string): string {
  return relative(ROOT, new URL(url).pathname);
}

/** Returns all source files except tests and files that only tests use. */
async function sources(): Promise<string[]> {
  const listed = await run(["git", "ls-files", "--", "*.ts", "*.js"]);
  return listed.split("\n").filter((file) =>
    file !== "" &&
    !/_test\.ts$|\/_\w*(testing|example|examples|arbitrary|served_app)\.ts$/.test(file) &&
    !/^(tests|examples|offline)\//.test(file)
  );
}

async function run([command, ...args]: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd: ROOT }).output();
  const [text, problem] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert(success, problem);
  return text;
}

import { assert, assertEquals } from "@std/assert";
import project from "../deno.json" with { type: "json" };
import { importFlags } from "./flags.ts";
import stand_in from "./imports.json" with { type: "json" };

Deno.test("imports.json maps the same imports as deno.json, except for the packages of JSR", () => {
  const expected = Object.entries(project.imports).map(([name, target]) =>
    target.startsWith("jsr:") ? [name, `./${name.split("/")[1]}.ts`] : [name, target]
  );
  assertEquals(Object.entries(stand_in.imports).toSorted(), expected.toSorted());
});

Deno.test("importFlags() matches how this process was started", async () => {
  const isStandIn = import.meta.resolve("@std/log").startsWith("file:");
  assertEquals(await importFlags(), isStandIn ? ["--import-map=offline/imports.json"] : []);
});

Deno.test("flags.ts prints nothing but its answer", async () => {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-lock", "offline/flags.ts"],
    cwd: `${import.meta.dirname}/..`,
  }).output();
  assert(success);
  assertEquals(new TextDecoder().decode(stdout).trim(), (await importFlags()).join(" "));
  assertEquals(new TextDecoder().decode(stderr), "");
});

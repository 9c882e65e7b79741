import { join } from "node:path";
import { assertEquals, assertRejects } from "@std/assert";
import { exampleReport } from "./_example.ts";
import { formatPage } from "./page.ts";
import { formatReport } from "./report.ts";
import { describeResults } from "../results.ts";
import { readReport, writeReport } from "./report_files.ts";

Deno.test("writeReport() creates its folder and writes all forms", async () => {
  await inTemporaryFolder(async (tmp) => {
    const dir = join(tmp, "a", "report");
    const report = exampleReport();
    const [page, markdown, json] = await writeReport(report, dir);
    assertEquals(await Deno.readTextFile(page), formatPage(report));
    assertEquals(await Deno.readTextFile(markdown), formatReport(report));
    assertEquals(JSON.parse(await Deno.readTextFile(json)), report);
    const schema = await Deno.readTextFile(join(dir, "report_schema.json"));
    assertEquals(JSON.parse(schema), JSON.parse(JSON.stringify(describeResults())));
  });
});

Deno.test("writeReport() writes exactly the pictures that the Markdown shows", async () => {
  await inTemporaryFolder(async (dir) => {
    const report = exampleReport();
    await writeReport(report, dir);
    const shown = Array.from(
      formatReport(report).matchAll(/src(?:set)?="pictures\/([^"]+)"/g),
      ([, name]) => name,
    );
    const written = Array.from(Deno.readDirSync(join(dir, "pictures")), ({ name }) => name);
    assertEquals(written.toSorted(), shown.toSorted());
  });
});

Deno.test("writeReport() names a folder that it cannot create", async () => {
  await inTemporaryFolder(async (tmp) => {
    const file = join(tmp, "file");
    await Deno.writeTextFile(file, "");
    const dir = join(file, "report");
    await assertRejects(
      () => writeReport(exampleReport(), dir),
      Error,
      `Cannot write the report to ${dir}: `,
    );
  });
});

Deno.test("readReport() reads what writeReport() has written", async () => {
  await inTemporaryFolder(async (dir) => {
    const report = exampleReport();
    const [, , json] = await writeReport(report, dir);
    assertEquals(await readReport(json), report);
  });
});

Deno.test("readReport() names the file and the first problem", async () => {
  await inTemporaryFolder(async (dir) => {
    const file = join(dir, "report.json");
    for (
      const [content, problem] of [
        ["{", "Expected property name"],
        [JSON.stringify({ ...exampleReport(), format: 1 }), "Invalid input: expected 5 at format"],
      ]
    ) {
      await Deno.writeTextFile(file, content);
      const expected = `Cannot read a report from ${file}: ${problem}`;
      await assertRejects(() => readReport(file), Error, expected);
    }
  });
});

async function inTemporaryFolder(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

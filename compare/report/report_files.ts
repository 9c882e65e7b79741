/** The report as files. */

import { join } from "node:path";
import { describeResults, parseResults, type Results } from "../results.ts";
import { formatPage } from "./page.ts";
import { costsPicture, crowdsPicture, drawPicture, patternsPicture } from "./pictures.ts";
import { formatReport } from "./report.ts";

/**
 * Writes the report in all forms: `report.json` with its schema, `report.md` with `pictures/`, and `report.html`.
 *
 * @param results The results.
 * @param dir The folder, created if needed. Files of an older report are replaced.
 * @returns The paths of the three forms: the page, the Markdown, the JSON.
 * @throws {Error} If a file cannot be written. The error names the folder.
 *
 * @example Usage
 * ```ts no-assert
 * import type { Results } from "../results.ts";
 * import { writeReport } from "./report_files.ts";
 *
 * async function publish(results: Results) {
 *   const [page] = await writeReport(results, "comparison");
 *   console.log(page);
 * }
 * ```
 */
export async function writeReport(results: Results, dir: string): Promise<string[]> {
  await prepareFolder(dir);
  await telling(dir, async () => {
    for (const [name, text] of filesOf(results)) await Deno.writeTextFile(join(dir, name), text);
  });
  return ["report.html", "report.md", "report.json"].map((name) => join(dir, name));
}

/**
 * Reads the results of an earlier report.
 *
 * @param file The path of its `report.json`.
 * @returns The results.
 * @throws {Error} If it cannot be read, or is not of this version's format. The error names the file and the problem.
 */
export async function readReport(file: string): Promise<Results> {
  try {
    return parseResults(await Deno.readTextFile(file));
  } catch (cause) {
    throw new Error(`Cannot read a report from ${file}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Creates the folder for a report, to fail early if that is impossible.
 *
 * @param dir The folder.
 * @throws {Error} If it cannot be created. The error names the folder.
 */
export async function prepareFolder(dir: string): Promise<void> {
  await telling(dir, () => Deno.mkdir(join(dir, "pictures"), { recursive: true }));
}

async function telling(dir: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const { message } = cause as Error;
    throw new Error(`Cannot write the report to ${dir}: ${message}`, { cause });
  }
}

function filesOf(results: Results): Map<string, string> {
  const files = new Map([
    ["report.json", `${JSON.stringify(results, null, 2)}\n`],
    ["report_schema.json", `${JSON.stringify(describeResults(), null, 2)}\n`],
    ["report.md", formatReport(results)],
    ["report.html", formatPage(results)],
  ]);
  for (const drawing of [costsPicture, patternsPicture, crowdsPicture]) {
    const picture = drawing(results);
    if (!picture) continue;
    files.set(`pictures/${picture.name}.svg`, `${drawPicture(picture, "light")}\n`);
    files.set(`pictures/${picture.name}-dark.svg`, `${drawPicture(picture, "dark")}\n`);
  }
  return files;
}

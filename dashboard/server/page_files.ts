/** The files of the page. They are imported, so that the dashboard needs no permission to read. */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import plotScript from "uplot/dist/uPlot.esm.js" with { type: "text" };
import plotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import icon from "../page/icon.svg" with { type: "text" };
import index from "../page/index.html" with { type: "text" };
import style from "../page/style.css" with { type: "text" };
import * as modules from "./page_modules.ts";

/** A file, as it is served. */
export interface PageFile {
  readonly type: string;
  readonly text: string;
  /** The text's length in bytes. */
  readonly length: number;
  /** Identifies this version, in the header `ETag`. */
  readonly tag: string;
}

/** The files by path. */
export const PAGE_FILES: ReadonlyMap<string, PageFile> = new Map([
  ["/", file("text/html", index)],
  ["/icon.svg", file("image/svg+xml", icon)],
  ["/style.css", file("text/css", style)],
  ["/uplot.css", file("text/css", plotStyle)],
  ["/uplot.js", file("text/javascript", plotScript)],
  ...Object.entries(modules).map(([name, text]) =>
    [`/${name}.js`, file("text/javascript", text)] as const
  ),
]);

function file(type: string, text: string): PageFile {
  const tag = `"${createHash("sha256").update(text).digest("base64url")}"`;
  return { type: `${type}; charset=utf-8`, text, length: Buffer.byteLength(text), tag };
}

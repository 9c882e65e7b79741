/** The files that a page consists of. They are imported, so that no permission to read is needed. */

import { createHash } from "node:crypto";
import plotScript from "uplot/dist/uPlot.esm.js" with { type: "text" };
import plotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import index from "./page/index.html" with { type: "text" };
import main from "./page/main.js" with { type: "text" };
import style from "./page/style.css" with { type: "text" };

/** A file, as it is served. */
export interface PageFile {
  readonly type: string;
  readonly text: string;
  /** Tells this version from others, as the header `ETag` does. */
  readonly tag: string;
}

/** The files, by their paths. */
export const PAGE_FILES: ReadonlyMap<string, PageFile> = new Map([
  ["/", html(index)],
  ["/style.css", css(style)],
  ["/main.js", js(main)],
  ["/uplot.css", css(plotStyle)],
  ["/uplot.js", js(plotScript)],
]);

function html(text: string): PageFile {
  return file("text/html; charset=utf-8", text);
}

function css(text: string): PageFile {
  return file("text/css; charset=utf-8", text);
}

function js(text: string): PageFile {
  return file("text/javascript; charset=utf-8", text);
}

function file(type: string, text: string): PageFile {
  return { type, text, tag: `"${createHash("sha256").update(text).digest("base64url")}"` };
}

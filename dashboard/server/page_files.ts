/** The files that a page consists of. They are imported, so that no permission to read is needed. */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import plotScript from "uplot/dist/uPlot.esm.js" with { type: "text" };
import plotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import icon from "../page/icon.svg" with { type: "text" };
import index from "../page/index.html" with { type: "text" };
import style from "../page/style.css" with { type: "text" };
import box from "../page/box.js" with { type: "text" };
import clock from "../page/clock.js" with { type: "text" };
import describe from "../page/describe.js" with { type: "text" };
import dom from "../page/dom.js" with { type: "text" };
import feed from "../page/feed.js" with { type: "text" };
import figures from "../page/figures.js" with { type: "text" };
import format from "../page/format.js" with { type: "text" };
import history from "../page/history.js" with { type: "text" };
import interval from "../page/interval.js" with { type: "text" };
import layout from "../page/layout.js" with { type: "text" };
import line from "../page/line.js" with { type: "text" };
import listener from "../page/listener.js" with { type: "text" };
import listeners from "../page/listeners.js" with { type: "text" };
import main from "../page/main.js" with { type: "text" };
import mesh from "../page/mesh.js" with { type: "text" };
import path from "../page/path.js" with { type: "text" };
import percentiles from "../page/percentiles.js" with { type: "text" };
import plan from "../page/plan.js" with { type: "text" };
import range from "../page/range.js" with { type: "text" };
import route from "../page/route.js" with { type: "text" };
import rule from "../page/rule.js" with { type: "text" };
import scale from "../page/scale.js" with { type: "text" };
import status from "../page/status.js" with { type: "text" };
import stream from "../page/stream.js" with { type: "text" };
import timeline from "../page/timeline.js" with { type: "text" };
import troubles from "../page/troubles.js" with { type: "text" };
import unknown from "../page/unknown.js" with { type: "text" };
import way from "../page/way.js" with { type: "text" };

/** A file, as it is served. */
export interface PageFile {
  readonly type: string;
  readonly text: string;
  /** The text's length in bytes. */
  readonly length: number;
  /** Tells this version from others, as the header `ETag` does. */
  readonly tag: string;
}

/** The page's own modules, by their names. */
const MODULES = {
  box,
  clock,
  describe,
  dom,
  feed,
  figures,
  format,
  history,
  interval,
  layout,
  line,
  listener,
  listeners,
  main,
  mesh,
  path,
  percentiles,
  plan,
  range,
  route,
  rule,
  scale,
  status,
  stream,
  timeline,
  troubles,
  unknown,
  way,
};

/** The files, by their paths. */
export const PAGE_FILES: ReadonlyMap<string, PageFile> = new Map([
  ["/", file("text/html", index)],
  ["/icon.svg", file("image/svg+xml", icon)],
  ["/style.css", file("text/css", style)],
  ["/uplot.css", file("text/css", plotStyle)],
  ["/uplot.js", file("text/javascript", plotScript)],
  ...Object.entries(MODULES).map(([name, text]) =>
    [`/${name}.js`, file("text/javascript", text)] as const
  ),
]);

function file(type: string, text: string): PageFile {
  const tag = `"${createHash("sha256").update(text).digest("base64url")}"`;
  return { type: `${type}; charset=utf-8`, text, length: Buffer.byteLength(text), tag };
}

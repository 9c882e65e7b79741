/** The report as one self-contained HTML page. */

import { Marked } from "npm:marked@^18.2.1";
import { PAGE_STYLE } from "./_page_style.ts";
import type { Results } from "../results.ts";
import { escapeHtml } from "./format.ts";
import { drawPicture, type Picture } from "./pictures.ts";
import { formatReport, TITLE } from "./report.ts";

/** Nothing may be loaded or run. Only the page's own style is allowed. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/**
 * Formats the report as a page: the Markdown's content, with its pictures.
 *
 * @param results The results.
 * @returns HTML without scripts and without external resources. Each picture is in it twice, for light and dark. The
 * reader's settings choose one; print uses the light one.
 */
export function formatPage(results: Results): string {
  const markdown = formatReport(results, embedFigure);
  const body = new Marked().parse(markdown, { async: false });
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(TITLE)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
${wrapTables(body)}</main>
</body>
</html>
`;
}

function embedFigure(picture: Picture): string {
  const label = escapeHtml(`${picture.caption} The figures are in the tables.`);
  return `<figure role="img" aria-label="${label}">
<div class="picture light" aria-hidden="true">
${drawPicture(picture, "light")}
</div>
<div class="picture dark" aria-hidden="true">
${drawPicture(picture, "dark")}
</div>
<figcaption>${escapeHtml(picture.caption)}</figcaption>
</figure>`;
}

/** Makes each wide table scroll by itself, also with the keyboard, and keeps figures on one line. */
function wrapTables(html: string): string {
  return html.replaceAll(/<table>.*?<\/table>/gs, (table) => {
    const kind = table.includes('align="right"') ? ' class="figures"' : "";
    const wrapped = table.replace("<table>", `<table${kind}>`);
    return `<div class="scroll" tabindex="0" role="region" aria-label="Table">${wrapped}</div>`;
  });
}

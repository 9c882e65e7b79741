/** The report as one page that needs nothing besides itself. */

import { Marked } from "npm:marked@^18.2.1";
import { PAGE_STYLE } from "./_page_style.ts";
import type { Results } from "../results.ts";
import { escapeHtml } from "./format.ts";
import { drawPicture, type Picture } from "./pictures.ts";
import { formatReport, TITLE } from "./report.ts";

/** Nothing may be loaded or run: only the style in the page is allowed. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/**
 * Writes the report as a page: what the Markdown says, with the pictures in it.
 *
 * @param results What was measured.
 * @returns HTML without scripts and without anything from elsewhere. Each picture is in it twice, for
 * light and dark; the reader's settings show one, and print the light one.
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

/** Wide tables scroll by themselves, also with the keyboard; those with figures keep each in one line. */
function wrapTables(html: string): string {
  return html.replaceAll(/<table>.*?<\/table>/gs, (table) => {
    const kind = table.includes('align="right"') ? ' class="figures"' : "";
    const wrapped = table.replace("<table>", `<table${kind}>`);
    return `<div class="scroll" tabindex="0" role="region" aria-label="Table">${wrapped}</div>`;
  });
}

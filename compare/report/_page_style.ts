/** The style of the page: on screens, light and dark, on phones, and in print. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --text: #1f2328;
  --muted: #59636e;
  --line: #d1d9e0;
  --ground: #ffffff;
  --shade: #f6f8fa;
}
@media screen and (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --muted: #9198a1; --line: #3d444d; --ground: #0d1117; --shade: #151b23; }
}
@media print { :root { color-scheme: light; } }
* { box-sizing: border-box; }
body {
  margin: 0 auto;
  max-width: 78rem;
  padding: 1.5rem 1rem 4rem;
  background: var(--ground);
  color: var(--text);
  font: 1rem/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: break-word;
}
h1 { font-size: 1.9rem; line-height: 1.2; }
h2 { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); line-height: 1.25; }
p, ul, blockquote { max-width: 44rem; }
blockquote { margin: 1rem 0; padding: 0.25rem 1rem; border-left: 0.3rem solid #d55e00; background: var(--shade); }
code { font: 0.9em ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
/* A shadow at an edge shows that there is more to scroll to; at the ends, a background that scrolls along covers it. */
.scroll {
  overflow-x: auto;
  margin: 1rem 0;
  background:
    linear-gradient(to right, var(--ground) 40%, transparent) left / 2.5rem 100% no-repeat local,
    linear-gradient(to left, var(--ground) 40%, transparent) right / 2.5rem 100% no-repeat local,
    linear-gradient(to right, #8888, transparent) left / 0.8rem 100% no-repeat scroll,
    linear-gradient(to left, #8888, transparent) right / 0.8rem 100% no-repeat scroll;
}
.scroll:focus-visible { outline: 2px solid #0072b2; outline-offset: 2px; }
table { border-collapse: collapse; font-size: 0.84rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { border-bottom-width: 2px; vertical-align: bottom; }
.figures td { white-space: nowrap; }
[align="right"] { text-align: right; }
figure { margin: 1.5rem 0; }
figcaption { max-width: 44rem; margin-top: 0.5rem; color: var(--muted); font-size: 0.9rem; }
figure svg { display: block; width: 100%; min-width: 40rem; max-width: 54rem; height: auto; }
.picture { overflow-x: auto; }
.picture.dark { display: none; }
@media screen and (prefers-color-scheme: dark) {
  .picture.light { display: none; }
  .picture.dark { display: block; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2 { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  figure svg { min-width: 0; }
  .scroll, .picture { overflow: visible; }
  table { font-size: 7pt; }
  th, td { padding: 0.15rem 0.25rem; }
  .figures td { white-space: normal; }
}
`;

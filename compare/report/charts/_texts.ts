/** The texts around and in a plot. */

import { CHARACTER, FONT, FONT_SIZE, pixels, type Plot } from "./_plot.ts";
import type { Layout, Panel } from "./panel.ts";
import { SHAPES, type Theme } from "./theme.ts";

/** An element as ECharts wants it. */
type Element =
  | { type: "rect"; silent: true; shape: Plotted; style: { fill: string } }
  | { type: "text"; silent: true; x: number; y: number; style: TextStyle };

interface Plotted {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface TextStyle {
  text: string;
  fill: string;
  font: string;
  align: "center" | "left";
}

const NAME_DISTANCE = 17;
const UNSURE_HEIGHT = 20;

export function textsOf(panel: Panel, plot: Plot, theme: Theme): Element[] {
  const { left, top } = plot;
  const leftmost = Math.max(
    4,
    left - Math.max(...panel.y.ticks.map(({ label }) => label.length)) * CHARACTER - 8,
  );
  return [
    text(panel.title, leftmost, top - 27, theme.text, { bold: true }),
    ...nameElements(panel, plot, theme),
    ...unsureElements(panel, plot, theme),
    ...(panel.marks ?? []).filter((mark) => mark.text !== undefined).map((mark) => {
      const [x, y] = pixels(panel, plot, mark);
      return text(mark.text!, x, y - 18, theme.text, { centred: true });
    }),
  ];
}

/** The names at the lines' ends, once in a row, moved apart where they would cover each other. */
function nameElements(panel: Panel, plot: Plot, theme: Theme): Element[] {
  if (!plot.isLastInRow) return [];
  const named = (panel.lines ?? []).filter(({ name, points }) => name && points.length > 0)
    .map(({ name, arm, points }) => ({ name, arm, y: pixels(panel, plot, points.at(-1)!)[1] }))
    .toSorted((a, b) => a.y - b.y);
  const bottom = plot.top + plot.height;
  let free = plot.top;
  return named.map(({ name, arm, y }, index) => {
    const highest = bottom - (named.length - index - 1) * NAME_DISTANCE;
    const at = Math.min(Math.max(y, free), highest);
    free = at + NAME_DISTANCE;
    const { sign } = SHAPES[arm % SHAPES.length];
    const colour = theme.armNames[arm % theme.armNames.length];
    const x = plot.left + plot.width + 8;
    return text(`${sign} ${name}`, x, at - FONT_SIZE / 2, colour, { bold: true });
  });
}

/** What the shaded ground means, where it is high enough to say so. */
function unsureElements(panel: Panel, plot: Plot, theme: Theme): Element[] {
  const { x, y, unsureBelow = -Infinity } = panel;
  const bottom = plot.top + plot.height;
  const height = bottom - pixels(panel, plot, { x: x.min, y: Math.min(unsureBelow, y.max) })[1];
  if (height < UNSURE_HEIGHT) return [];
  return [text("clocks not sure", plot.left + 6, bottom - 18, theme.muted, { small: true })];
}

export function keyElements({ key = [] }: Layout, theme: Theme): Element[] {
  let left = 4;
  return key.flatMap(({ fill, name }) => {
    const x = left;
    left += name.length * CHARACTER + 44;
    const shape = { x, y: 5, width: 14, height: 14 };
    return [
      { type: "rect" as const, silent: true as const, shape, style: { fill } },
      text(name, x + 20, 5, theme.text),
    ];
  });
}

function text(
  content: string,
  x: number,
  y: number,
  fill: string,
  { bold = false, centred = false, small = false } = {},
): Element {
  const size = small ? 12 : FONT_SIZE;
  return {
    type: "text",
    silent: true,
    x,
    y,
    style: {
      text: content,
      fill,
      font: `${bold ? "bold " : ""}${size}px ${FONT}`,
      align: centred ? "center" : "left",
    },
  };
}

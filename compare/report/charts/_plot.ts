/** Where things stand in a picture, and how large its letters are. */

import type { Panel, Point } from "./panel.ts";

export const FONT = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

export const FONT_SIZE = 13;

/** The width of a character, more or less: for leaving room. */
export const CHARACTER = 7.2;

/** The same where it is bold. */
export const BOLD_CHARACTER = 8.4;

/** A plot's place in the picture, in pixels. */
export interface Plot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Whether nothing stands to its right but names. */
  readonly isLastInRow: boolean;
}

export function pixels({ x, y }: Panel, plot: Plot, point: Point): [number, number] {
  const across = (point.x - x.min) / (x.max - x.min);
  const up = (point.y - y.min) / (y.max - y.min);
  return [plot.left + across * plot.width, plot.top + (1 - up) * plot.height];
}

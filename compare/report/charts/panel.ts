/** What a picture is made of: panels, before they are drawn. */

import type { Axis } from "./axis.ts";

/** A panel: a plot with axes of its own. Places are those of its axes. */
export interface Panel {
  /** What it shows; it stands in place of the name of the axis upwards. */
  readonly title: string;
  readonly x: Omit<Axis, "place">;
  readonly y: Omit<Axis, "place">;
  /** Through the ticks of which axis lines are drawn; by default `y`. */
  readonly rules?: "x" | "y";
  readonly lines?: readonly Line[];
  readonly boxes?: readonly Box[];
  readonly marks?: readonly Mark[];
  /** Up to where durations are shorter than the clocks are sure; nothing where it lies below the axis. */
  readonly unsureBelow?: number;
}

/** A line of an arm. */
export interface Line {
  /** The arm's index. */
  readonly arm: number;
  /** The name at its end; none for a line that has no name. */
  readonly name?: string;
  /** A thin line stands behind the others, without symbols. */
  readonly look: "thin" | "thick" | "points";
  readonly points: readonly Point[];
}

/** A place with a spread, if it has one. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly least?: number;
  readonly greatest?: number;
}

/** A rectangle between two corners. */
export interface Box {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  readonly fill: string;
  readonly opacity?: number;
  /** What stands in it, where there is room. */
  readonly text?: string;
  readonly textColour?: string;
}

/** A symbol of an arm, a spread, or a text, at a place. */
export interface Mark extends Point {
  readonly arm: number;
  /** A text in place of the symbol. */
  readonly text?: string;
}

/** How the panels stand. */
export interface Layout {
  /** How many stand side by side. */
  readonly columns: number;
  /** The height of each plot, in pixels. */
  readonly height: number;
  /** What fills stand for, above the panels. */
  readonly key?: readonly { readonly fill: string; readonly name: string }[];
}

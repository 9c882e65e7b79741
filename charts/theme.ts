/** The colours and shapes of the pictures. */

/** The background that a picture is drawn for. */
export type ThemeName = "light" | "dark";

/** The colours of one theme. The background is transparent. */
export interface Theme {
  /** Titles and values. */
  readonly text: string;
  /** Axes and their ticks. */
  readonly muted: string;
  /** Lines behind the data. */
  readonly grid: string;
  /** Lines, bars and marks of each variant. */
  readonly variants: readonly string[];
}

/** The themes. The variants' colours are from Okabe and Ito's palette, which colour-blind people can distinguish. */
export const THEMES: Readonly<Record<ThemeName, Theme>> = {
  light: { text: "#1f2328", muted: "#59636e", grid: "#dfe3e8", variants: ["#0072b2", "#d55e00"] },
  dark: { text: "#e6edf3", muted: "#9198a1", grid: "#30363d", variants: ["#56b4e9", "#e69f00"] },
};

/** What distinguishes the variants besides their colours. */
export const SHAPES = [
  { symbol: "circle", lineType: "solid" },
  { symbol: "triangle", lineType: [7, 4] },
] as const;

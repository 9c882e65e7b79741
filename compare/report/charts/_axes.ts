/** Axes as ECharts wants them. */

import type { Axis } from "./axis.ts";
import { CHARACTER, FONT_SIZE } from "./_plot.ts";
import type { Theme } from "./theme.ts";

export function axisOption(axis: Omit<Axis, "place">, index: number, theme: Theme, width?: number) {
  const labelled = width === undefined ? axis.ticks : ticksWithRoom(axis, width);
  const customValues = labelled.map(({ at }) => at);
  return {
    type: "value" as const,
    gridIndex: index,
    min: axis.min,
    max: axis.max,
    axisLine: { show: width !== undefined, onZero: false, lineStyle: { color: theme.muted } },
    axisTick: { show: width !== undefined, customValues, lineStyle: { color: theme.muted } },
    axisLabel: {
      customValues,
      color: theme.muted,
      fontSize: FONT_SIZE,
      showMinLabel: true,
      showMaxLabel: true,
      hideOverlap: false,
      formatter: (value: number) => labelAt(labelled, value),
    },
    splitLine: { show: false },
  };
}

function labelAt(ticks: Axis["ticks"], value: number): string {
  return ticks.find(({ at }) => Math.abs(at - value) < 1e-6)?.label ?? "";
}

/** From the right, as the last point is where things go wrong. */
function ticksWithRoom({ ticks, min, max }: Omit<Axis, "place">, width: number): Axis["ticks"] {
  const kept: Axis["ticks"][number][] = [];
  for (const tick of ticks.toReversed()) {
    const next = kept[0];
    const room = next ? (next.at - tick.at) / (max - min) * width : Infinity;
    const needed = next ? (next.label.length + tick.label.length) / 2 * CHARACTER + 8 : 0;
    if (room >= needed) kept.unshift(tick);
  }
  return kept;
}

/** Tables about many listeners: measured, fitted and simulated. */

import type { Crowd } from "../results.ts";
import { costOf, type Fit, listenersWhenFull } from "../scale/fit.ts";
import type { Scale } from "../scale/scale.ts";
import { formatMicros, medianOrNull, NO_VALUE, twoDigits } from "./format.ts";
import { type Column, table } from "./table.ts";

/** The rates, in writes per second, for which the table shows how many listeners fill a server. */
const FULL_RATES = [0.1, 1, 10];

/**
 * Writes the table of what many listeners cost their server.
 *
 * @param crowds The measurements.
 * @param scale What they show about scale.
 * @returns A table.
 */
export function crowdsTable(crowds: readonly Crowd[], { fits }: Scale): string {
  return table(crowds.filter(({ runs }) => runs.length > 0), [
    ["channel", ({ channel }) => channel],
    ["listeners", ({ listeners }) => listeners.toLocaleString("en-US")],
    ["n", ({ writes, runs }) => `${runs.length} × ${writes}`],
    ["server's CPU a write", ({ runs }) => {
      const cpu = runs.map(({ serverCpu }) => serverCpu);
      const [least, most] = [Math.min(...cpu), Math.max(...cpu)].map(formatMicros);
      return `${formatMicros(medianOrNull(cpu))} (${least}–${most})`;
    }],
    ["fit", ({ channel, listeners }) => {
      const fit = fits[channel];
      return fit ? formatMicros(costOf(fit.model, listeners)) : NO_VALUE;
    }],
    ["p50", ({ runs }) => formatMicros(medianOrNull(runs.map(({ p50 }) => p50)))],
    ["p99", ({ runs }) => formatMicros(medianOrNull(runs.map(({ p99 }) => p99)))],
  ]);
}

/**
 * Writes the table of the fit: what a write costs a server with n listeners, and how many listeners fill one core.
 *
 * @param scale What the comparison shows about scale.
 * @returns A table.
 */
export function fitTable({ fits }: Scale): string {
  return table(Object.entries(fits), [
    ["channel", ([channel]) => channel],
    ["a write", ([, { model }]) => formatMicros(model.base)],
    ["each listener", ([, { model }]) => formatMicros(model.perListener)],
    ["each pair", ([, { model }]) => formatMicros(model.perPair)],
    ...FULL_RATES.map((rate): Column<[string, Fit]> => [
      `full at ${rate}/s`,
      ([, fit]) => {
        const { value, low, high } = listenersWhenFull(fit, rate);
        if (low === undefined || high === undefined) return twoDigits(value);
        return `${twoDigits(value)} (${twoDigits(low)}–${twoDigits(high)})`;
      },
    ]),
  ]);
}

/**
 * Writes the table of the simulation next to the measurements.
 *
 * @param scale What the comparison shows about scale.
 * @returns A table.
 */
export function checksTable({ checks }: Scale): string {
  return table(checks, [
    ["listeners", ({ listeners }) => listeners.toLocaleString("en-US")],
    ["p50 measured", ({ measured }) => formatMicros(measured.p50)],
    ["simulated", ({ simulated }) => formatMicros(simulated.p50)],
    ["p99 measured", ({ measured }) => formatMicros(measured.p99)],
    ["simulated", ({ simulated }) => formatMicros(simulated.p99)],
  ], 0);
}

/**
 * Writes the table of simulations with more listeners than were measured.
 *
 * @param scale What the comparison shows about scale.
 * @returns A table.
 */
export function forecastsTable({ forecasts }: Scale): string {
  return table(forecasts, [
    ["servers", ({ topology }) => topology],
    ["listeners", ({ listeners }) => listeners.toLocaleString("en-US")],
    ["nodes", ({ nodes }) => nodes.toLocaleString("en-US")],
    ["hops", ({ hops }) => `${hops}`],
    ["p50", ({ p50 }) => formatMicros(p50)],
    ["p99", ({ p99 }) => formatMicros(p99)],
  ]);
}

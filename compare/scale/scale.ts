/** From the measured cost of many listeners to what it takes to serve more of them. */

import { medianOf, quantileOf } from "../../statistics/percentiles.ts";
import type { Crowd, Results } from "../results.ts";
import { type Fit, fitCosts, fitModel, listenersFor } from "./fit.ts";
import {
  simulateServer,
  simulateServers,
  type Spread,
  type Times,
  TOPOLOGIES,
} from "./simulation.ts";

/** How many connections a server accepts by default (`maxclients`), and how many a listener has. */
const CONNECTIONS = 10_000;
const CONNECTIONS_EACH = 2;

/** The share of a core to use. */
const UTILISATION = 0.7;

/** Writes per second. */
export const RATE = 1;

/** The numbers of listeners to forecast. */
const LISTENERS = [1e4, 1e5, 1e6];

/** What a comparison shows about scale. */
export interface Scale {
  /** The fits, by channel. */
  readonly fits: Readonly<Partial<Record<Crowd["channel"], Fit>>>;
  /** The simulation next to the measurements; empty if its times are unknown. */
  readonly checks: readonly Check[];
  /** Simulations of more listeners than were measured, if the time of a hop is known. */
  readonly forecasts: readonly Forecast[];
}

/** A crowd, measured and simulated. */
export interface Check {
  readonly listeners: number;
  readonly measured: Pick<Spread, "p50" | "p99">;
  readonly simulated: Pick<Spread, "p50" | "p99">;
}

/** Listeners on a topology. */
export interface Forecast extends Spread {
  readonly listeners: number;
  readonly topology: string;
}

/**
 * Fits and simulates.
 *
 * @param results The measurements.
 * @returns What they show about scale.
 */
export function scaleOf({ crowds, costs }: Pick<Results, "crowds" | "costs">): Scale {
  const keyspace = measuredOn("keyspace", crowds);
  const fits = fitsOf(crowds);
  if (!fits.keyevent || !fits.keyspace) return { fits, checks: [], forecasts: [] };
  const times = timesOf(fits.keyevent, fits.keyspace, keyspace);
  const checks = keyspace.map((crowd) => checkOf(crowd, times));
  const hop = hopOf(costs);
  const { model } = fits.keyspace;
  const perServer = Math.floor(Math.min(
    CONNECTIONS / CONNECTIONS_EACH,
    listenersFor(model, UTILISATION * 1e6 / RATE),
  ));
  const forecasts = hop === undefined
    ? []
    : LISTENERS.flatMap((listeners) =>
      TOPOLOGIES.map((topology) => ({
        listeners,
        topology: topology.name,
        ...simulateServers(listeners, perServer, topology, { ...times, hop }),
      }))
    );
  return { fits, checks, forecasts };
}

/**
 * Fits the cost of a write, on each channel with more numbers of listeners than the fit has coefficients.
 *
 * @param crowds The measurements.
 * @returns The fits, by channel.
 */
export function fitsOf(crowds: readonly Crowd[]): Scale["fits"] {
  const [keyevent, keyspace] = [measuredOn("keyevent", crowds), measuredOn("keyspace", crowds)];
  return {
    ...keyevent.length > 3 ? { keyevent: fitCosts(keyevent) } : {},
    ...keyspace.length > 2 ? { keyspace: fitCosts(keyspace) } : {},
  };
}

function measuredOn(channel: Crowd["channel"], crowds: readonly Crowd[]): Crowd[] {
  return crowds.filter((crowd) => crowd.channel === channel && crowd.runs.length > 0);
}

/**
 * A notification costs as much as a pair on `keyevent`; read and answer share the rest of a listener's cost. A listener's
 * process sends two commands, and does nearly all of its work for them: half of its own cost each.
 */
function timesOf(keyevent: Fit, keyspace: Fit, crowds: readonly Crowd[]): Times {
  const { base, perListener } = keyspace.model;
  const notify = Math.min(keyevent.model.perPair, perListener);
  const command = (perListener - notify) / 2;
  const clientModel = fitModel(crowds, (runs) => medianOf(runs.map(({ clientCpu }) => clientCpu)));
  const client = clientModel.perListener / 2;
  return { write: base, notify, read: command, answer: command, client, hop: 0 };
}

function checkOf({ listeners, runs }: Crowd, times: Times): Check {
  const known = simulateServer(listeners, times, true).toSorted((a, b) => a - b);
  return {
    listeners,
    measured: {
      p50: medianOf(runs.map(({ p50 }) => p50)),
      p99: medianOf(runs.map(({ p99 }) => p99)),
    },
    simulated: { p50: quantileOf(known, 0.5), p99: quantileOf(known, 0.99) },
  };
}

/** The delay of a value on another node, as the median over the variants measured on both. */
function hopOf(costs: Results["costs"]): number | undefined {
  const differences = costs.filter(({ load }) => load.node === 1).flatMap(
    ({ variant, load, runs }) => {
      const here = costs.find((point) =>
        point.variant === variant && point.load.node === 0 && point.load.rate === load.rate &&
        point.load.noise === load.noise
      );
      const [far, near] = [runs, here?.runs ?? []].map((runs) =>
        runs.flatMap(({ p50 }) => p50 ?? [])
      );
      return far.length > 0 && near.length > 0 ? [medianOf(far) - medianOf(near)] : [];
    },
  );
  return differences.length > 0 ? Math.max(0, medianOf(differences)) : undefined;
}

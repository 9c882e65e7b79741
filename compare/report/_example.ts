/** A small report for tests, with invented figures. */

import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { FORMAT, type Load, type Point, type Results, type Run } from "../results.ts";

/** Factors that vary by a few percent, as repetitions do. */
const SPREAD = [1, 1.05, 0.95, 1.02, 0.98];

const HERE: Load = { rate: 100, writes: 1000, node: 0, noise: 0 };
const ELSEWHERE: Load = { ...HERE, node: 1 };

/**
 * Creates a report in which the stream is fastest, the observer never loses the newest value, and the callback handles
 * more values with handlers that wait.
 *
 * @returns The report.
 */
export function exampleReport(): Results {
  return {
    format: FORMAT,
    beganAt: "2026-02-03T04:05:06.789Z",
    seconds: 600,
    command: "deno task compare --engine keydb-server",
    commit: "0123456789",
    quick: false,
    interrupted: false,
    machine: {
      cpu: "Some CPU",
      cores: 2,
      memoryBytes: 2 ** 33,
      system: "linux 6.1.0 x64",
      loadAverage: [0.1, 0.2, 0.3],
    },
    servers: [1, 2, 3].map((node) => ({
      name: `this machine, node ${node}`,
      engine: "keydb-server",
      version: "6.3.4",
      role: "active replica",
    })),
    versions: { deno: "2.9.6" },
    settings: { RECONCILE_INTERVAL: "2" },
    absent: {},
    losses: [{
      fault: "connections closed",
      outcomes: {
        "observer, loop": [
          { seconds: 0.1, deaf: false, lost: 3, knewLoss: true },
          { seconds: 0.3, deaf: false, lost: 2, knewLoss: true },
        ],
        "keyevent + GET": [
          { seconds: null, deaf: true, lost: 3, knewLoss: false },
          { seconds: 0.2, deaf: false, lost: 0, knewLoss: false },
        ],
        "stream": [
          { seconds: 0.4, deaf: false, lost: 0, knewLoss: false },
          { seconds: 0.6, deaf: false, lost: 0, knewLoss: false },
        ],
      },
    }],
    costs: [
      point("observer, loop", HERE, { p50: 205 }),
      point("keyevent + GET", HERE, { p50: 200 }),
      point("stream", HERE, { p50: 100, cpu: 60 }),
      point("observer, loop", ELSEWHERE, { p50: 300 }),
      point("keyevent + GET", ELSEWHERE, { p50: 299 }),
    ],
    traffic: {
      "stream": {
        connections: 1,
        perWrite: { commands: 1, sent: 117, received: 151 },
        idle: { commands: 0.5, sent: 50, received: 3 },
      },
    },
    patterns: [{
      handler: "wait 20",
      points: [
        point("loop", HERE, { learned: 0.24, staleness: 41_000, read: 400, answer: 20_600 }),
        point("callback", HERE, { learned: 0.995, staleness: 41_100, read: 300, answer: 20_700 }),
      ],
    }],
    crowds: [1, 10, 30, 100].flatMap((listeners) => [
      crowd("keyevent", listeners, 40 + 30 * listeners + 3 * listeners ** 2),
      crowd("keyspace", listeners, 40 + 30 * listeners),
    ]),
  };
}

function point(variant: string, load: Load, figures: Partial<Run>): Point {
  const histogram = build();
  histogram.recordValue(200);
  const runs = SPREAD.map((factor): Run => ({
    learned: 1,
    p50: 200,
    p99: 900,
    histogram: encodeIntoCompressedBase64(histogram),
    staleness: null,
    notified: null,
    read: null,
    answer: null,
    cpu: 110,
    idleCpu: 900,
    serverCpu: 70,
    idleServerCpu: 500,
    writerCpu: 50,
    waits: 0.02,
    lateness: 300,
    ...scaled(figures, factor),
  }));
  return { variant, load, runs };
}

function scaled(figures: Partial<Run>, factor: number): Partial<Run> {
  const entries = Object.entries(figures).map((
    [name, value],
  ) => [name, typeof value === "number" ? value * factor : value]);
  return Object.fromEntries(entries);
}

function crowd(channel: "keyevent" | "keyspace", listeners: number, micros: number) {
  const runs = SPREAD.map((factor) => ({
    serverCpu: micros * factor,
    clientCpu: 2 * micros * factor,
    p50: micros * factor,
    p99: 2 * micros * factor,
  }));
  return { channel, listeners, writes: 100, runs };
}

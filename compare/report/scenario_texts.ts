/** What the scenarios are, in words. */

import type { FigureName, ScenarioName } from "../results.ts";
import type { Quantity } from "./units.ts";

/** The words for a scenario. */
export interface ScenarioText {
  /** Its title: a question. */
  readonly title: string;
  /** What is asked, as sentences. */
  readonly asked: string;
  /** What its axis counts, for heads and axes. */
  readonly axis: string;
  /** What a place on its axis is, for sentences: `%` stands for the number. */
  readonly place: string;
  /** What its picture shows, as a caption. */
  readonly caption: string;
  /** The figure that stands for it, which bars show. */
  readonly main: FigureName;
}

/** A figure as the tables and pictures name it. */
export interface FigureText {
  /** Its head. */
  readonly head: string;
  /** What it measures. */
  readonly quantity: Quantity;
  /** Whether it begins by one process's clock and ends by another's. */
  readonly crossesClocks: boolean;
}

const STALENESS_CAPTION =
  "The age of the newest value handled, at its greatest in each interval, over the time of a run, " +
  "on a logarithmic scale. The thick line is the repetition with the median staleness, the thin ones are the others.";

/** The words for each scenario. */
export const SCENARIO_TEXTS: Readonly<Record<ScenarioName, ScenarioText>> = {
  rates: {
    title: "How long does a change take at which rate?",
    asked:
      "A writer sets the key at a fixed rate, and a listener reads every change it hears of. " +
      "The time difference runs from a write's intended time to the end of the read.",
    axis: "writes/s",
    place: "% writes/s",
    caption: "Time difference, on a logarithmic scale, at each rate offered; " +
      "the bars reach from the least to the greatest repetition.",
    main: "timeDifferenceP99",
  },
  waiting: {
    title: "What if the handler waits?",
    asked: "For each change the handler waits for something, as for another service, " +
      "and leaves the process idle meanwhile. How old does the newest value handled get?",
    axis: "wait per change (ms)",
    place: "% ms of waiting per change",
    caption: STALENESS_CAPTION,
    main: "staleness",
  },
  computing: {
    title: "What if the handler computes?",
    asked: "For each change the handler keeps the process's only thread busy. " +
      "How old does the newest value handled get?",
    axis: "computing per change (ms)",
    place: "% ms of computing per change",
    caption: STALENESS_CAPTION,
    main: "staleness",
  },
  noise: {
    title: "What do changes of other keys cost?",
    asked: "`keyevent` tells of every SET in the database, `keyspace` of one key alone. " +
      "Others set keys that the listener does not care for: what does it notice of them?",
    axis: "unrelated SETs/s",
    place: "% unrelated SETs/s",
    caption: "Time difference and the listener's CPU load against the unrelated SETs a second; " +
      "the bars reach from the least to the greatest repetition.",
    main: "timeDifferenceP99",
  },
  replica: {
    title: "What does another node cost?",
    asked: "A listener on the node that is written to, and one on a node that gets the change " +
      "by replication: how much later does the second know?",
    axis: "writes/s",
    place: "% writes/s",
    caption: "The part of the changes (across) that was read within a time (up), " +
      "of all valid repetitions together; logarithmic scales, the longest tail to the right.",
    main: "timeDifferenceP50",
  },
  listeners: {
    title: "How many listeners can one server tell?",
    asked: "More and more listeners observe the same key on the same server, " +
      "and every one of them reads and answers. Who pays for it?",
    axis: "listeners",
    place: "% listeners",
    caption: "Time difference, and the server's CPU time for 1,000 writes, against the number of " +
      "listeners; the bars reach from the least to the greatest repetition.",
    main: "timeDifferenceP99",
  },
  burst: {
    title: "How fast is a burst over?",
    asked: "Many writes come at once. How long is it from the last one " +
      "until the listener has handled the newest value?",
    axis: "writes at once",
    place: "% writes at once",
    caption:
      "Time until the newest value was handled: the median as a bar, every repetition as a " +
      "mark. Each panel has a scale of its own.",
    main: "catchUp",
  },
  anatomy: {
    title: "Where does the time go?",
    asked: "At a low rate, where nothing queues: how long until the notification arrives, " +
      "how long for the read, how long for the handshake, and what does a listener take to start and to run?",
    axis: "writes/s",
    place: "% writes/s",
    caption: "The medians of the three parts, one after another. " +
      "The sum of medians is not quite the median of the whole.",
    main: "answeredP50",
  },
};

/** The words for each figure. */
export const FIGURE_TEXTS: Readonly<Record<FigureName, FigureText>> = {
  timeDifferenceP50: across("time difference p50"),
  timeDifferenceP90: across("time difference p90"),
  timeDifferenceP99: across("time difference p99"),
  timeDifferenceP999: across("time difference p99.9"),
  timeDifferenceMax: across("time difference max"),
  roundTripP50: within("round trip p50"),
  roundTripP90: within("round trip p90"),
  roundTripP99: within("round trip p99"),
  roundTripP999: within("round trip p99.9"),
  roundTripMax: within("round trip max"),
  answeredP50: across("answered p50"),
  answeredP99: across("answered p99"),
  notificationP50: across("notification p50"),
  readP50: within("read p50"),
  handshakeP50: within("handshake p50"),
  handledShare: within("handled", "share"),
  staleness: across("staleness median"),
  stalenessPeak: across("staleness peak"),
  catchUp: across("until newest handled"),
  cpuPer1000: within("CPU per 1,000 changes", "seconds"),
  cpuLoad: within("listener's CPU load", "load"),
  serverCpuPer1000: within("server CPU per 1,000 writes", "seconds"),
  peakMemory: within("memory, at most", "bytes"),
  startUp: within("start-up"),
};

function across(head: string): FigureText {
  return { head, quantity: "micros", crossesClocks: true };
}

function within(head: string, quantity: Quantity = "micros"): FigureText {
  return { head, quantity, crossesClocks: false };
}

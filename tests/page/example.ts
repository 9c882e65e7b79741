/** Example data from a server, for the tests of the page: invented, and the same every time. */

import type {
  Entry,
  Figures,
  Link,
  ListenerState,
  NodeState,
  Presence,
  Second,
  Snapshot,
  State,
  Trace,
  Update,
} from "../../dashboard/protocol.ts";

/** When the example begins, in microseconds since the Unix epoch. */
export const START = Date.UTC(2026, 10, 24, 10, 32) * 1000;

const SECOND = 1e6;
const NODES = ["keydb_01:6379", "keydb_02:6379", "keydb_03:6379"];
const LISTENERS = [
  {
    name: "listener_sync",
    pattern: "loop",
    node: "keydb_02:6379",
    phrase: "Handshake triggered by key event",
    read: 1240,
    answered: 2080,
  },
  {
    name: "listener_async",
    pattern: "callback",
    node: "keydb_03:6379",
    phrase: "Handshake from listener_async",
    read: 1610,
    answered: 2790,
  },
] as const;

/** The state after a write, one a second: a mesh of three KeyDB nodes, everything well. */
export function exampleState(seq: number): State {
  const at = START + seq * SECOND;
  return {
    at: at + 4000,
    since: START,
    observation: { state: "observing", server: NODES[0], since: START },
    nodes: NODES.map((name) => ({
      name,
      role: "active-replica",
      status: "up",
      since: START,
      hearing: { since: START },
    })),
    links: linkAll(NODES),
    writer: {
      name: "writer",
      presence: presentOn(NODES[0]),
      hearing: { since: START },
      last: {
        seq,
        at,
        path: NODES.map((node, i) => ({ node, after: 420 + 390 * i + vary(seq, i, 90) })),
      },
    },
    listeners: LISTENERS.map((_, i) => exampleListener(seq, i)),
    verdict: { ratio: 1.28, low: 0.91, high: 1.6, verdict: "not distinguishable" },
    interval: { seconds: 1 },
    needsToken: false,
  };
}

/** The snapshot for a page after so many writes. */
export function exampleSnapshot(seq: number): Snapshot {
  const seqs = Array.from({ length: Math.min(seq, 295) }, (_, i) => seq - i).reverse();
  return {
    state: exampleState(seq),
    lines: Object.fromEntries(
      LISTENERS.map(({ name }, i) => [name, seqs.map((seq) => exampleSecond(seq, i))]),
    ),
    traces: seqs.slice(-100).map(exampleTrace),
    feed: seqs.slice(-20).flatMap(exampleEntries),
    events: [],
  };
}

/** The update with one more write. */
export function exampleUpdate(seq: number, changes: Partial<State> = {}): Update {
  return {
    state: { ...exampleState(seq), ...changes },
    seconds: Object.fromEntries(
      LISTENERS.map(({ name }, i) => [name, [exampleSecond(seq, i)]]),
    ),
    traces: [exampleTrace(seq)],
    feed: exampleEntries(seq),
    skipped: 0,
  };
}

/** The state with one node down, and its listener gone. */
export function exampleLoss(seq: number): State {
  const state = exampleState(seq);
  const since = state.at - 14.2 * SECOND;
  const [, , lost] = NODES;
  return {
    ...state,
    nodes: state.nodes.map((node): NodeState =>
      node.name === lost
        ? { ...node, status: "down", since, reason: "connection refused" }
        : { ...node, since: START }
    ),
    links: state.links.map((link): Link =>
      link.to === lost
        ? { ...link, status: "unknown", since }
        : link.from === lost
        ? { ...link, status: "down", since }
        : link
    ),
    writer: {
      ...state.writer,
      last: { ...state.writer.last!, path: state.writer.last!.path.slice(0, 2) },
    },
    listeners: state.listeners.map((listener, i): ListenerState => {
      if (i === 0) return listener;
      const reason = "no node has a connection of that name";
      const presence = { status: "gone" as const, since, reason, nodes: [], observed: [] };
      return { ...listener, ...exampleListener(seq - 14, i), presence, unanswered: 14 };
    }),
  };
}

/** The state with all nodes down. */
export function exampleOutage(seq: number): State {
  const state = exampleState(seq);
  const since = state.at - 14.2 * SECOND;
  const hearing = { reason: "no node answers", since };
  const presence = { status: "unknown", ...hearing, nodes: [], observed: [] } as const;
  return {
    ...state,
    observation: { state: "interrupted", ...hearing },
    nodes: state.nodes.map((node) => ({ ...node, status: "down", ...hearing, hearing })),
    links: state.links.map((link) => ({ ...link, status: "unknown", since })),
    writer: { ...state.writer, presence, hearing },
    listeners: state.listeners.map(({ unanswered: _, ...listener }) => ({
      ...listener,
      presence,
      hearing,
    })),
    interval: {},
  };
}

/** The state before the first role starts. */
export function exampleEmpty(): State {
  const state = exampleState(1);
  const presence = { status: "unseen", nodes: [], observed: [] } as const;
  const none = { count: 0, p50: 0, p90: 0, p99: 0, max: 0 };
  return {
    ...state,
    writer: { presence, hearing: state.writer.hearing },
    listeners: state.listeners.map(({ name, pattern, hearing }) => ({
      name,
      pattern,
      hearing,
      presence,
      minute: { seconds: 0, count: 0, handled: 0, skipped: 0 },
      atOnce: 0,
      changes: 0,
      conflated: 0,
      missed: 0,
      unanswered: 0,
      difference: none,
      roundTrip: none,
    })),
    verdict: undefined,
    interval: {},
  };
}

/** The state with a single node. */
export function exampleSingle(seq: number): State {
  const state = exampleState(seq);
  const [node] = state.nodes;
  const path = state.writer.last!.path.slice(0, 1);
  return {
    ...state,
    nodes: [{ ...node, role: "master" }],
    links: [],
    writer: { ...state.writer, last: { ...state.writer.last!, path } },
    listeners: state.listeners.map((listener) => ({ ...listener, presence: presentOn(node.name) })),
  };
}

function linkAll(names: readonly string[]): Link[] {
  return names.flatMap((to) =>
    names.filter((from) => from !== to)
      .map((from) => ({ from, to, status: "up" as const, since: START }))
  );
}

function presentOn(node: string): Presence {
  return { status: "here", since: START, nodes: [node], observed: [node] };
}

function exampleListener(seq: number, index: number): ListenerState {
  const { name, pattern, node, phrase, read, answered } = LISTENERS[index];
  const written = START + seq * SECOND;
  const difference = exampleDifference(seq, index);
  return {
    name,
    pattern,
    minute: { seconds: 60, count: 60, handled: 60, skipped: 0, p50: read },
    atOnce: 0.001,
    presence: presentOn(node),
    hearing: { since: START },
    last: {
      phrase,
      seq,
      written,
      read: written + difference,
      answered: written + answered + vary(seq, index + 5, 400),
    },
    changes: seq,
    conflated: 0,
    missed: 0,
    unanswered: 0,
    difference: exampleFigures(seq, LISTENERS[index].read),
    roundTrip: exampleFigures(seq, answered),
  };
}

function exampleFigures(count: number, p50: number): Figures {
  const [p90, p99, max] = [p50 * 1.45, p50 * 2.3, p50 * 5.2].map(Math.round);
  return { count, p50, p90, p99, max };
}

function exampleDifference(seq: number, index: number): number {
  return LISTENERS[index].read + vary(seq, index, 420) +
    (vary(seq, index + 3, 100) > 93 ? 3900 : 0);
}

function exampleSecond(seq: number, index: number): Second {
  const difference = exampleDifference(seq, index);
  return [START + seq * SECOND, difference, difference - 200, difference + 300];
}

/** The path of a write. */
export function exampleTrace(seq: number): Trace {
  const { writer: { name = "", last } } = exampleState(seq);
  return {
    writer: name,
    ...last!,
    answers: LISTENERS.map(({ name }, i) => {
      const { read, answered } = exampleListener(seq, i).last!;
      return { name, read: read!, answered };
    }),
  };
}

function exampleEntries(seq: number): Entry[] {
  const at = START + seq * SECOND;
  const value = `writer seq ${seq} micros ${at} timestamp ${Math.floor(at / SECOND)}`;
  return [
    { kind: "write", at, who: "writer", seq, value },
    ...LISTENERS.map(({ name }, i): Entry => {
      const difference = exampleDifference(seq, i);
      return { kind: "read", at: at + difference, who: name, seq, difference };
    }),
    ...LISTENERS.map(({ name, phrase }, i): Entry => {
      const answered = exampleListener(seq, i).last!.answered;
      const roundTrip = answered - at;
      return { kind: "handshake", at: answered, who: name, seq, phrase, roundTrip };
    }),
  ];
}

/** A number from -range to range that looks random. */
function vary(seq: number, salt: number, range: number): number {
  const wave = Math.sin(seq * 12.9898 + salt * 78.233) * 43758.5453;
  return Math.round((2 * (wave - Math.floor(wave)) - 1) * range);
}

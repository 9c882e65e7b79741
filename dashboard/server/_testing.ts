/** Shared parts of the dashboard's tests. */

import { type StampVersion, versionOfStamp } from "../../lib/protocol/stamp.ts";
import type { Cause, Change } from "../../lib/observe/change.ts";
import { formatHandshake } from "../../lib/protocol/handshake.ts";
import { handshakeKeyOf, UPDATE_INTERVAL_KEY } from "../../lib/protocol/keys.ts";
import { createStamp, formatStamp } from "../../lib/protocol/stamp.ts";
import { Board, type BoardOptions } from "./board.ts";
import type { HearingSign } from "./hearing.ts";
import type { NodeReport } from "./nodes.ts";
import type { Entry, ListenerState, State } from "../protocol.ts";
import { parseServerInfo } from "./server_info.ts";

/** When the tests' time begins: at a whole second. */
export const BEGIN = 1_800_000_000_000_000;

/** The nodes of the tests' mesh. */
export const NODES = ["keydb_01:6379", "keydb_02:6379", "keydb_03:6379"];

/** A board with a clock that the test controls, and methods that stand for servers and listeners. */
export class BoardUnderTest {
  now = BEGIN;
  readonly board: Board;
  /** The last report of each node, and when it was. */
  #reports = new Map<string, { readonly report: NodeReport; readonly at: number }>();

  constructor(options: Partial<BoardOptions> = {}) {
    this.board = new Board({
      nodes: NODES,
      listeners: ["sync", "async"],
      needsToken: false,
      now: () => this.now,
      ...options,
    });
  }

  get state(): State {
    return this.board.state;
  }

  get sync(): ListenerState {
    return this.state.listeners[0];
  }

  /** The events since the last call. */
  get events(): string[] {
    return this.feed.filter((entry) => entry.kind === "event")
      .map(({ who, level, text }) => `${level} ${who} ${text}`);
  }

  /** The entries since the last call. */
  get feed(): Entry[] {
    return this.board.take().feed;
  }

  /** Lets time pass: the board judges ten times a second, and nodes repeat their reports once a second. */
  pass(seconds: number): void {
    const end = this.now + seconds * 1e6;
    while (this.now < end) {
      this.now = Math.min(end, this.now + 100_000);
      for (const [node, { report, at }] of this.#reports) {
        if (Math.abs(this.now - at) < 1_000_000) continue;
        this.see(node, "info" in report ? { ...report, askedAt: this.now } : report);
      }
      this.board.judge();
    }
  }

  /** Reports on a node. */
  see(node: string, report: NodeReport): void {
    this.#reports.set(node, { report, at: this.now });
    this.board.seeNode(node, report);
  }

  /** Stops the repeated reports on nodes. */
  stopAsking(): void {
    this.#reports.clear();
  }

  /** Handshakes, the interval, and the writes at all nodes begin to arrive. */
  observe(): void {
    this.#hear((key) => ({ state: "current", key }));
    for (const node of NODES) {
      this.board.hearWrites(node, { state: "current", key: "shared_key" });
    }
  }

  /** Handshakes and the interval stop arriving. */
  interrupt(reason: string): void {
    this.#hear(() => ({ state: "interrupted", reason }));
  }

  #hear(sign: (key: string) => HearingSign): void {
    const names = this.state.listeners.map(({ name }) => name);
    for (const key of [...names.map(handshakeKeyOf), UPDATE_INTERVAL_KEY]) {
      this.board.hearKey(key, sign(key), NODES[0]);
    }
  }

  /** All nodes answer; the first one lists these clients, the others none. */
  poll(...clients: string[]): void {
    for (const node of NODES) this.answer(node, node === NODES[0] ? clients : []);
    this.board.judge();
  }

  /** One node answers. */
  answer(node: string, clients?: string[], info = "role:active-replica\nloading:0"): void {
    this.see(node, {
      info: parseServerInfo(info),
      askedAt: this.now,
      ...(clients && { clients: new Map(clients.map((name) => [name, true])) }),
    });
  }

  /** The interval is read. */
  setInterval(value: string | null, cause: Cause = "initial"): void {
    this.board.seeInterval(changeTo("update_interval", value, this.now, cause));
  }

  /** Nodes announce a write, one after the other, a millisecond each. */
  write(seq: number, nodes = NODES, writer = "writer"): number {
    const { now } = this;
    const value = formatStamp(createStamp(writer, seq, now));
    for (const node of nodes) {
      this.now += 1000;
      this.board.seeWrite(node, changeTo("shared_key", value, this.now));
    }
    return now;
  }

  /** A node shows a value. */
  show(value: string | null, cause: Cause = "notification", node = NODES[0]): void {
    this.board.seeWrite(node, changeTo("shared_key", value, this.now, cause));
  }

  /** A listener answers a write that it has read two milliseconds ago. */
  answerWrite(seq: number, written: number, counts: Partial<Counts> = {}, name = "sync"): void {
    const { changes = seq + 1, conflated = 0, missed = 0, run = "a", cause = "notification" } =
      counts;
    const account = { readAt: this.now - 2000, changes, conflated, missed, run };
    const value = formatHandshake({ phrase: "Hello", seq, micros: this.now, written, account });
    this.handshake(value, cause, name);
  }

  /** A listener's key holds a value. */
  handshake(value: string | null, cause: Cause = "notification", name = "sync"): void {
    this.board.seeHandshake(name, changeTo(`handshake_key:${name}`, value, this.now, cause));
  }
}

interface Counts {
  readonly changes: number;
  readonly conflated: number;
  readonly missed: number;
  readonly run: string;
  readonly cause: Cause;
}

/** A change, as an observation delivers it. */
export function changeTo(
  key: string,
  value: string | null,
  at: number,
  cause: Cause = "notification",
): Change<StampVersion> {
  const version = versionOfStamp(value ?? "");
  return {
    key,
    value,
    ...(version && { version }),
    cause,
    readAt: at,
    ...(cause === "notification" && { notifiedAt: at }),
    conflated: 0,
    missed: 0,
  };
}

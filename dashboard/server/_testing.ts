/** What the tests of the dashboard's parts share. */

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

/** When the tests' time begins: a moment whose microseconds are whole seconds. */
export const BEGIN = 1_800_000_000_000_000;

/** The nodes of the tests' mesh. */
export const NODES = ["keydb_01:6379", "keydb_02:6379", "keydb_03:6379"];

/** A board whose time is the test's, with what servers and listeners would say. */
export class BoardUnderTest {
  now = BEGIN;
  readonly board: Board;
  /** What was found at the nodes last, and when. */
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

  /** The events since the last time. */
  get events(): string[] {
    return this.feed.filter((entry) => entry.kind === "event")
      .map(({ who, level, text }) => `${level} ${who} ${text}`);
  }

  /** The entries since the last time. */
  get feed(): Entry[] {
    return this.board.take().feed;
  }

  /** Lets time pass, and the board judge as it does ten times a second; once a second the nodes say the same again. */
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

  /** Something is found at a node. */
  see(node: string, report: NodeReport): void {
    this.#reports.set(node, { report, at: this.now });
    this.board.seeNode(node, report);
  }

  /** Nobody asks the nodes any more. */
  stopAsking(): void {
    this.#reports.clear();
  }

  /** Handshakes and interval arrive, and writes at all nodes. */
  observe(): void {
    this.#hear((key) => ({ state: "current", key }));
    for (const node of NODES) {
      this.board.hearWrites(node, { state: "current", key: "shared_key" });
    }
  }

  /** Handshakes and interval do not arrive any more. */
  interrupt(reason: string): void {
    this.#hear(() => ({ state: "interrupted", reason }));
  }

  #hear(sign: (key: string) => HearingSign): void {
    const names = this.state.listeners.map(({ name }) => name);
    for (const key of [...names.map(handshakeKeyOf), UPDATE_INTERVAL_KEY]) {
      this.board.hearKey(key, sign(key), NODES[0]);
    }
  }

  /** All nodes answer, and say who is connected to the first one. */
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

  /** A write is published by nodes, one after the other, a millisecond each. */
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

  /** A listener answers a write: it was read two milliseconds ago. */
  answerWrite(seq: number, written: number, counts: Partial<Counts> = {}, name = "sync"): void {
    const { changes = seq + 1, conflated = 0, missed = 0, run = "a", cause = "notification" } =
      counts;
    const account = { readAt: this.now - 2000, changes, conflated, missed, run };
    const value = formatHandshake({ phrase: "Hello", seq, micros: this.now, written, account });
    this.handshake(value, cause, name);
  }

  /** Something stands under a listener's key. */
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

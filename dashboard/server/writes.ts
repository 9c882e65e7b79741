/** The writes of `shared_key`, each reported once however many nodes announce it, and the path of the last one. */

import type { Change } from "../../lib/observe/change.ts";
import { isBelieved } from "../../lib/observe/version.ts";
import type { StampVersion } from "../../lib/protocol/stamp.ts";
import { excerpt } from "../../lib/text.ts";
import type { Feed } from "./feed.ts";
import type { Write } from "../protocol.ts";

/** How many writes are remembered, to recognize them when a node announces them late. */
const MAX_REMEMBERED = 1000;

/** The last write, and who wrote it. */
export interface LastWrite extends Write {
  readonly writer: string;
}

/** Follows `shared_key` on several nodes. */
export class Writes {
  /** How many writes happened while the dashboard was watching. */
  count = 0;
  #feed: Feed;
  #last?: LastWrite;
  /** The nodes that have shown a value, by the value. */
  #shown = new Map<string, Set<string>>();

  /** @param feed The feed to which writes are added. */
  constructor(feed: Feed) {
    this.#feed = feed;
  }

  /** The last write of a stamp with a number. */
  get last(): LastWrite | undefined {
    return this.#last;
  }

  /**
   * Records a change on one node.
   *
   * @param node The node.
   * @param change The change.
   * @returns Whether it is a new write, which no other node has shown before.
   */
  see(node: string, change: Change<StampVersion>): boolean {
    const isNew = this.#isNew(node, change);
    if (isNew) {
      if (change.cause !== "initial") this.count++;
      this.#announce(change);
      this.#follow(change);
    }
    this.#extendPath(node, change);
    return isNew;
  }

  #extendPath(node: string, { version, notifiedAt }: Change<StampVersion>): void {
    const last = this.#last;
    if (!last || version?.number !== last.seq || version.time !== last.at) return;
    if (notifiedAt === undefined || last.path.some((step) => step.node === node)) return;
    this.#last = { ...last, path: [...last.path, { node, after: notifiedAt - last.at }] };
  }

  /** Whether it is a new write. The same value again on a node is one, unless it is a stamp: stamps are unique. */
  #isNew(node: string, { value, problem, version }: Change<StampVersion>): boolean {
    const id = `${value === null} ${problem ?? ""} ${value?.length} ${excerpt(value ?? "", 200)}`;
    const nodes = this.#shown.get(id);
    if (nodes && (version?.number !== undefined || !nodes.has(node))) {
      nodes.add(node);
      return false;
    }
    this.#shown.delete(id);
    this.#shown.set(id, new Set([node]));
    for (const oldest of this.#shown.keys()) {
      if (this.#shown.size <= MAX_REMEMBERED) break;
      this.#shown.delete(oldest);
    }
    return true;
  }

  /** Updates the last write. A node may be behind, so an older write of the same writer is ignored. */
  #follow({ version, readAt }: Change<StampVersion>): void {
    if (version?.number === undefined || !isBelieved(version, readAt)) return;
    const { source: writer, number: seq, time: at } = version;
    const last = this.#last;
    if (last?.writer === writer && seq <= last.seq && at <= last.at) return;
    this.#last = { writer, seq, at, path: [] };
  }

  #announce({ key, value, problem, version, readAt, cause }: Change<StampVersion>): void {
    if (version) {
      const { source: who, number: seq, time: at } = version;
      this.#feed.add({
        kind: "write",
        at,
        who,
        ...(seq !== undefined && { seq }),
        value: excerpt(value!, 200),
      });
    } else if (value !== null || problem !== undefined || cause !== "initial") {
      const found = value === null ? "does not exist" : `holds no stamp: "${excerpt(value)}"`;
      const text = problem === undefined ? found : `cannot be read: ${excerpt(problem, 200)}`;
      this.#feed.add({ kind: "event", at: readAt, who: key, level: "warn", text });
    }
  }
}

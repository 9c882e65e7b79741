/** What is known of the servers: whether they are up, who replicates from whom, and who is connected. */

import type { Tell } from "./feed.ts";
import { hearingAfter, type HearingSign, isCurrent, NOTHING_HEARD } from "./hearing.ts";
import type { Hearing, Link, NodeState } from "../protocol.ts";
import type { ServerInfo, Source } from "./server_info.ts";

/**
 * How long a report counts, in microseconds: a server is queried once a second, and has three seconds to answer.
 */
const REPORT_LIMIT = 6_000_000;

/** Why nothing arrives if no server is up. */
export const NO_NODE: Hearing = { reason: "no node answers" };

/** The result of a query to a server. */
export type NodeReport =
  /** It answered. The clients are absent if it does not list them. */
  | {
    readonly info: ServerInfo;
    readonly clients?: ReadonlyMap<string, boolean>;
    /** When it was queried, in microseconds since the Unix epoch. */
    readonly askedAt: number;
  }
  /** It did not answer. */
  | { readonly reason: string };

/** The names of a server's clients, and whether they are subscribed. */
export interface ClientList {
  readonly node: string;
  readonly clients: ReadonlyMap<string, boolean>;
  readonly askedAt: number;
}

/** One server. */
interface Node {
  state: NodeState;
  links: readonly Link[];
  clients?: ClientList;
  /** When the last report came; absent while nothing is known. */
  foundAt?: number;
}

/** Keeps what is known of the servers, and reports when that changes. */
export class Nodes {
  #nodes: Map<string, Node>;
  #now: () => number;
  #tell: Tell;

  /** @param names Their hosts and ports. @param now The clock. @param tell Called with events. */
  constructor(names: readonly string[], now: () => number, tell: Tell) {
    const state = { status: "unknown", reason: "not asked yet", hearing: NOTHING_HEARD } as const;
    this.#nodes = new Map(names.map((name) => [name, { state: { name, ...state }, links: [] }]));
    this.#now = now;
    this.#tell = tell;
  }

  /** The servers. */
  get states(): NodeState[] {
    return Array.from(this.#nodes.values(), ({ state }) => state);
  }

  /** Who replicates from whom. */
  get links(): Link[] {
    return Array.from(this.#nodes.values()).flatMap(({ links }) => links);
  }

  /** The clients of the servers that list them. */
  get clients(): ClientList[] {
    return Array.from(this.#nodes.values(), ({ clients }) => clients)
      .filter((clients) => clients !== undefined);
  }

  /** Whether at least one server is up. */
  get isAnyUp(): boolean {
    return Array.from(this.#nodes.values()).some(({ state }) => state.status === "up");
  }

  /** Whether writes arrive: one server that is up is enough. */
  get hearing(): Hearing {
    return this.#hearings.find(isCurrent) ?? this.#hearings.at(0) ?? NO_NODE;
  }

  /** Whether the value at each server that is up is known. */
  get areAllHeard(): boolean {
    return this.isAnyUp && this.#hearings.every(isCurrent);
  }

  /** What arrives from the servers that are up. */
  get #hearings(): Hearing[] {
    return this.states.filter(({ status }) => status === "up").map(({ hearing }) => hearing);
  }

  /** Records the status of the observation of writes at a server. */
  hear(name: string, sign: HearingSign): void {
    const node = this.#nodes.get(name)!;
    const hearing = hearingAfter(sign, node.state.hearing, this.#now());
    node.state = { ...node.state, hearing };
  }

  /** Records the result of a query to a server. */
  see(name: string, report: NodeReport): void {
    const node = this.#nodes.get(name)!;
    this.#follow(node, report);
    if ("reason" in report) {
      this.#loseSight(node);
    } else {
      const { info, clients, askedAt } = report;
      node.clients = clients && { node: name, clients, askedAt };
      this.#followLinks(node, info.sources);
    }
    node.foundAt = this.#now();
  }

  /** Marks servers as unknown if their last report is too old. */
  expire(): void {
    for (const node of this.#nodes.values()) {
      if (this.#now() - (node.foundAt ?? Infinity) < REPORT_LIMIT) continue;
      const reason = "the dashboard could not query it";
      node.state = { ...node.state, status: "unknown", since: node.foundAt, reason };
      this.#loseSight(node);
      node.foundAt = undefined;
    }
  }

  /** Extends all reports, as the clock was set or the machine slept: new ones need time to come. */
  excuse(): void {
    for (const node of this.#nodes.values()) node.foundAt &&= this.#now();
  }

  #follow(node: Node, report: NodeReport): void {
    const { name, status: before, since, role: lastRole, hearing } = node.state;
    const status = "reason" in report ? "down" : report.info.loading ? "loading" : "up";
    const role = "reason" in report ? lastRole : report.info.role ?? lastRole;
    const isKnown = since !== undefined;
    node.state = {
      name,
      ...(role !== undefined && { role }),
      status,
      since: status === before ? since : this.#now(),
      ...("reason" in report && { reason: report.reason }),
      hearing,
    };
    if (status === before) return;
    if ("reason" in report) this.#tell(name, `is gone: ${report.reason}`, "warn");
    else if (status === "loading") this.#tell(name, "is loading its data", "warn");
    else if (isKnown) this.#tell(name, "is back");
  }

  /** Marks the clients and links of a server as unknown, as it cannot be queried. */
  #loseSight(node: Node): void {
    const { name } = node.state;
    node.clients = undefined;
    node.links = node.links.map((link) => this.#linkOf(name, { ...link, name: link.from }, link));
  }

  #followLinks(node: Node, sources: readonly Source[]): void {
    const { name } = node.state;
    const before = new Map(node.links.map((link) => [link.from, link]));
    node.links = sources.map((source) => this.#linkOf(name, source, before.get(source.name)));
    for (const { from, status } of node.links) {
      const last = before.get(from)?.status ?? (node.foundAt === undefined ? "up" : "unknown");
      if (status === last || (last === "unknown" && status === "up")) continue;
      const level = status === "up" ? "info" : "warn";
      this.#tell(name, `replication from ${from} is ${status}`, level);
    }
  }

  /** Returns a link's current state: unknown if the replica cannot be queried. */
  #linkOf(to: string, { name: from, status, downFor = 0 }: Source, before?: Link): Link {
    const isKnown = ["up", "loading"].includes(this.#nodes.get(to)!.state.status);
    const present = isKnown ? status : "unknown";
    const since = present === before?.status ? before.since : this.#now() - downFor * 1e6;
    return { from, to, status: present, since };
  }
}

/** What is known of the servers: whether they are up, who replicates from whom, and who is connected. */

import type { Tell } from "./feed.ts";
import type { Link, NodeState } from "./protocol.ts";
import type { ServerInfo, Source } from "./server_info.ts";

/** What was found when a server was asked. */
export type NodeReport =
  /** It answered. Who is connected is unknown where it does not tell. */
  | {
    readonly info: ServerInfo;
    readonly clients?: ReadonlyMap<string, boolean>;
    /** When it was asked, in microseconds since the Unix epoch. */
    readonly askedAt: number;
  }
  /** It did not. */
  | { readonly reason: string };

/** Who is connected to a server that can be reached, and whether as a subscriber. */
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
  isKnown: boolean;
}

/** Keeps what is known of the servers, and tells what becomes of them. */
export class Nodes {
  #nodes: Map<string, Node>;
  #now: () => number;
  #tell: Tell;

  /** @param names Their hosts and ports. @param now The clock. @param tell Called with what happens. */
  constructor(names: readonly string[], now: () => number, tell: Tell) {
    const state = { status: "down", since: now(), reason: "not asked yet" } as const;
    this.#nodes = new Map(
      names.map((name) => [name, { state: { name, ...state }, links: [], isKnown: false }]),
    );
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

  /** Who is connected to the servers that can be reached and tell. */
  get clients(): ClientList[] {
    return Array.from(this.#nodes.values(), ({ clients }) => clients)
      .filter((clients) => clients !== undefined);
  }

  /** Whether at least one server is up. */
  get isAnyUp(): boolean {
    return Array.from(this.#nodes.values()).some(({ state }) => state.status === "up");
  }

  /** Takes note of what was found when a server was asked. */
  see(name: string, report: NodeReport): void {
    const node = this.#nodes.get(name)!;
    this.#follow(node, report);
    if ("reason" in report) {
      node.clients = undefined;
      node.links = node.links.map((link) => this.#linkOf(name, { ...link, name: link.from }, link));
    } else {
      const { info, clients, askedAt } = report;
      node.clients = clients && { node: name, clients, askedAt };
      this.#followLinks(node, info.sources);
    }
    node.isKnown = true;
  }

  #follow(node: Node, report: NodeReport): void {
    const { name, status: before, since, role: lastRole } = node.state;
    const status = "reason" in report ? "down" : report.info.loading ? "loading" : "up";
    const role = "reason" in report ? lastRole : report.info.role ?? lastRole;
    node.state = {
      name,
      ...(role !== undefined && { role }),
      status,
      since: node.isKnown && status === before ? since : this.#now(),
      ...("reason" in report && { reason: report.reason }),
    };
    if (status === before && node.isKnown) return;
    if ("reason" in report) this.#tell(name, `is gone: ${report.reason}`, "warn");
    else if (status === "loading") this.#tell(name, "is loading its data", "warn");
    else if (node.isKnown) this.#tell(name, "is back");
  }

  #followLinks(node: Node, sources: readonly Source[]): void {
    const { name } = node.state;
    const before = new Map(node.links.map((link) => [link.from, link]));
    node.links = sources.map((source) => this.#linkOf(name, source, before.get(source.name)));
    for (const { from, status } of node.links) {
      const last = before.get(from)?.status ?? (node.isKnown ? "unknown" : "up");
      if (status === last || (last === "unknown" && status === "up")) continue;
      const level = status === "up" ? "info" : "warn";
      this.#tell(name, `replication from ${from} is ${status}`, level);
    }
  }

  /** A link, as it is now; of a server that is gone, nobody knows. */
  #linkOf(to: string, { name: from, status, downFor = 0 }: Source, before?: Link): Link {
    const isGone = this.#nodes.get(to)!.state.status === "down";
    const present = isGone ? "unknown" : status;
    const since = present === before?.status ? before.since : this.#now() - downFor * 1e6;
    return { from, to, status: present, since };
  }
}

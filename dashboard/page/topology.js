// @ts-check
import { listenerId, nodeId, sourcesOf, WRITER_ID } from "./route.js";

/** @typedef {import("../protocol.ts").State} State */

/**
 * @typedef {object} Edge A line in the drawing.
 * @property {string} from
 * @property {string} to
 * @property {boolean} [isLink] Whether it is a replication link; else it is a role's connection to a node.
 */

/**
 * @typedef {object} Topology The parts of the drawing of the mesh, without their status.
 * @property {readonly { readonly name: string, readonly isOutside: boolean }[]} nodes The nodes, then the
 * other servers that nodes replicate from.
 * @property {readonly string[]} listeners
 * @property {readonly Edge[]} edges
 */

/**
 * Returns the parts of the drawing.
 *
 * @param {State} state
 * @returns {Topology}
 */
export function topologyOf({ nodes, links, writer, listeners }) {
  const names = new Set(nodes.map(({ name }) => name));
  const outside = new Set(links.map(({ from }) => from)).difference(names);
  return {
    nodes: [
      ...Array.from(names, (name) => ({ name, isOutside: false })),
      ...Array.from(outside, (name) => ({ name, isOutside: true })),
    ],
    listeners: listeners.map(({ name }) => name),
    edges: [
      ...writer.presence.nodes.map((node) => ({ from: WRITER_ID, to: nodeId(node) })),
      ...links.map(({ from, to }) => ({ from: nodeId(from), to: nodeId(to), isLink: true })),
      ...listeners.flatMap((listener) =>
        sourcesOf(listener).map((node) => ({ from: nodeId(node), to: listenerId(listener.name) }))
      ),
    ],
  };
}

/**
 * Returns the id of an edge.
 *
 * @param {{ readonly from: string, readonly to: string }} edge
 */
export function edgeId({ from, to }) {
  return JSON.stringify([from, to]);
}

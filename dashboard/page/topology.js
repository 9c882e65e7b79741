// @ts-check
import { listenerId, nodeId, sourcesOf, WRITER_ID } from "./route.js";

/** @typedef {import("../protocol.ts").State} State */

/**
 * @typedef {object} Edge A line of the drawing.
 * @property {string} from
 * @property {string} to
 * @property {boolean} [isLink] Whether one node replicates from another one, else a role works with a node.
 */

/**
 * @typedef {object} Topology What is drawn of the mesh, without how it fares: what the drawing is made for.
 * @property {readonly { readonly name: string, readonly isOutside: boolean }[]} nodes The nodes, then the
 * servers that are none, and that nodes replicate from.
 * @property {readonly string[]} listeners
 * @property {readonly Edge[]} edges
 */

/**
 * Says what is to be drawn.
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
 * What an edge is called.
 *
 * @param {{ readonly from: string, readonly to: string }} edge
 */
export function edgeId({ from, to }) {
  return JSON.stringify([from, to]);
}

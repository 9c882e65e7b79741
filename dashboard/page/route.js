// @ts-check
/**
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("../protocol.ts").ListenerState} ListenerState
 */

/**
 * @typedef {object} Hop One part of a write's way.
 * @property {string} from If it comes from, as {@linkcode nodeId} and {@linkcode listenerId} call it.
 * @property {string} to If it goes to.
 * @property {number} order How many others left the same place before it.
 */

/**
 * @typedef {object} Route
 * @property {string} write Tells one write from all others.
 * @property {readonly Hop[]} hops Each after the one that it continues.
 */

/** The writer among the places on the mesh. */
export const WRITER_ID = "writer";

/** @param {string} name */
export function nodeId(name) {
  return `node ${name}`;
}

/** @param {string} name */
export function listenerId(name) {
  return `listener ${name}`;
}

/**
 * The way of the last write, as far as it is known: to the node that the writer works with, on to the others in
 * the order in which they published it, and to the listeners that have answered it.
 *
 * @param {State} state
 * @returns {Route | undefined} `undefined` if nothing is known of any write.
 */
export function routeOf({ writer, links, listeners }) {
  const { last, name = "", presence } = writer;
  if (!last || last.path.length === 0) return undefined;
  const path = last.path.map(({ node }) => node);
  const entry = path.find((node) => presence.nodes.includes(node)) ?? path[0];
  const hops = [{ from: WRITER_ID, to: nodeId(entry), order: 0 }];
  const passed = [entry];
  for (const node of path.filter((node) => node !== entry)) {
    const source = passed.find((from) =>
      links.some((link) => link.from === from && link.to === node)
    );
    hops.push({ from: nodeId(source ?? entry), to: nodeId(node), order: passed.length - 1 });
    passed.push(node);
  }
  for (const listener of listeners.filter((listener) => hasAnswered(listener, last.seq))) {
    const source = passed.find((node) => sourcesOf(listener).includes(node)) ?? entry;
    hops.push({ from: nodeId(source), to: listenerId(listener.name), order: 0 });
  }
  return { write: JSON.stringify([name, last.seq, last.at]), hops };
}

/**
 * The nodes that announce writes to a listener. It may have a connection to another one, which its answers go to.
 *
 * @param {ListenerState} listener
 * @returns {readonly string[]}
 */
export function sourcesOf({ presence: { nodes, observed } }) {
  return observed.length > 0 ? observed : nodes;
}

/**
 * @param {ListenerState} listener
 * @param {number} seq
 */
function hasAnswered({ last }, seq) {
  return last?.seq === seq;
}

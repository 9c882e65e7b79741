// @ts-check
/**
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("../protocol.ts").ListenerState} ListenerState
 */

/**
 * @typedef {object} Hop One step of a write's path.
 * @property {string} from Its start: {@linkcode WRITER_ID} or an id from {@linkcode nodeId}.
 * @property {string} to Its end: an id from {@linkcode nodeId} or {@linkcode listenerId}.
 * @property {number} order Of a hop between nodes, how many of these come before it; else 0.
 */

/**
 * @typedef {object} Route
 * @property {string} write Identifies the write.
 * @property {readonly Hop[]} hops Each hop comes after the one that it continues.
 */

/** The id of the writer in the drawing. */
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
 * Returns the path of the last write, as far as it is known: to the writer's node, to the other nodes in the order in
 * which they announced it, and to the listeners that have answered it.
 *
 * @param {State} state
 * @returns {Route | undefined} `undefined` if no write is known.
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
 * Returns the nodes that announce writes to a listener. It may send its answers to another node.
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

// @ts-check
/** The layout of the drawing of the mesh. */

/**
 * @typedef {{ readonly x: number, readonly y: number }} Place
 * @typedef {{ readonly width: number, readonly height: number }} Size
 * @typedef {Place & Size} Box A rectangle; its place is its middle.
 */

/**
 * @typedef {object} Layout
 * @property {Size} size The size of the whole drawing.
 * @property {Box} writer
 * @property {readonly Box[]} nodes In the order of the nodes.
 * @property {readonly Box[]} listeners In the order of the listeners.
 */

const ROLE = { width: 132, height: 60 };
const NODE = { width: 132, height: 60 };

/** Free space between boxes, and around all, in pixels. */
const GAP = 16;
const MARGIN = 2;

/** From this width on, the drawing goes from left to right, else from top to bottom. */
const WIDE = 2 * (MARGIN + ROLE.width + 3 * GAP) + 2 * NODE.width + GAP;

/** The places of the nodes, as fractions of their room; more than three alternate between left and right. */
const NODES = new Map([
  [1, [[0.5, 0.5]]],
  [2, [[0.5, 0], [0.5, 1]]],
  [3, [[0, 0.5], [1, 0], [1, 1]]],
]);
/** How many rows the nodes take from left to right: three need room for the links between them. */
const NODE_ROWS = new Map([[2, 2], [3, 3.2]]);

const UPRIGHT_NODES = new Map([
  [1, [[0.5, 0]]],
  [2, [[0, 0], [1, 0]]],
  [3, [[0.5, 0], [0, 1], [1, 1]]],
]);

/**
 * Lays out the writer, the nodes and the listeners: from left to right if there is room, else from top to bottom.
 *
 * @param {number} nodes The number of nodes.
 * @param {number} listeners The number of listeners.
 * @param {number} width The available width, in pixels.
 * @returns {Layout} The layout, as wide as the available width.
 */
export function layOut(nodes, listeners, width) {
  return width >= WIDE ? layWide(nodes, listeners, width) : layUpright(nodes, listeners, width);
}

/**
 * @param {number} nodes
 * @param {number} listeners
 * @param {number} width
 * @returns {Layout}
 */
function layWide(nodes, listeners, width) {
  const places = NODES.get(nodes) ?? zigzag(nodes);
  const rows = Math.max(NODE_ROWS.get(nodes) ?? Math.ceil(nodes / 2), listeners, 1);
  const height = rows * (NODE.height + GAP) - GAP + 2 * MARGIN;
  const left = MARGIN + ROLE.width + 3 * GAP;
  const room = {
    x: left + NODE.width / 2,
    y: MARGIN + NODE.height / 2,
    width: width - 2 * left - NODE.width,
    height: height - NODE.height - 2 * MARGIN,
  };
  return {
    size: { width, height },
    writer: { x: MARGIN + ROLE.width / 2, y: height / 2, ...ROLE },
    nodes: places.map((place) => ({ ...inRoom(place, room), ...NODE })),
    listeners: Array.from({ length: listeners }, (_, i) => ({
      x: width - MARGIN - ROLE.width / 2,
      y: height * (i + 0.5) / listeners,
      ...ROLE,
    })),
  };
}

/**
 * @param {number} nodes
 * @param {number} listeners
 * @param {number} width
 * @returns {Layout}
 */
function layUpright(nodes, listeners, width) {
  const places = UPRIGHT_NODES.get(nodes) ?? zigzag(nodes);
  const nodeRows = Math.max(1, Math.ceil(nodes / 2));
  const columns = Math.max(1, Math.floor((width - 2 * MARGIN + GAP) / (ROLE.width + GAP)));
  const step = NODE.height + 2 * GAP;
  const top = MARGIN + ROLE.height + 2 * GAP;
  const bottom = top + nodeRows * step;
  const rows = Math.ceil(listeners / columns);
  const room = {
    x: MARGIN + NODE.width / 2,
    y: top + NODE.height / 2,
    width: width - 2 * MARGIN - NODE.width,
    height: (nodeRows - 1) * step,
  };
  return {
    size: { width, height: bottom + rows * (ROLE.height + GAP) - GAP + MARGIN },
    writer: { x: width / 2, y: MARGIN + ROLE.height / 2, ...ROLE },
    nodes: places.map((place) => ({ ...inRoom(place, room), ...NODE })),
    listeners: Array.from({ length: listeners }, (_, i) => {
      const row = Math.floor(i / columns);
      const inRow = Math.min(columns, listeners - row * columns);
      return {
        x: MARGIN + (width - 2 * MARGIN) / inRow * (i % columns + 0.5),
        y: bottom + row * (ROLE.height + GAP) + ROLE.height / 2,
        ...ROLE,
      };
    }),
  };
}

/**
 * @param {readonly number[]} place
 * @param {Box} room
 * @returns {Place}
 */
function inRoom([x, y], room) {
  return { x: room.x + x * room.width, y: room.y + y * room.height };
}

/**
 * Places nodes on the left and on the right in turn, so that their links stay visible.
 *
 * @param {number} count
 * @returns {number[][]}
 */
function zigzag(count) {
  const rows = Math.max(1, Math.ceil(count / 2) - 1);
  return Array.from({ length: count }, (_, i) => [i % 2, Math.floor(i / 2) / rows]);
}

/**
 * Returns the two points where the line between two boxes crosses their edges.
 *
 * @param {Box} from
 * @param {Box} to
 * @param {number} [aside] How far the line is moved to its right, in pixels, to make room for the opposite direction.
 * @returns {[Place, Place]}
 */
export function lineBetween(from, to, aside = 0) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const shift = { x: -dy / length * aside, y: dx / length * aside };
  return [leave(from, dx, dy, shift), leave(to, -dx, -dy, shift)];
}

/**
 * Returns the point where a line from the middle of a box, moved aside, crosses its edge.
 *
 * @param {Box} box
 * @param {number} dx
 * @param {number} dy
 * @param {Place} shift
 * @returns {Place}
 */
function leave({ x, y, width, height }, dx, dy, shift) {
  const reachX = (width / 2 - Math.sign(dx) * shift.x) / Math.abs(dx);
  const reachY = (height / 2 - Math.sign(dy) * shift.y) / Math.abs(dy);
  const reach = Math.min(dx === 0 ? Infinity : reachX, dy === 0 ? Infinity : reachY);
  const way = Number.isFinite(reach) ? reach : 0;
  return { x: x + shift.x + dx * way, y: y + shift.y + dy * way };
}

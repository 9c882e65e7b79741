// @ts-check
/** Where everything stands on the drawing of the mesh. */

/**
 * @typedef {{ readonly x: number, readonly y: number }} Place
 * @typedef {{ readonly width: number, readonly height: number }} Size
 * @typedef {Place & Size} Box A rectangle around its place.
 */

/**
 * @typedef {object} Layout
 * @property {Size} size Of the whole drawing.
 * @property {Box} writer
 * @property {readonly Box[]} nodes In the order of the nodes.
 * @property {readonly Box[]} listeners In the order of the listeners.
 */

const ROLE = { width: 150, height: 60 };
const NODE = { width: 158, height: 60 };

/** Free space between boxes, and around all, in pixels. */
const GAP = 14;
const MARGIN = 2;

/** How high a ring may be, from its middle: a drawing is either upright, or flat enough for other things below. */
const MAX_WIDE_RADIUS = 160;
const MAX_UPRIGHT_RADIUS = 400;

/**
 * Lays the mesh out: the writer, then the nodes on a ring, then the listeners, from left to right where there
 * is room for that, else from top to bottom.
 *
 * @param {number} nodes How many there are.
 * @param {number} listeners How many there are.
 * @param {number} width What there is room for, in pixels.
 * @returns {Layout} The layout, of that width.
 */
export function layOut(nodes, listeners, width) {
  return layWide(nodes, listeners, width) ?? layUpright(nodes, listeners, width);
}

/**
 * The two points at which the line between two boxes leaves them.
 *
 * @param {Box} from
 * @param {Box} to
 * @param {number} [aside] How far to the right of its way the line runs, for lines in both directions.
 * @returns {[Place, Place]}
 */
export function lineBetween(from, to, aside = 0) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const shift = { x: -dy / length * aside, y: dx / length * aside };
  const start = leave(from, dx, dy, shift);
  const end = leave(to, -dx, -dy, shift);
  return [start, end];
}

/**
 * @param {number} nodes
 * @param {number} listeners
 * @param {number} width
 * @returns {Layout | undefined} `undefined` where there is no room.
 */
function layWide(nodes, listeners, width) {
  const side = MARGIN + ROLE.width / 2;
  const room = width - 2 * (2 * MARGIN + ROLE.width + 4 * GAP);
  const reach = (room - NODE.width) / 2;
  if (reach < 0) return undefined;
  const column = listeners * (ROLE.height + GAP);
  const ring = growRing(nodes, Math.PI, Math.min(reach, 175), MAX_WIDE_RADIUS) ??
    growRing(nodes, -Math.PI / 2, reach, MAX_WIDE_RADIUS);
  if (!ring) return undefined;
  const height = Math.max(ROLE.height, column, heightOf(ring)) + 2 * MARGIN;
  const step = Math.max(ROLE.height + GAP, (height - 2 * GAP) / Math.max(listeners, 1) * 0.8);
  return {
    size: { width, height },
    writer: { x: side, y: height / 2, ...ROLE },
    nodes: ring.map(({ x, y }) => ({ x: x + width / 2, y: y + height / 2, ...NODE })),
    listeners: Array.from({ length: listeners }, (_, i) => ({
      x: width - side,
      y: height / 2 + (i - (listeners - 1) / 2) * step,
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
  const columns = Math.max(1, Math.floor((width - 2 * MARGIN + GAP) / (ROLE.width + GAP)));
  const rows = Math.ceil(listeners / columns);
  const reach = Math.max(0, Math.min(150, (width - NODE.width) / 2 - MARGIN));
  const ring = growRing(nodes, -Math.PI / 2, reach, MAX_UPRIGHT_RADIUS) ?? stack(nodes, reach);
  const top = MARGIN + ROLE.height + 3 * GAP;
  const bottom = top + heightOf(ring) + 3 * GAP;
  const height = bottom + rows * (ROLE.height + GAP) - GAP + MARGIN;
  const above = Math.min(0, ...ring.map(({ y }) => y - NODE.height / 2));
  return {
    size: { width, height },
    writer: { x: width / 2, y: MARGIN + ROLE.height / 2, ...ROLE },
    nodes: ring.map(({ x, y }) => ({ x: x + width / 2, y: y + top - above, ...NODE })),
    listeners: Array.from({ length: listeners }, (_, i) => {
      const inRow = Math.min(columns, listeners - Math.floor(i / columns) * columns);
      const step = (width - 2 * MARGIN) / inRow;
      return {
        x: MARGIN + step * (i % columns + 0.5),
        y: bottom + Math.floor(i / columns) * (ROLE.height + GAP) + ROLE.height / 2,
        ...ROLE,
      };
    }),
  };
}

/**
 * Puts nodes on a ring around the origin, as flat a one as there is on which they do not touch.
 *
 * @param {number} count
 * @param {number} start The angle of the first one. The second one is where the first listener is: the others
 * follow clockwise, or against it where the first one is at the top.
 * @param {number} reach How far the ring reaches to the sides.
 * @param {number} max The greatest radius up and down.
 * @returns {Place[] | undefined} `undefined` where they touch on all of them.
 */
function growRing(count, start, reach, max) {
  const turn = start < 0 ? -2 * Math.PI : 2 * Math.PI;
  const angles = Array.from({ length: count }, (_, i) => start + turn * i / count);
  const xs = spread(angles.map((angle) => Math.cos(angle)), reach);
  for (let radius = 92; radius <= max; radius += 8) {
    const rows = angles.map((angle) => radius * Math.sin(angle));
    const ys = spread(rows, (Math.max(...rows) - Math.min(...rows)) / 2);
    const ring = xs.map((x, i) => ({ x, y: ys[i] }));
    if (!ring.some((a, i) => ring.some((b, j) => i < j && doTouch(a, b)))) return ring;
  }
}

/**
 * Stretches positions until they reach as far to one side as to the other.
 *
 * @param {readonly number[]} positions
 * @param {number} reach
 */
function spread(positions, reach) {
  const [least, greatest] = [Math.min(...positions), Math.max(...positions)];
  if (greatest - least < 1e-6) return positions.map(() => 0);
  return positions.map((position) => reach * (2 * (position - least) / (greatest - least) - 1));
}

/**
 * Puts nodes below each other, to the left and to the right in turn: links are seen between them.
 *
 * @param {number} count
 * @param {number} reach How far they are put to the sides.
 * @returns {Place[]}
 */
function stack(count, reach) {
  return Array.from({ length: count }, (_, i) => ({
    x: i % 2 === 0 ? -reach : reach,
    y: i * (NODE.height + 2 * GAP),
  }));
}

/**
 * @param {Place} a
 * @param {Place} b
 */
function doTouch(a, b) {
  const isBeside = Math.abs(a.x - b.x) > NODE.width + GAP - 1;
  return !isBeside && Math.abs(a.y - b.y) < NODE.height + GAP;
}

/** @param {readonly Place[]} ring */
function heightOf(ring) {
  const ys = ring.map(({ y }) => y);
  return ring.length === 0 ? 0 : Math.max(...ys) - Math.min(...ys) + NODE.height;
}

/**
 * Where a way out of the middle of a box, moved aside, crosses its edge.
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

// @ts-check
import { BoxView } from "./box.js";
import { describeListener, describeNode, describeOutside, describeWriter } from "./describe.js";
import { draw, find, PictureWords, seriesOf, setAttribute } from "./dom.js";
import { layOut, lineBetween } from "./layout.js";
import { edgeId, topologyOf } from "./topology.js";
import { listenerId, nodeId, WRITER_ID } from "./route.js";
import { EdgeView } from "./edge.js";

/**
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("./layout.js").Place} Place
 * @typedef {import("./topology.js").Topology} Topology
 * @typedef {import("./topology.js").Edge} Edge
 * @typedef {import("./route.js").Hop} Hop
 */

/** How far the two links between two nodes are from the middle, in pixels. */
const ASIDE = 7;

/** The least width of the drawing, in pixels. */
const MIN_WIDTH = 268;

/** The drawing of the nodes with their links, and of the roles around them. */
export class Mesh {
  #host = find("mesh");
  #svg = draw("svg", {});
  #top = draw("g", {});
  words = new PictureWords(this.#svg);
  /** The width and the topology of the present drawing, as JSON. */
  #made = "";
  /** @type {Map<string, BoxView>} */
  #boxes = new Map();
  /** @type {Map<string, EdgeView>} */
  #edges = new Map();

  /** @param {() => void} onResize Called when the available room changes. */
  constructor(onResize) {
    this.#host.append(this.#svg);
    new ResizeObserver(onResize).observe(this.#host);
  }

  /**
   * Shows the state.
   *
   * @param {State} state
   * @param {number} now Microseconds since the Unix epoch.
   */
  show(state, now) {
    this.#make(topologyOf(state));
    this.#boxes.get(WRITER_ID)?.show(describeWriter(state.writer, now));
    for (const node of state.nodes) {
      this.#boxes.get(nodeId(node.name))?.show(describeNode(node, state.nodes, now));
    }
    for (const listener of state.listeners) {
      this.#boxes.get(listenerId(listener.name))?.show(
        describeListener(listener, state.listeners, now),
      );
    }
    for (const { from, to, status } of state.links) {
      this.#edges.get(edgeId({ from: nodeId(from), to: nodeId(to) }))?.show(status);
    }
  }

  /**
   * Returns the line that a write takes.
   *
   * @param {Hop} edge
   * @returns {[Place, Place] | undefined} `undefined` if one of its ends is not drawn.
   */
  lineOf(edge) {
    return this.#edges.get(edgeId(edge))?.line ?? this.#lineBetween(edge, 0);
  }

  /**
   * Adds an element on top of the drawing.
   *
   * @param {SVGElement} element
   */
  add(element) {
    this.#top.append(element);
  }

  /**
   * Marks the path of the last write, and nothing else.
   *
   * @param {readonly Hop[]} hops
   */
  mark(hops) {
    const places = new Set(hops.flatMap(({ from, to }) => [from, to]));
    const edges = new Set(hops.map(edgeId));
    for (const [id, box] of this.#boxes) box.mark(places.has(id));
    for (const [id, edge] of this.#edges) edge.mark(edges.has(id));
  }

  /**
   * Redraws everything if the topology or the width has changed.
   *
   * @param {Topology} topology
   */
  #make(topology) {
    const width = Math.max(MIN_WIDTH, Math.floor(this.#host.clientWidth));
    const made = JSON.stringify([width, topology]);
    if (made === this.#made) return;
    this.#made = made;
    const { size, ...boxes } = layOut(topology.nodes.length, topology.listeners.length, width);
    setAttribute(this.#svg, "width", `${size.width}`);
    setAttribute(this.#svg, "height", `${size.height}`);
    this.#boxes = new Map([[WRITER_ID, new BoxView(boxes.writer, "writer")]]);
    topology.nodes.forEach(({ name, isOutside }, i) => {
      const box = new BoxView(boxes.nodes[i], isOutside ? "node outside" : "node");
      if (isOutside) box.show(describeOutside(name));
      this.#boxes.set(nodeId(name), box);
    });
    topology.listeners.forEach((name, i) => {
      const box = new BoxView(boxes.listeners[i], `listener ${seriesOf(i)}`);
      this.#boxes.set(listenerId(name), box);
    });
    this.#edges = new Map();
    for (const edge of topology.edges) this.#connect(edge);
    const views = [...this.#edges.values(), ...this.#boxes.values()];
    this.#svg.replaceChildren(...views.map(({ element }) => element), this.#top);
  }

  /** @param {Edge} edge */
  #connect({ from, to, isLink }) {
    const line = this.#lineBetween({ from, to }, isLink ? ASIDE : 0);
    if (line) this.#edges.set(edgeId({ from, to }), new EdgeView(line, isLink ? "link" : "work"));
  }

  /**
   * @param {{ readonly from: string, readonly to: string }} edge
   * @param {number} aside
   */
  #lineBetween({ from, to }, aside) {
    const [source, target] = [this.#boxes.get(from), this.#boxes.get(to)];
    return source && target && lineBetween(source.box, target.box, aside);
  }
}

// @ts-check
import { showText } from "./format.js";

/**
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("../protocol.ts").ListenerState} ListenerState
 */

/** The titles of the two ways to observe. */
const PATTERNS = { loop: "Loop", callback: "Callback" };

/**
 * Returns a listener's title: the way it observes, if no other listener observes that way, else its name.
 *
 * @param {ListenerState} listener
 * @param {readonly ListenerState[]} all
 * @returns {string} Such as `Loop`.
 */
export function titleOf({ name, pattern }, all) {
  const isUnique = all.filter((other) => other.pattern === pattern).length === 1;
  return pattern && isUnique ? PATTERNS[pattern] : showText(name, 60);
}

/**
 * Returns a node's title: its number.
 *
 * @param {string} name Its host and port.
 * @param {readonly { readonly name: string }[]} nodes All nodes, in their order.
 * @returns {string} Such as `node 1`; its name if it is not one of them.
 */
export function nodeTitle(name, nodes) {
  const index = nodes.findIndex((node) => node.name === name);
  return index === -1 ? showText(name, 60) : `node ${index + 1}`;
}

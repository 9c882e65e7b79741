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
 * Returns the roles that were never there, as far as is known.
 *
 * @param {State} state
 * @returns {{ readonly name: string, readonly title: string }[]}
 */
export function unseenRoles({ writer, listeners }) {
  const roles = [
    { name: "writer", title: "the writer", presence: writer.presence },
    ...listeners.map((listener) => ({
      name: listener.name,
      title: titleOf(listener, listeners),
      presence: listener.presence,
    })),
  ];
  return roles.filter(({ presence }) => presence.status === "unseen");
}

/**
 * Joins names as in a sentence.
 *
 * @param {readonly string[]} names
 * @returns {string} Such as `the writer, Loop and Callback`.
 */
export function joinNames(names) {
  return new Intl.ListFormat("en-GB").format(names);
}

/** @param {string} text */
export function capitalized(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
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

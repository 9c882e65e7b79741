// @ts-check
import { formatAge, formatDuration, formatSince, formatStart, showText } from "./format.js";

/**
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("../protocol.ts").NodeState} NodeState
 * @typedef {import("../protocol.ts").Presence} Presence
 * @typedef {import("../protocol.ts").WriterState} WriterState
 * @typedef {import("../protocol.ts").ListenerState} ListenerState
 * @typedef {import("../protocol.ts").Write} Write
 * @typedef {import("./box.js").Shown} Shown
 */

/** How many characters of a node's role fit. */
const ROLE_LENGTH = 16;

/** What the servers' own names for their roles mean. */
const ROLES = new Map([["master", "primary"], ["slave", "replica"]]);

/** A sign for each status, so that colour is never the only one. */
const SIGNS = { up: "●", here: "●", loading: "◐", down: "✕", gone: "✕", unknown: "?" };

/**
 * Says how the writer is.
 *
 * @param {WriterState} writer
 * @param {number} now Microseconds since the Unix epoch.
 * @returns {Shown}
 */
export function describeWriter({ name = "writer", presence, last }, now) {
  return describeRole(name, presence, now, last ? `wrote #${last.seq}` : "no write yet");
}

/**
 * Says how a listener is.
 *
 * @param {ListenerState} listener
 * @param {number} now Microseconds since the Unix epoch.
 * @returns {Shown}
 */
export function describeListener({ name, presence, last }, now) {
  const answer = last?.seq === undefined ? "answered" : `answered #${last.seq}`;
  return describeRole(name, presence, now, last ? answer : "no answer yet");
}

/**
 * Says how a node is, and when the last write was there.
 *
 * @param {NodeState} node
 * @param {Write | undefined} write The last one.
 * @param {number} now Microseconds since the Unix epoch.
 * @returns {Shown}
 */
export function describeNode({ name, role = "", status, since }, write, now) {
  if (status !== "up") return { name, status, ...describeLoss(status, since, now) };
  const arrival = write?.path.find(({ node }) => node === name);
  const second = role === "" ? "● up" : `● up · ${showText(ROLES.get(role) ?? role, ROLE_LENGTH)}`;
  if (!arrival) return { name, status, second, third: write ? "" : "no write yet" };
  return { name, status, second, third: `#${write?.seq} after ${formatDuration(arrival.after)}` };
}

/**
 * Says what a server is that nodes replicate from although nobody named it.
 *
 * @param {string} name
 * @returns {Shown}
 */
export function describeOutside(name) {
  return { name, status: "unknown", second: "? not in KEYDB_URL", third: "" };
}

/**
 * Says in one breath what the drawing of the mesh shows.
 *
 * @param {State} state
 * @returns {string}
 */
export function describeMesh({ nodes, links, writer, listeners }) {
  const up = nodes.filter(({ status }) => status === "up").length;
  const linked = links.filter(({ status }) => status === "up").length;
  const here = listeners.filter(({ presence }) => presence.status === "here").length;
  const parts = [
    `The mesh: ${up} of ${nodes.length} nodes up`,
    `${linked} of ${links.length} links up`,
    `writer ${wordFor(writer.presence)}`,
    `${here} of ${listeners.length} listeners here`,
  ];
  if (!writer.last) return `${parts.join(", ")}.`;
  const path = writer.last.path.map(({ node, after }) => `${node} after ${formatDuration(after)}`);
  return `${parts.join(", ")}. Write ${writer.last.seq} went to ${path.join(", ")}.`;
}

/**
 * Says whether a role is there, since when, and where. Why it is gone is told with all that is wrong.
 *
 * @param {Presence} presence
 * @param {number} now Microseconds since the Unix epoch.
 * @returns {string} Such as `● here since 10:32:05, on keydb_02:6379`.
 */
export function describePresence(presence, now) {
  const { status, since } = presence;
  const word = `${SIGNS[status]} ${wordFor(presence)}`;
  if (status === "gone") return `${word} ${formatSince(since, now)}`;
  return `${word} since ${formatStart(since, now)}${describePlaces(presence)}`;
}

/**
 * Says how a role is, in a word. One that is connected all the same is not gone.
 *
 * @param {Presence} presence
 * @returns {string}
 */
export function wordFor({ status, nodes }) {
  return status === "gone" && nodes.length > 0 ? "silent" : status;
}

/** @param {Presence} presence */
function describePlaces({ nodes, observed }) {
  if (nodes.length === 0) return "";
  const others = nodes.filter((node) => !observed.includes(node));
  if (observed.length === 0 || others.length === 0) return `, on ${nodes.join(", ")}`;
  return `, observes ${observed.join(", ")}, answers on ${others.join(", ")}`;
}

/**
 * @param {string} name
 * @param {Presence} presence
 * @param {number} now
 * @param {string} deed What it did last.
 * @returns {Shown}
 */
function describeRole(name, presence, now, deed) {
  const { status, since } = presence;
  if (status === "gone") {
    return { name, status, ...describeLoss(status, since, now, wordFor(presence)) };
  }
  return { name, status, second: `${SIGNS[status]} ${status}`, third: deed };
}

/**
 * @param {"gone" | "down" | "loading"} status
 * @param {number} since
 * @param {number} now
 * @param {string} [word] For the status.
 */
function describeLoss(status, since, now, word = status) {
  const second = `${SIGNS[status]} ${word} since ${formatStart(since, now)}`;
  return { second, third: `for ${formatAge(now - since)}` };
}

// @ts-check
import { formatAge, formatSince, formatSinceIfKnown, formatStart, showText } from "./format.js";

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
const SIGNS = { up: "●", here: "●", loading: "◐", down: "✕", gone: "✕", unseen: "○", unknown: "?" };

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
 * Says how a node is, and whether it has announced the last write.
 *
 * @param {NodeState} node
 * @param {Write | undefined} write The last one.
 * @param {number} now Microseconds since the Unix epoch.
 * @returns {Shown}
 */
export function describeNode({ name, role = "", status, since, hearing }, write, now) {
  if (status !== "up") return { name, status, ...describeLoss(status, since, now) };
  const hasAnnounced = write?.path.some(({ node }) => node === name);
  const second = role === "" ? "● up" : `● up · ${showText(ROLES.get(role) ?? role, ROLE_LENGTH)}`;
  if (hearing.reason !== undefined) return { name, status, second, third: "? writes not heard" };
  if (!hasAnnounced) return { name, status, second, third: write ? "" : "no write yet" };
  return { name, status, second, third: `announced #${write?.seq}` };
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
  const parts = [
    `The mesh: ${describeCount(nodes, "up", "nodes")}`,
    describeCount(links, "up", "links"),
    `writer ${wordFor(writer.presence)}`,
    describeCount(listeners.map(({ presence }) => presence), "here", "listeners"),
  ];
  const { last, hearing } = writer;
  if (!last || last.path.length === 0) return `${parts.join(", ")}.`;
  const write = hearing.reason === undefined
    ? `Write ${last.seq}`
    : `The last known write ${last.seq}`;
  const path = last.path.map(({ node }) => node).join(", ");
  return `${parts.join(", ")}. ${write} was announced by ${path}.`;
}

/**
 * Says how many are well, and of how many nobody knows.
 *
 * @param {readonly { readonly status: string }[]} all
 * @param {string} well The status of those that are well.
 * @param {string} what What they are.
 */
function describeCount(all, well, what) {
  const [good, unknown] = [well, "unknown"].map((word) =>
    all.filter(({ status }) => status === word).length
  );
  const rest = unknown > 0 ? ` (${unknown} unknown)` : "";
  return `${good} of ${all.length} ${what} ${well}${rest}`;
}

/**
 * Says whether a role is there, since when, and where. Why it is not is told with all that is wrong.
 *
 * @param {Presence} presence
 * @param {number} now Microseconds since the Unix epoch.
 * @returns {string} Such as `● here since 10:32:05, on keydb_02:6379`.
 */
export function describePresence(presence, now) {
  const { status, since } = presence;
  const word = `${SIGNS[status]} ${wordFor(presence)}`;
  if (status !== "here") return `${word}${formatSinceIfKnown(since, now)}`;
  const start = since === undefined ? "" : ` since ${formatStart(since, now)}`;
  return `${word}${start}${describePlaces(presence)}`;
}

/**
 * Says that the answers of a listener are not heard although it is there.
 *
 * @param {ListenerState} listener
 * @param {number} now
 * @returns {string} Empty if they are, or if nothing is known of it anyway.
 */
export function describeHearing({ presence: { status }, hearing: { reason, since } }, now) {
  if (status !== "here" || reason === undefined || since === undefined) return "";
  return `; ? answers not heard ${formatSince(since, now)}`;
}

/**
 * Says how a role is, in a word. One that is connected all the same is not gone.
 *
 * @param {Presence} presence
 * @returns {string}
 */
export function wordFor({ status, nodes }) {
  if (status === "unseen") return "not seen yet";
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
  const word = wordFor(presence);
  if (status !== "here" && since !== undefined) {
    return { name, status, ...describeLoss(status, since, now, word) };
  }
  return { name, status, second: `${SIGNS[status]} ${word}`, third: deed };
}

/**
 * @param {keyof typeof SIGNS} status
 * @param {number | undefined} since
 * @param {number} now
 * @param {string} [word] For the status.
 */
function describeLoss(status, since, now, word = status) {
  if (since === undefined) return { second: `${SIGNS[status]} ${word}`, third: "" };
  const start = status === "unknown" ? "" : ` since ${formatStart(since, now)}`; // for which there is no room
  return { second: `${SIGNS[status]} ${word}${start}`, third: `for ${formatAge(now - since)}` };
}

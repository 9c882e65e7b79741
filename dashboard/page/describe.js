// @ts-check
import { formatAge, formatSince, formatSinceIfKnown, formatStart, showName } from "./format.js";
import { nodeTitle, titleOf } from "./names.js";

/**
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("../protocol.ts").NodeState} NodeState
 * @typedef {import("../protocol.ts").Presence} Presence
 * @typedef {import("../protocol.ts").WriterState} WriterState
 * @typedef {import("../protocol.ts").ListenerState} ListenerState
 * @typedef {import("./box.js").Shown} Shown
 */

/** How many characters of an address fit into a box. */
const ADDRESS_LENGTH = 18;

/** How many characters of a role's name fit into a box. */
const ROLE_LENGTH = 16;

/** A sign for each status, so that colour is not the only difference. */
const SIGNS = { up: "●", here: "●", loading: "◐", down: "✕", gone: "✕", unseen: "○", unknown: "?" };

/**
 * Describes the writer.
 *
 * @param {WriterState} writer
 * @param {number} now Microseconds since the Unix epoch.
 * @returns {Shown}
 */
export function describeWriter({ name = "writer", presence, last }, now) {
  return describeRole(name, presence, now, last ? `wrote #${last.seq}` : "no write yet");
}

/**
 * Describes a listener.
 *
 * @param {ListenerState} listener
 * @param {readonly ListenerState[]} listeners All listeners.
 * @param {number} now Microseconds since the Unix epoch.
 * @returns {Shown}
 */
export function describeListener(listener, listeners, now) {
  const { presence, last } = listener;
  const answer = last?.seq === undefined ? "answered" : `answered #${last.seq}`;
  return describeRole(titleOf(listener, listeners), presence, now, last ? answer : "no answer yet");
}

/**
 * Describes a node: its status and its address.
 *
 * @param {NodeState} node
 * @param {readonly NodeState[]} nodes All of them.
 * @param {number} now Microseconds since the Unix epoch.
 * @returns {Shown}
 */
export function describeNode({ name, status, since, hearing }, nodes, now) {
  const title = nodeTitle(name, nodes);
  const address = showName(name, ADDRESS_LENGTH);
  if (status !== "up") {
    const third = since === undefined ? "" : `for ${formatAge(now - since)}`;
    return { name: `${title} ${SIGNS[status]} ${status}`, status, second: address, third };
  }
  const third = hearing.reason === undefined ? "" : "? writes unknown";
  return { name: `${title} ● up`, status, second: address, third };
}

/**
 * Describes a server that nodes replicate from although `KEYDB_URL` does not name it.
 *
 * @param {string} name
 * @returns {Shown}
 */
export function describeOutside(name) {
  return {
    name: "? not in KEYDB_URL",
    status: "unknown",
    second: showName(name, ADDRESS_LENGTH),
    third: "",
  };
}

/**
 * Describes the drawing of the mesh in one text, for screen readers.
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
  const path = last.path.map(({ node }) => nodeTitle(node, nodes)).join(", ");
  return `${parts.join(", ")}. ${write} was announced by ${path}.`;
}

/**
 * Says how many are well, and how many are unknown.
 *
 * @param {readonly { readonly status: string }[]} all
 * @param {string} well The status of those that are well.
 * @param {string} what What is counted, such as `nodes`.
 */
function describeCount(all, well, what) {
  const [good, unknown] = [well, "unknown"].map((word) =>
    all.filter(({ status }) => status === word).length
  );
  const rest = unknown > 0 ? ` (${unknown} unknown)` : "";
  return `${good} of ${all.length} ${what} ${well}${rest}`;
}

/**
 * Describes whether a role is there, since when, and on which nodes. The health line has the reason for an absence.
 *
 * @param {Presence} presence
 * @param {readonly NodeState[]} nodes All of them.
 * @param {number} now Microseconds since the Unix epoch.
 * @returns {string} Such as `● here since 10:32:05, on node 2`.
 */
export function describePresence(presence, nodes, now) {
  const { status, since } = presence;
  const word = `${SIGNS[status]} ${wordFor(presence)}`;
  if (status !== "here") return `${word}${formatSinceIfKnown(since, now)}`;
  const start = since === undefined ? "" : ` since ${formatStart(since, now)}`;
  return `${word}${start}${describePlaces(presence, nodes)}`;
}

/**
 * Reports that a listener is there, but that its answers do not reach the dashboard.
 *
 * @param {ListenerState} listener
 * @param {number} now
 * @returns {string} Empty if they do, if that is not known yet, or if the listener is not there.
 */
export function describeHearing({ presence: { status }, hearing: { reason, since } }, now) {
  if (status !== "here" || reason === undefined || since === undefined) return "";
  return `; ? answers unknown ${formatSince(since, now)}`;
}

/**
 * Returns the word for a role's status. A role that is gone but still connected is `silent`.
 *
 * @param {Presence} presence
 * @returns {string}
 */
export function wordFor({ status, nodes }) {
  if (status === "unseen") return "not seen yet";
  return status === "gone" && nodes.length > 0 ? "silent" : status;
}

/**
 * @param {Presence} presence
 * @param {readonly NodeState[]} all
 */
function describePlaces({ nodes, observed }, all) {
  if (nodes.length === 0) return "";
  /** @type {(names: readonly string[]) => string} */
  const named = (names) => names.map((name) => nodeTitle(name, all)).join(", ");
  const others = nodes.filter((node) => !observed.includes(node));
  if (observed.length === 0 || others.length === 0) return `, on ${named(nodes)}`;
  return `, observes ${named(observed)}, answers on ${named(others)}`;
}

/**
 * @param {string} title
 * @param {Presence} presence
 * @param {number} now
 * @param {string} deed Its last action.
 * @returns {Shown}
 */
function describeRole(title, presence, now, deed) {
  const { status, since } = presence;
  const name = showName(title, ROLE_LENGTH);
  const word = wordFor(presence);
  const second = `${SIGNS[status]} ${word}`;
  if (status === "here" || since === undefined) return { name, status, second, third: deed };
  return { name, status, second, third: `for ${formatAge(now - since)}` };
}

// @ts-check
import { wordFor } from "./describe.js";
import { formatSinceIfKnown, showText } from "./format.js";
import { capitalized, joinNames, nodeTitle, titleOf, unseenRoles } from "./names.js";

/**
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("../protocol.ts").Presence} Presence
 */

/**
 * @typedef {object} Problem Something that is wrong.
 * @property {string} what Such as `keydb_03:6379 is down`. It identifies the problem, so it contains no time.
 * @property {string} over The text for the end of the problem.
 * @property {(state: State) => boolean | undefined} isOver Whether the problem is over; an unknown state is not enough.
 * @property {"unknown" | "warn" | "bad"} level
 * @property {number} [since]
 * @property {string} [reason]
 */

/**
 * Finds what is wrong with nodes, links and roles, and with what the dashboard receives.
 *
 * @param {State} state
 * @returns {Problem[]} The worst ones first.
 */
export function problemsOf(state) {
  const outage = ofOutage(state);
  if (outage) return [outage]; // everything else follows from it
  const problems = [
    ...ofObservation(state),
    ...ofNodes(state),
    ...ofHearing(state),
    ...ofLinks(state),
    ...ofRoles(state),
    ...ofUnseen(state),
  ];
  return problems.sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}

/** The levels of problems, the worst one first. */
const LEVELS = ["bad", "warn", "unknown"];

/**
 * Describes what is wrong, since when, and why.
 *
 * @param {Problem} problem
 * @param {number} now Microseconds since the Unix epoch.
 * @returns {string} A line of text.
 */
export function describeProblem({ what, since, reason }, now) {
  return `${what}${formatSinceIfKnown(since, now)}${reason ? `: ${showText(reason)}` : ""}`;
}

/** The beginning of a sentence about all nodes, by their number. */
const ALL = new Map([[1, "The only node is"], [2, "Both nodes are"], [3, "All three nodes are"]]);

/**
 * Finds an outage of all nodes: one problem, without those that follow from it.
 *
 * @param {State} state
 * @returns {Problem | undefined}
 */
function ofOutage({ nodes }) {
  const since = nodes.map(({ since }) => since);
  const isKnown = since.every((since) => since !== undefined);
  if (nodes.length === 0 || !isKnown || nodes.some(({ status }) => status === "up")) return;
  const isDown = nodes.every(({ status }) => status === "down");
  return {
    what: `${ALL.get(nodes.length) ?? `All ${nodes.length} nodes are`} ${
      isDown ? "down" : "not up"
    }`,
    over: "A node is up again",
    isOver: ({ nodes }) => nodes.some(({ status }) => status === "up"),
    level: "bad",
    since: Math.max(...since),
    reason: nodes[0].reason,
  };
}

/**
 * @param {State} state
 * @returns {Problem[]}
 */
function ofObservation({ observation }) {
  if (observation.state === "observing") return [];
  const { since, reason } = observation;
  return [{
    what: "Not all handshakes reach the dashboard",
    over: "All handshakes reach the dashboard again",
    isOver: ({ observation }) => observation.state === "observing",
    level: "bad",
    since,
    reason,
  }];
}

/**
 * @param {State} state
 * @returns {Problem[]}
 */
function ofNodes({ nodes }) {
  const found = nodes.filter(({ status, since }) => status !== "up" && since !== undefined);
  return found.map(({ name, status, since, reason }) => {
    const shown = fullTitle(name, nodes);
    const what = `${shown} is ${status === "loading" ? "loading its data" : status}`;
    const level = status === "down" ? "bad" : "warn";
    const isOver = (/** @type {State} */ state) => nodeIn(state, name)?.status === "up";
    return { what, over: `${shown} is up again`, isOver, level, since, reason };
  });
}

/**
 * Finds nodes that are up, but whose writes the dashboard does not receive.
 *
 * @param {State} state
 * @returns {Problem[]}
 */
function ofHearing({ nodes }) {
  const deaf = nodes.filter(({ status, hearing: { reason, since } }) =>
    status === "up" && reason !== undefined && since !== undefined
  );
  return deaf.map(({ name, hearing }) => {
    const shown = nodeTitle(name, nodes);
    const what = `Writes at ${shown} do not reach the dashboard`;
    const over = `Writes at ${shown} reach the dashboard again`;
    return { what, over, isOver: hearsWritesAt(name), level: "warn", ...hearing };
  });
}

/** @param {string} name */
function hearsWritesAt(name) {
  return (/** @type {State} */ state) => {
    const node = nodeIn(state, name);
    return node?.status === "up" && node.hearing.reason === undefined;
  };
}

/**
 * @param {State} state
 * @param {string} name
 */
function nodeIn({ nodes }, name) {
  return nodes.find((node) => node.name === name);
}

/**
 * Finds links that do not work although the nodes at their ends do.
 *
 * @param {State} state
 * @returns {Problem[]}
 */
function ofLinks({ nodes, links }) {
  const lost = nodes.filter(({ status }) => status !== "up").map(({ name }) => name);
  return links.filter(({ from, to }) => !lost.includes(from) && !lost.includes(to))
    .filter(({ status }) => status === "down" || status === "syncing")
    .map(({ from, to, status, since }) => {
      const source = nodeTitle(from, nodes);
      const replica = capitalized(nodeTitle(to, nodes));
      const isOver = (/** @type {State} */ { links }) =>
        links.find((link) => link.from === from && link.to === to)?.status === "up";
      return status === "down"
        ? {
          what: `${replica} has lost its link to ${source}`,
          over: `${replica} is linked to ${source} again`,
          isOver,
          level: "bad",
          since,
        }
        : {
          what: `${replica} is syncing from ${source}`,
          over: `${replica} is in sync with ${source}`,
          isOver,
          level: "warn",
          since,
        };
    });
}

/**
 * Finds roles that are not there any more, or that may not be there any more.
 *
 * @param {State} state
 * @returns {Problem[]}
 */
function ofRoles({ writer, listeners }) {
  const roles = [
    { ...writer, name: writer.name ?? "", title: "The writer" },
    ...listeners.map((listener) => ({ ...listener, title: titleOf(listener, listeners) })),
  ];
  return roles.filter(({ presence }) => isMissing(presence)).map(({ name, title, presence }) => {
    const { status, since, reason } = presence;
    const what = `${title} is ${wordFor(presence)}`;
    const over = `${title} is ${status === "gone" ? "back" : "here"}`;
    const isOver = (/** @type {State} */ state) =>
      [state.writer, ...state.listeners].some((role) =>
        role.name === name && role.presence.status === "here"
      );
    return { what, over, isOver, level: status === "gone" ? "bad" : "warn", since, reason };
  });
}

/** @param {Presence} presence */
function isMissing({ status, since }) {
  return status === "gone" || (status === "unknown" && since !== undefined);
}

/**
 * Finds the roles that were never there: one problem for all of them, as they have to be started.
 *
 * @param {State} state
 * @returns {Problem[]}
 */
function ofUnseen(state) {
  const unseen = unseenRoles(state);
  if (unseen.length === 0) return [];
  return [{
    what: `Not seen yet: ${joinNames(unseen.map(({ title }) => title))}`,
    over: "The writer and all listeners have been seen",
    isOver: ({ writer, listeners }) =>
      [writer, ...listeners].every(({ presence: { status } }) =>
        status === "here" || status === "gone"
      ),
    level: "unknown",
  }];
}

/**
 * Returns a node's title with its address.
 *
 * @param {string} name
 * @param {State["nodes"]} nodes
 */
function fullTitle(name, nodes) {
  return `${capitalized(nodeTitle(name, nodes))} (${showText(name, 60)})`;
}

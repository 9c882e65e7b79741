// @ts-check
import { wordFor } from "./describe.js";
import { formatSinceIfKnown, showText } from "./format.js";

/**
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("../protocol.ts").Presence} Presence
 */

/**
 * @typedef {object} Problem Something that is not as it should be.
 * @property {string} what Such as `keydb_03:6379 is down`; it stands for the problem, and holds no time.
 * @property {string} over What is said when it has passed.
 * @property {(state: State) => boolean | undefined} isOver Whether it has: that it is not known any more is not enough.
 * @property {"warn" | "bad"} level
 * @property {number} [since]
 * @property {string} [reason]
 */

/**
 * Finds what is not as it should be: nodes, links, roles, and what the dashboard hears.
 *
 * @param {State} state
 * @returns {Problem[]} The worst of each kind first.
 */
export function problemsOf(state) {
  return [
    ...ofObservation(state),
    ...ofNodes(state),
    ...ofHearing(state),
    ...ofLinks(state),
    ...ofRoles(state),
  ];
}

/**
 * Says what is wrong, since when, and why.
 *
 * @param {Problem} problem
 * @param {number} now Microseconds since the Unix epoch.
 * @returns {string} A line of text.
 */
export function describeProblem({ what, since, reason }, now) {
  return `${what}${formatSinceIfKnown(since, now)}${reason ? `: ${showText(reason)}` : ""}`;
}

/**
 * @param {State} state
 * @returns {Problem[]}
 */
function ofObservation({ observation }) {
  if (observation.state === "observing") return [];
  const { since, reason } = observation;
  return [{
    what: "The dashboard does not hear all handshakes",
    over: "The dashboard hears all handshakes again",
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
    const shown = showText(name, 60);
    const what = `${shown} is ${status === "loading" ? "loading its data" : status}`;
    const level = status === "down" ? "bad" : "warn";
    const isOver = (/** @type {State} */ state) => nodeIn(state, name)?.status === "up";
    return { what, over: `${shown} is up again`, isOver, level, since, reason };
  });
}

/**
 * Nodes that are up, and whose writes the dashboard does not hear of.
 *
 * @param {State} state
 * @returns {Problem[]}
 */
function ofHearing({ nodes }) {
  const deaf = nodes.filter(({ status, hearing: { reason, since } }) =>
    status === "up" && reason !== undefined && since !== undefined
  );
  return deaf.map(({ name, hearing }) => {
    const shown = showText(name, 60);
    const what = `The dashboard does not hear of writes at ${shown}`;
    const over = `The dashboard hears of writes at ${shown} again`;
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
 * Links that do not work although the servers at both ends do.
 *
 * @param {State} state
 * @returns {Problem[]}
 */
function ofLinks({ nodes, links }) {
  const lost = nodes.filter(({ status }) => status !== "up").map(({ name }) => name);
  return links.filter(({ from, to }) => !lost.includes(from) && !lost.includes(to))
    .filter(({ status }) => status === "down" || status === "syncing")
    .map(({ from, to, status, since }) => {
      const [source, replica] = [showText(from, 60), showText(to, 60)];
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
 * Roles that are not there, or of which nobody knows any more whether they are.
 *
 * @param {State} state
 * @returns {Problem[]}
 */
function ofRoles({ writer, listeners }) {
  const roles = [{ ...writer, name: writer.name ?? "The writer" }, ...listeners];
  return roles.filter(({ presence }) => isMissing(presence)).map(({ name, presence }) => {
    const shown = showText(name, 60);
    const { status, since, reason } = presence;
    const what = `${shown} is ${wordFor(presence)}`;
    const over = `${shown} is ${status === "gone" ? "back" : "here"}`;
    const isOver = (/** @type {State} */ state) =>
      [state.writer, ...state.listeners].some((role) =>
        role.name === name && role.presence.status === "here"
      );
    return { what, over, isOver, level: status === "gone" ? "bad" : "warn", since, reason };
  });
}

/** @param {Presence} presence */
function isMissing({ status, since }) {
  return status === "gone" || status === "unseen" || (status === "unknown" && since !== undefined);
}

// @ts-check
import { wordFor } from "./describe.js";
import { formatSince, showText } from "./format.js";

/** @typedef {import("../protocol.ts").State} State */

/**
 * @typedef {object} Trouble Something that is not as it should be.
 * @property {string} what Such as `keydb_03:6379 is down`; it stands for the trouble, and holds no time.
 * @property {string} over What is said when it has passed.
 * @property {"warn" | "bad"} level
 * @property {number} since
 * @property {string} [reason]
 */

/**
 * Finds what is not as it should be: nodes, links, roles, and the dashboard's own connection.
 *
 * @param {State} state
 * @returns {Trouble[]} The worst of each kind first.
 */
export function troublesOf(state) {
  return [...ofObservation(state), ...ofNodes(state), ...ofLinks(state), ...ofRoles(state)];
}

/**
 * Says what is wrong, since when, and why.
 *
 * @param {Trouble} trouble
 * @param {number} now Microseconds since the Unix epoch.
 * @returns {string} A line of text.
 */
export function describeTrouble({ what, since, reason }, now) {
  return `${what} ${formatSince(since, now)}${reason ? `: ${showText(reason)}` : ""}`;
}

/**
 * @param {State} state
 * @returns {Trouble[]}
 */
function ofObservation({ observation }) {
  if (observation.state === "observing") return [];
  const { since, reason } = observation;
  const what = "The dashboard hears no server";
  return [{ what, over: "The dashboard hears a server again", level: "bad", since, reason }];
}

/**
 * @param {State} state
 * @returns {Trouble[]}
 */
function ofNodes({ nodes }) {
  return nodes.filter(({ status }) => status !== "up").map(({ name, status, since, reason }) => {
    const shown = showText(name, 60);
    const what = status === "down" ? `${shown} is down` : `${shown} is loading its data`;
    const level = status === "down" ? "bad" : "warn";
    return { what, over: `${shown} is up again`, level, since, reason };
  });
}

/**
 * Links that do not work although the servers at both ends do.
 *
 * @param {State} state
 * @returns {Trouble[]}
 */
function ofLinks({ nodes, links }) {
  const lost = nodes.filter(({ status }) => status !== "up").map(({ name }) => name);
  return links.filter(({ from, to }) => !lost.includes(from) && !lost.includes(to))
    .filter(({ status }) => status === "down" || status === "syncing")
    .map(({ from, to, status, since }) => {
      const [source, replica] = [showText(from, 60), showText(to, 60)];
      return status === "down"
        ? {
          what: `${replica} has lost its link to ${source}`,
          over: `${replica} is linked to ${source} again`,
          level: "bad",
          since,
        }
        : {
          what: `${replica} is syncing from ${source}`,
          over: `${replica} is in sync with ${source}`,
          level: "warn",
          since,
        };
    });
}

/**
 * @param {State} state
 * @returns {Trouble[]}
 */
function ofRoles({ writer, listeners }) {
  const roles = [{ ...writer, name: writer.name ?? "The writer" }, ...listeners];
  return roles.filter(({ presence }) => presence.status === "gone").map(({ name, presence }) => {
    const shown = showText(name, 60);
    const { since, reason } = presence;
    const what = `${shown} is ${wordFor(presence)}`;
    return { what, over: `${shown} is back`, level: "bad", since, reason };
  });
}

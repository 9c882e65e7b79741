// @ts-check
/** The state that the page shows after it has lost the connection to the dashboard. */

/**
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("../protocol.ts").Presence} Presence
 */

/** Why everything is unknown. */
const REASON = "the page has lost the connection to the dashboard";

/**
 * Marks everything that may have changed as unknown since the state's time. What has happened stays: the last write,
 * the last answers, and the counts.
 *
 * @param {State} state The last state from the dashboard.
 * @returns {State}
 */
export function asUnknown(state) {
  const since = state.at;
  const hearing = { reason: REASON, since };
  /** @type {Presence} */
  const presence = { status: "unknown", ...hearing, nodes: [], observed: [] };
  return {
    ...state,
    observation: { state: "interrupted", ...hearing },
    nodes: state.nodes.map((node) => ({ ...node, status: "unknown", ...hearing, hearing })),
    links: state.links.map((link) => ({ ...link, status: "unknown", since })),
    writer: { ...state.writer, presence, hearing },
    listeners: state.listeners.map((listener) => ({
      ...listener,
      presence,
      hearing,
      unanswered: undefined,
    })),
    interval: {},
  };
}

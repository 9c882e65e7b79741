// @ts-check
/** What is left of a state when it is no longer known whether it still holds. */

/**
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("../protocol.ts").Presence} Presence
 */

/** Why everything is unknown to a page that has lost the dashboard. */
const REASON = "the page has lost the dashboard";

/**
 * Makes all that may have changed unknown since the state's time. What happened stays: the last write, the last answers,
 * and what was counted.
 *
 * @param {State} state The last one that the dashboard has sent.
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

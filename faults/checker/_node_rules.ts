/** The rule for the nodes at the end of a round. */

import type { Finding, Round } from "./_round.ts";
import { describe } from "./writes.ts";

/** Finds nodes that ended with older values than the acknowledged ones, or with different values. */
export function* checkNodes({ finallyHeld, newest, writes }: Round): Generator<Finding> {
  const ranks = finallyHeld.map((held) => writes.rankOf(held));
  const all = finallyHeld.map((held) => `node ${held.node} holds ${describe(held)}`).join(", ");
  if (new Set(ranks).size > 1) {
    yield { rule: "disagreement", what: `the nodes end with different values: ${all}` };
  } else if (newest && ranks.some((rank) => rank < newest.rank)) {
    yield { rule: "lost", what: `${describe(newest)} was acknowledged, but ${all}` };
  }
}

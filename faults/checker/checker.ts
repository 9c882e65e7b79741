/**
 * Judges the history of one round: what our roles did wrong, what the server lost, and how long it took
 * after healing until all was well again.
 *
 * The order in which the writer attempted its writes is the truth; observations, acknowledgements and
 * what the nodes held are held against it. A server's loss counts as such only if it is shown: by what
 * the nodes held, in a round that had a fault. In doubt, it was us.
 */

import { checkListener, type ListenerStatistics, statisticsOf } from "./_listener_rules.ts";
import { checkNodes } from "./_node_rules.ts";
import { checkRoles } from "./_role_rules.ts";
import { type Finding, isOfServer, RECOVERY_LIMIT, Round } from "./_round.ts";
import { checkWriter } from "./_writer_rules.ts";
import type { History } from "./history.ts";

export type { ListenerStatistics } from "./_listener_rules.ts";
export { type Finding, RECOVERY_LIMIT, type Rule } from "./_round.ts";

/** What the checker says about a round. */
export interface Verdict {
  /** The faults' name. */
  readonly fault: string;
  /** What the faults were drawn from. */
  readonly seed: number;
  /** Promises that our roles broke, or a round that shows nothing. */
  readonly violations: readonly Finding[];
  /** What the server lost, reverted or brought too late: no fault of our roles. */
  readonly serverLosses: readonly Finding[];
  /** Writes acknowledged. */
  readonly writes: number;
  /** What each listener did. */
  readonly listeners: readonly ListenerStatistics[];
}

/**
 * Checks the history of one round.
 *
 * A listener has recovered when, after healing, it delivers a value at least as new as the newest one
 * acknowledged before healing (or as what its node holds at the end, if that was lost). If that takes
 * longer than the limit, there is always a finding: against the writer, if it set nothing in that time;
 * against the server, if the node was seen without such a value after that time; and else, or if
 * the listener needs as long again after them, against the listener.
 *
 * @param history What happened.
 * @param recoveryLimit How long a role may take to recover after healing, in seconds.
 * @returns What is wrong, whose fault it is, and the statistics.
 *
 * @example Usage
 * ```ts
 * import { checkHistory } from "./checker.ts";
 * import { assert } from "@std/assert";
 *
 * const { violations } = checkHistory({ fault: "none", seed: 1, records: [] });
 * assert(violations.length > 0, "nothing happened, which proves nothing");
 * ```
 */
export function checkHistory(history: History, recoveryLimit = RECOVERY_LIMIT): Verdict {
  const round = new Round(history, recoveryLimit);
  const findings = [
    ...checkRoles(round),
    ...checkWriter(round),
    ...checkNodes(round),
    ...round.listeners.flatMap((listener) => [...checkListener(listener, round)]),
  ];
  return {
    fault: history.fault,
    seed: history.seed,
    violations: findings.filter((finding) => !isOfServer(finding, round)),
    serverLosses: findings.filter((finding) => isOfServer(finding, round)),
    writes: round.writes.acknowledged.length,
    listeners: round.listeners.map((listener) => statisticsOf(listener, round)),
  };
}

/**
 * Checks the history of one round: what our roles did wrong, what the server lost, and how long the recovery took after
 * healing.
 *
 * The reference is the order in which the writer attempted its writes. Observations, acknowledgements and the nodes'
 * values are compared with it. A loss counts as the server's only if the nodes' values prove it, in a round with a
 * fault. In doubt, our roles are to blame.
 */

import { checkListener, type ListenerStatistics, statisticsOf } from "./_listener_rules.ts";
import { checkNodes } from "./_node_rules.ts";
import { checkRoles } from "./_role_rules.ts";
import { type Finding, isOfServer, RECOVERY_LIMIT, Round } from "./_round.ts";
import { checkWriter } from "./_writer_rules.ts";
import type { History } from "./history.ts";

export type { ListenerStatistics } from "./_listener_rules.ts";
export { type Finding, RECOVERY_LIMIT, type Rule } from "./_round.ts";

/** The checker's verdict on a round. */
export interface Verdict {
  /** The faults' name. */
  readonly fault: string;
  /** The seed of the faults. */
  readonly seed: number;
  /** Promises that our roles broke, or a round that proves nothing. */
  readonly violations: readonly Finding[];
  /** What the server lost, reverted or delivered too late: not our roles' fault. */
  readonly serverLosses: readonly Finding[];
  /** Writes acknowledged. */
  readonly writes: number;
  /** What each listener did. */
  readonly listeners: readonly ListenerStatistics[];
}

/**
 * Checks the history of one round.
 *
 * A listener has recovered when, after healing, it delivers a value at least as new as the newest one acknowledged
 * before healing (or as its node's value at the end, if that one was lost). If that takes longer than the limit, there
 * is always a finding: against the writer, if it set nothing in that time; against the server, if the node was still
 * behind after that time; and against the listener otherwise, or if it needs the limit again after those two.
 *
 * @param history The history.
 * @param recoveryLimit How long a role may take to recover after healing, in seconds.
 * @returns The findings, by whose fault they are, and the statistics.
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

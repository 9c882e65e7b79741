/** What each mechanism loses: several rounds of each fault. */

import { orAborted } from "../../lib/abort.ts";
import { startCluster } from "../../cluster/cluster.ts";
import type { Engine } from "../../cluster/engine.ts";
import { type Course, untilAborted } from "../measure/runs.ts";
import type { Mechanism } from "../mechanisms/mechanism.ts";
import { FAULTS, NODE } from "./faults.ts";
import type { FaultResult, Outcome } from "../results.ts";
import { doRound } from "./round.ts";
import { Subject } from "./subject.ts";

/**
 * Applies all faults to all mechanisms at once. Each mechanism has its own connection through a proxy to the same node.
 *
 * @param engine The server to run.
 * @param mechanisms The mechanisms.
 * @param course Repetitions, signal and progress. Repetitions are the rounds of each fault.
 * @returns The outcomes.
 */
export async function measureLosses(
  engine: Engine,
  mechanisms: readonly Mechanism[],
  { repetitions: rounds, signal, onRun }: Course,
): Promise<FaultResult[]> {
  const results = FAULTS.map(({ name }) => ({
    fault: name,
    outcomes: Object.fromEntries(mechanisms.map(({ name }) => [name, [] as Outcome[]])),
  }));
  await untilAborted(signal, async () => {
    const options = { detached: true, cuttable: true, disk: true };
    await using cluster = await startCluster(engine, options);
    await using stack = new AsyncDisposableStack();
    const subjects = mechanisms.map((mechanism) =>
      stack.use(new Subject(mechanism, cluster.node(NODE).port))
    );
    await Promise.all(subjects.map((subject) => subject.start()));
    for (const [index, fault] of FAULTS.entries()) {
      for (let round = 1; round <= rounds; round++) {
        const done = (index + (round - 1) / rounds) / FAULTS.length;
        onRun(`${fault.name}, ${round}/${rounds}`, done);
        const found = await orAborted(doRound(cluster, subjects, fault), signal);
        mechanisms.forEach(({ name }, at) => results[index].outcomes[name].push(found[at]));
      }
    }
  });
  return results.filter(({ outcomes }) => Object.values(outcomes).some(({ length }) => length > 0));
}

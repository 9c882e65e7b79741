/**
 * A listener for tests. The name of the stamp's writer chooses what its handler does: `throw`, `hang`, or its usual
 * work for any other name.
 */

import { versionOfStamp } from "../lib/protocol/stamp.ts";
import { logFailure } from "../lib/role/failures.ts";
import { SHARED_KEY } from "../lib/protocol/keys.ts";
import { reportChange, summarizeListener } from "../lib/role/listening.ts";
import { observe } from "../lib/observe/observe.ts";
import { runRole } from "../lib/role/role.ts";

if (import.meta.main) {
  await runRole({
    name: "listener_sync",
    purpose: "Listens for the tests.",
    async run(context) {
      const options = { ...context.observing, versionOf: versionOfStamp };
      for await (const change of observe(context.client, SHARED_KEY, options)) {
        await logFailure("handle a change", async () => {
          const writer = reportChange(change, context)?.stamp.writer;
          if (writer === "throw") throw new Error("no luck");
          if (writer === "hang") await new Promise(() => {});
        }, context);
      }
    },
    summarize: summarizeListener,
  });
}

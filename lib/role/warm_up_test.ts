import { assert, assertEquals } from "@std/assert";
import { listen as listenAsync } from "../../functions/listener_async.ts";
import { listen as listenSync } from "../../functions/listener_sync.ts";
import { readConfig } from "./config.ts";
import type { RoleContext } from "./role.ts";
import { warmUp } from "./warm_up.ts";

const LISTENERS = { listener_sync: listenSync, listener_async: listenAsync };

for (const [name, listen] of Object.entries(LISTENERS)) {
  for (const via of ["keyevent", "keyspace"]) {
    Deno.test(`warmUp() runs ${name} on changes announced by ${via}, and ends`, async () => {
      const env: Record<string, string> = {
        NOTIFICATION_CHANNEL: via,
        SIMULATED_WORK: "wait 5000",
      };
      const config = readConfig(name, (variable) => env[variable]);
      let context: RoleContext | undefined;
      await warmUp((given) => listen(context = given), config);
      const { handled, conflated, missed, failed, changes } = context!.metrics;
      assert(handled >= 20, `${handled} changes`);
      assertEquals([conflated, missed, failed], [0, 0, 0]);
      assertEquals(changes, { initial: 1, notification: handled - 1, resync: 0, reconcile: 0 });
    });
  }
}

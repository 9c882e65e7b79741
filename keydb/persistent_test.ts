/** What Docker's nodes keep on their disks is what the local ones keep, which tests/disks_test.ts kills. */

import { assertEquals } from "@std/assert";

Deno.test("docker-compose.yaml starts every node with persistent.sh, and no other settings of a disk", async () => {
  const compose = await Deno.readTextFile(new URL("../docker-compose.yaml", import.meta.url));
  const commands = compose.match(/sh \/etc\/keydb_users\/start\.sh .*\n.*/g) ?? [];
  assertEquals(commands.length, 3);
  for (const command of commands) {
    const [, , program, ...options] = command.split(/\s+/);
    assertEquals(program, "/etc/keydb_users/persistent.sh");
    assertEquals(options.filter((option) => /^--(save|append|rdb|aof|dir|db)/.test(option)), []);
  }
});

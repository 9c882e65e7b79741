/** Docker's nodes keep the same data on disk as local ones, which tests/disks_test.ts tests. */

import { assertEquals } from "@std/assert";

Deno.test("docker-compose.yaml starts every node with persistent.sh, and with no other disk settings", async () => {
  const compose = await Deno.readTextFile(new URL("../docker-compose.yaml", import.meta.url));
  const commands = compose.match(/sh \/etc\/keydb_users\/start\.sh .*\n.*/g) ?? [];
  assertEquals(commands.length, 3);
  for (const command of commands) {
    const [, , program, ...options] = command.split(/\s+/);
    assertEquals(program, "/etc/keydb_users/persistent.sh");
    assertEquals(options.filter((option) => /^--(save|append|rdb|aof|dir|db)/.test(option)), []);
  }
});

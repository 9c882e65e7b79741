/**
 * A Redis-protocol server in JavaScript, for machines that have no other. `embedded.ts <port> <flags>` serves on
 * 127.0.0.1 until it is killed. The flags are those of `notify-keyspace-events`; the password comes from
 * `EMBEDDED_PASSWORD`, if set.
 */

import { once } from "node:events";
import { Redis } from "ioredis";
import { createRedisCommandExecutor, RedisServerState, Resp2Server } from "js-redis-server/core";

/** Built from the package's parts: its own start would listen on all addresses of the machine. */
async function serve(port: number, flags: string, password?: string): Promise<void> {
  const state = new RedisServerState({ databaseCount: 16, requirepass: password });
  const { server } = new Resp2Server({ server: state, executor: createRedisCommandExecutor() });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const client = new Redis(port, "127.0.0.1", { password });
  await client.config("SET", "notify-keyspace-events", flags);
  client.disconnect();
}

if (import.meta.main) {
  const [port, flags] = Deno.args;
  await serve(Number(port), flags, Deno.env.get("EMBEDDED_PASSWORD") || undefined);
}

/**
 * A Redis-protocol server in JavaScript, for machines without any: `embedded.ts <port> <flags>`
 * serves on 127.0.0.1 until it is killed, with the flags as `notify-keyspace-events` and the password in
 * `EMBEDDED_PASSWORD`, if any.
 */

import { once } from "node:events";
import { Redis } from "ioredis";
import { createRedisCommandExecutor, RedisServerState, Resp2Server } from "js-redis-server/core";

/** Put together by hand: the package's own start would serve on all of the machine's addresses. */
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

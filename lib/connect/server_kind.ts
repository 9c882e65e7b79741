/** Servers that speak the protocol and cannot be observed: nodes of a Redis Cluster, and Sentinels. */

import type { Redis } from "ioredis";
import { AccessError } from "./access_error.ts";
import { serverOf } from "./server.ts";

/** Why a server cannot be used, by the mode that its reply to `HELLO` names. */
const UNUSABLE: Record<string, string> = {
  cluster: "is a node of a Redis Cluster, whose nodes hold and announce only their own keys: " +
    "name a standalone server, a primary and its replicas, or a KeyDB mesh",
  sentinel: "is a Sentinel, which holds no keys: name the data servers that it watches instead",
};

/** The same for a server that may be a Sentinel, but does not report its mode. */
const NO_DATA = "knows no keys; if it is a Sentinel, name the data servers that it watches instead";

/** Replies that only nodes of a cluster give. */
const CLUSTER_REPLY = /^(MOVED|ASK|CLUSTERDOWN|CROSSSLOT|TRYAGAIN)\b|^ERR SELECT .* cluster mode/;

/** Every server that holds data knows these. */
const DATA_COMMANDS = ["get", "set", "mset", "select"];

/**
 * Asks a connected server whether it is a node of a Redis Cluster or a Sentinel. `HELLO` reports it, and needs no
 * right.
 *
 * @param client The connection.
 * @returns An error with a sentence for the operator; `undefined` if it is neither, or does not report it.
 *
 * @example Usage
 * ```ts
 * import type { Redis } from "ioredis";
 * import { checkKind } from "./server_kind.ts";
 *
 * async function show(client: Redis): Promise<void> {
 *   console.log((await checkKind(client))?.message ?? "can be used");
 * }
 * ```
 */
export async function checkKind(client: Redis): Promise<AccessError | undefined> {
  const reply = await client.call("HELLO").catch(() => []); // Redis 6.0 and older do not report it
  const facts = Array.isArray(reply) ? reply : [];
  const kind = UNUSABLE[String(facts[facts.indexOf("mode") + 1])];
  return kind === undefined ? undefined : unusable(client, kind, undefined);
}

/**
 * Recognizes a node of a Redis Cluster, or a Sentinel, by its reply to a command.
 *
 * @param reply The text of the error reply.
 * @param command The name of the command.
 * @param client The connection.
 * @returns An error with a sentence for the operator, or `undefined` if it is neither.
 *
 * @example Usage
 * ```ts
 * import { Redis } from "ioredis";
 * import { asKindError } from "./server_kind.ts";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const client = new Redis("redis://keydb_01:6379", { lazyConnect: true });
 * const error = asKindError("CLUSTERDOWN Hash slot not served", "get", client);
 * assertStringIncludes(error!.message, "at keydb_01:6379 is a node of a Redis Cluster");
 * ```
 */
export function asKindError(
  reply: string,
  command: string | undefined,
  client: Redis,
): AccessError | undefined {
  if (CLUSTER_REPLY.test(reply)) return unusable(client, UNUSABLE.cluster, reply);
  if (reply.startsWith("ERR unknown command") && DATA_COMMANDS.includes(command ?? "")) {
    return unusable(client, NO_DATA, reply);
  }
}

function unusable(client: Redis, kind: string, reply: string | undefined): AccessError {
  const said = reply === undefined ? "" : ` (${reply})`;
  return new AccessError(`The server at ${serverOf(client)} ${kind}${said}`, reply, "URL");
}

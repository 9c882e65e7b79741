/** What a server's error replies mean, and whether a retry can help. */

import { Command, type Redis, ReplyError } from "ioredis";
import { AccessError } from "./access_error.ts";
import { serverOf } from "./server.ts";
import { asKindError } from "./server_kind.ts";
import { excerpt } from "../text.ts";
import { asTlsRefusal } from "./tls_refusal.ts";

/**
 * Recognizes errors about credentials, rights, the database's number, the kind of server, a certificate or Deno's
 * permissions.
 *
 * @param error What a connection or a command failed with.
 * @param client The connection.
 * @returns An error with a sentence for the operator, or `undefined` if it is none of these.
 *
 * @example Usage
 * ```ts
 * import { Redis } from "ioredis";
 * import { asAccessError } from "./refusal.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const client = new Redis("redis://keydb_01:6379", { lazyConnect: true });
 * const reply = new Error("NOAUTH Authentication required.");
 * assertEquals(
 *   asAccessError(reply, client)?.message,
 *   "The server at keydb_01:6379 wants a password, and its URL has none: " +
 *     "NOAUTH Authentication required.",
 * );
 * ```
 */
export function asAccessError(error: unknown, client: Redis): AccessError | undefined {
  if (error instanceof AccessError) return error;
  const reply = messageOf(error).replace(/^Ready check failed: /, "");
  const server = serverOf(client);
  const who = `The server at ${server}`;
  switch (replyCode(reply)) {
    case "WRONGPASS":
      return new AccessError(`${who} refused user or password of its URL: ${reply}`, error, "URL");
    case "NOAUTH":
      return new AccessError(
        `${who} wants a password, and its URL has none: ${reply}`,
        error,
        "URL",
      );
    case "NOPERM":
      return new AccessError(
        `${who} refused the right to ${describeCommand(error)}: ${reply}`,
        error,
      );
  }
  const command = commandOf(error)?.name;
  const kindError = asKindError(reply, command, client);
  if (kindError) return kindError;
  if (command === "select") {
    // ioredis would go on, with database 0.
    return new AccessError(`${who} has no database ${client.options.db}: ${reply}`, error, "URL");
  }
  if (isNotPermitted(error, server)) {
    const sentence =
      `Cannot connect to the server at ${server} as Deno's permissions do not allow it`;
    return new AccessError(`${sentence}: --allow-net must include ${server}`, error);
  }
  const { tls } = client.options;
  return tls && error instanceof Error ? asTlsRefusal(error, server, tls) : undefined;
}

/**
 * Checks whether Deno's permissions prevented the connection. Deno reports that in one way for addresses, and in
 * another for names, which a firewall may cause too.
 */
function isNotPermitted(error: unknown, host: string): boolean {
  const { name, code } = error as NodeJS.ErrnoException;
  if (name !== "NotCapable" && code !== "EPERM") return false;
  return Deno.permissions.querySync({ name: "net", host }).state !== "granted";
}

/**
 * What temporary refusals mean, by their codes. They end by themselves, or when an operator has fixed the server
 * ({@link https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors}; texts in the
 * servers' source, `createSharedObjects` in `server.c`).
 */
const PASSING: Record<string, string> = {
  BUSY: "a script or function keeps it busy until it ends",
  LOADING: "it is still loading its data",
  MASTERDOWN: "it has lost its primary, and serves nothing until the link is back",
  MISCONF: "it cannot save its data to disk, and takes no writes until it can",
  NOREPLICAS:
    "too few replicas follow it, and it takes no writes until there are min-replicas-to-write",
  OOM: "its memory is full, and it takes no writes until some is free or maxmemory is raised",
  READONLY: "it is a read-only replica",
};

/**
 * Checks whether a failure is a temporary refusal, so that the same command may succeed later.
 *
 * @param error What a command failed with.
 * @returns Whether it is worth trying again.
 *
 * @example Usage
 * ```ts
 * import { isPassing } from "./refusal.ts";
 * import { assert, assertFalse } from "@std/assert";
 *
 * assert(isPassing(new Error("OOM command not allowed when used memory > 'maxmemory'.")));
 * assertFalse(isPassing(new Error("WRONGTYPE Operation against a key holding the wrong kind of value")));
 * ```
 */
export function isPassing(error: unknown): boolean {
  return replyCode(error) in PASSING;
}

/**
 * Explains to operators why a command failed.
 *
 * @param error What the command failed with.
 * @returns What the error means, if that is known, then its message as {@linkcode messageOf} returns it.
 *
 * @example Usage
 * ```ts
 * import { explainFailure } from "./refusal.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   explainFailure(new Error("LOADING Redis is loading the dataset in memory")),
 *   "it is still loading its data: LOADING Redis is loading the dataset in memory",
 * );
 * ```
 */
export function explainFailure(error: unknown): string {
  const text = messageOf(error);
  const meaning = PASSING[replyCode(error)];
  return meaning === undefined ? text : `${meaning}: ${text}`;
}

/**
 * Returns the code of a server's error reply: its first word, in capitals.
 *
 * @param error An error of ioredis, or a reply's text.
 * @returns The code, such as `WRONGTYPE`, or an empty string if there is none.
 *
 * @example Usage
 * ```ts
 * import { replyCode } from "./refusal.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(replyCode(new Error("LOADING Redis is loading the dataset in memory")), "LOADING");
 * ```
 */
export function replyCode(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /^-?([A-Z]+)\b/.exec(text)?.[1] ?? "";
}

/**
 * Returns an error's message in a form that can be shown.
 *
 * @param error An error, or anything else that was thrown.
 * @returns The message. A server that does not know a command repeats its arguments, which for `AUTH` and
 * `HELLO` include the password: they are left out.
 *
 * @example Usage
 * ```ts
 * import { messageOf } from "./refusal.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const reply = new Error("ERR unknown command 'AUTH', with args beginning with: 'bob' 'secret' ");
 * assertEquals(messageOf(reply), "ERR unknown command 'AUTH'");
 * ```
 */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/, with args beginning with:.*/, "");
}

/**
 * Checks whether an error is a refused login, which also fails every command that waits for the
 * connection.
 *
 * @param error What the command failed with.
 * @returns Whether a server refused the credentials or the database.
 *
 * @example Usage
 * ```ts
 * import { isRefusedLogin } from "./refusal.ts";
 * import { assertFalse } from "@std/assert";
 *
 * assertFalse(isRefusedLogin(new Error("NOPERM this user has no permissions to run the 'get' command")));
 * ```
 */
export function isRefusedLogin(error: unknown): boolean {
  return ["auth", "hello", "select"].includes(commandOf(error)?.name ?? "");
}

/** Describes a command by its name and its keys or channels, without values. */
function describeCommand(error: unknown): string {
  const { name, args } = commandOf(error) ?? { name: "do so", args: [] };
  const isSubscription = Command.checkFlag("ENTER_SUBSCRIBER_MODE", name);
  const objects = isSubscription ? args : new Command(name, args).getKeys();
  return [name, ...objects.map((object) => excerpt(`${object}`))].join(" ");
}

/** The command that got an error reply; ioredis adds it to the error, without a type. */
function commandOf(error: unknown): RefusedCommand | undefined {
  return error instanceof ReplyError ? (error as { command?: RefusedCommand }).command : undefined;
}

interface RefusedCommand {
  readonly name: string;
  readonly args: string[];
}

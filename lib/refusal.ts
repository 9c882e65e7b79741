/** What a server's error replies mean: refusals that no further try would mend. */

import { type Redis, ReplyError } from "ioredis";
import { serverOf } from "./server.ts";
import { explainTlsError } from "./tls_refusal.ts";

/**
 * Thrown where a server refuses who we are or what we may do, or where we refuse its certificate; trying
 * again would not help.
 */
export class AccessError extends Error {
  /** @param message What was refused, and what to set. @param cause The server's reply. */
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = "AccessError";
  }
}

/**
 * Recognizes errors that say that credentials, rights, the database's number or a certificate are wrong.
 *
 * @param error What a connection or a command failed with.
 * @param client The connection.
 * @returns An error with a sentence for the operator, or `undefined` where it is none of these.
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
 *   "The server at keydb_01:6379 wants a password, and KEYDB_URL has none: " +
 *     "NOAUTH Authentication required.",
 * );
 * ```
 */
export function asAccessError(error: unknown, client: Redis): AccessError | undefined {
  if (error instanceof AccessError) return error;
  const reply = (error instanceof Error ? error.message : "").replace(/^Ready check failed: /, "");
  const who = `The server at ${serverOf(client)}`;
  switch (replyCode(reply)) {
    case "WRONGPASS":
      return new AccessError(`${who} refused user or password of KEYDB_URL: ${reply}`, error);
    case "NOAUTH":
      return new AccessError(`${who} wants a password, and KEYDB_URL has none: ${reply}`, error);
    case "NOPERM":
      return new AccessError(`${who} refused a right: ${reply}`, error);
  }
  if (commandOf(error) === "select") {
    // ioredis would go on, with database 0.
    return new AccessError(`${who} has no database ${client.options.db}: ${reply}`, error);
  }
  const { tls } = client.options;
  if (!tls || !(error instanceof Error)) return undefined;
  const sentence = explainTlsError(error, serverOf(client), tls);
  return sentence === undefined ? undefined : new AccessError(sentence, error);
}

/**
 * Tells the code of a server's error reply: its first word, in capitals.
 *
 * @param error An error of ioredis, or a reply's text.
 * @returns The code, such as `WRONGTYPE`, or an empty string where there is none.
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

/** The name of the command that a server's error reply answers; ioredis notes it without a type. */
function commandOf(error: unknown): string | undefined {
  return error instanceof ReplyError
    ? (error as { command?: { name: string } }).command?.name
    : undefined;
}

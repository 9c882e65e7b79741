/** The one error of ours that callers catch. */

/**
 * Thrown if a server refuses who we are or what we may do, if it is a node of a Redis Cluster or a Sentinel,
 * if we refuse its certificate, or if Deno does not let us connect to it; trying again would not help.
 *
 * @example Usage
 * ```ts
 * import { AccessError, openConnection } from "@observable/keydb";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const wrong = "redis://nobody:wrong@127.0.0.1:6379";
 * const opening = () => openConnection(wrong, { name: "example" });
 * const error = await assertRejects(opening, AccessError, "refused user or password of its URL");
 * assertEquals(error.setting, "URL");
 * ```
 */
export class AccessError extends Error {
  /** What was given for the server that may have to be another: its URL, or a part of {@linkcode Server.tls}. */
  readonly setting?: "URL" | "tls.ca" | "tls.cert";

  /**
   * Makes the error.
   *
   * @param message What was refused, and what would be right.
   * @param cause The server's reply, or what the connection failed with.
   * @param setting What may have to be another, if that is known.
   */
  constructor(message: string, cause: unknown, setting?: AccessError["setting"]) {
    super(message, { cause });
    this.name = "AccessError";
    this.setting = setting;
  }
}

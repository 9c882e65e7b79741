/** The package's own error, for callers to catch. */

/**
 * Thrown if a server refuses the credentials or a right, if it is a node of a Redis Cluster or a Sentinel,
 * if its certificate is refused, or if Deno does not permit the connection. A retry does not help.
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
  /** The setting that may be wrong: the server's URL, or a part of {@linkcode Server.tls}. */
  readonly setting?: "URL" | "tls.ca" | "tls.cert";

  /**
   * Makes the error.
   *
   * @param message What was refused, and what would be right.
   * @param cause The server's reply, or what the connection failed with.
   * @param setting The setting that may be wrong, if it is known.
   */
  constructor(message: string, cause: unknown, setting?: AccessError["setting"]) {
    super(message, { cause });
    this.name = "AccessError";
    this.setting = setting;
  }
}

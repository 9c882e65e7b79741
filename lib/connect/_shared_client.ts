/** A connection that its owner shares with a heartbeat. */

import { Command, Redis, type RedisOptions } from "ioredis";

type Sent = Parameters<Redis["sendCommand"]>;

/**
 * A client of ioredis over which a heartbeat sends PING as well. It refuses commands that would hold up the PING, as
 * the server would then look lost. It also knows when a PING would become part of the owner's transaction.
 */
export class SharedClient extends Redis {
  #isInTransaction = false;

  /** @param options The options of ioredis. */
  constructor(options: RedisOptions) {
    super({ ...options, replyMapping: "legacy" });
    this.on("close", () => this.#isInTransaction = false);
  }

  /** Whether the server would queue a command for EXEC, rather than answer it. */
  get isInTransaction(): boolean {
    return this.#isInTransaction;
  }

  override sendCommand(command: Sent[0], stream?: Sent[1]): unknown {
    const name = command.name.toLowerCase();
    if (isHoldingUp(name, command) && !command.inTransaction && !this.#isInTransaction) {
      command.reject(
        new Error(
          `Cannot run ${name.toUpperCase()} on this connection as it would hold up others: use a separate ` +
            "one, such as duplicate({ socketTimeout: undefined })",
        ),
      );
      // A pipeline is written when it has all its commands: a PING takes the place of the refused one.
      if (stream) super.sendCommand(new Command("ping"), stream);
      return command.promise;
    }
    if (name === "multi") this.#isInTransaction = true;
    if (name === "exec" || name === "discard") this.#isInTransaction = false;
    return super.sendCommand(command, stream);
  }
}

/** Whether a command delays all later answers, or changes how the server answers. */
function isHoldingUp(name: string, { args }: Command): boolean {
  if (name.startsWith("xread")) return args.some((arg) => /^block$/i.test(`${arg}`));
  if (name === "client") return /^reply$/i.test(`${args[0]}`);
  return ["monitor", "wait", "waitaof"].includes(name) ||
    Command.checkFlag("BLOCKING_COMMANDS", name);
}

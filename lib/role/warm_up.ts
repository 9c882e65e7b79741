/**
 * Warms a listener up: it handles made-up changes before it connects, so that its code is compiled when real changes
 * arrive.
 */

import { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";
import { AbstractConnector, Redis, type RedisOptions } from "ioredis";
import { nowMicros } from "../clock.ts";
import { createStamp, formatStamp } from "../protocol/stamp.ts";
import { HANDSHAKE_KEY, SHARED_KEY } from "../protocol/keys.ts";
import { createLog } from "../telemetry/log.ts";
import { Metrics } from "../telemetry/metrics.ts";
import { IS_TRACING } from "../telemetry/tracing.ts";
import type { Config } from "./config.ts";
import type { RoleContext } from "./role.ts";

/** How much longer a start may take, in milliseconds. */
const LIMIT_MS = 100;

/** How many changes are handled at least, even if a busy machine needs more time for them. */
const LEAST_CHANGES = 20;

/**
 * Runs a listener against a stub server in this process, which supports only the commands that a listener sends.
 * Nothing is logged, counted in the role's metrics or sent over the network. If spans are exported, there is no
 * warm-up, as its spans would be among them.
 *
 * @param listen The listener's work.
 * @param config Its settings.
 *
 * @example Usage
 * ```ts
 * import { observe } from "../observe/observe.ts";
 * import { writeHandshake } from "../protocol/handshake.ts";
 * import { parseStamp } from "../protocol/stamp.ts";
 * import { readConfig } from "./config.ts";
 * import { warmUp } from "./warm_up.ts";
 * import { assert } from "@std/assert";
 *
 * let changes = 0;
 * await warmUp(async ({ client, name, observing }) => {
 *   for await (const { value } of observe(client, "shared_key", observing)) {
 *     await writeHandshake(client, name, "Hello", parseStamp(value!)!);
 *     changes++;
 *   }
 * }, readConfig("example", () => undefined));
 * assert(changes > 1);
 * ```
 */
export async function warmUp(
  listen: (context: RoleContext) => Promise<void>,
  config: Config,
): Promise<void> {
  if (IS_TRACING) return;
  const end = new AbortController();
  const server = new StubServer(() => end.abort());
  const client = new Redis({
    Connector: server.Connector,
    enableReadyCheck: false,
    disableClientInfo: true,
    maxRetriesPerRequest: null,
  });
  const { signal } = end;
  const name = config.roleName;
  const output = { write() {}, takeLost: () => 0 };
  const context: RoleContext = {
    name,
    config: { ...config, simulatedWork: { kind: "none" } },
    client,
    write: (command) => command(client),
    log: createLog(name, config.logLevel, config.logFormat, output),
    metrics: new Metrics(),
    observing: { via: config.via, reconcileInterval: config.reconcileInterval, signal },
    signal,
  };
  await listen(context);
  client.disconnect();
}

/** A stub server that sets a new stamp as soon as the last one is answered. */
class StubServer {
  /** The connector for ioredis. */
  readonly Connector: RedisOptions["Connector"];
  #seq = 0;
  #subscription?: { readonly socket: StubSocket; readonly channel: string };
  #endAt = performance.now() + LIMIT_MS;
  #onEnd: () => void;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
    const connect = () => new StubSocket((command, socket) => this.#answer(command, socket));
    this.Connector = class extends AbstractConnector {
      constructor() {
        super(0);
      }

      // deno-lint-ignore no-explicit-any
      connect(): Promise<any> {
        return Promise.resolve(this.stream = connect() as unknown as typeof this.stream);
      }
    };
  }

  #answer([name, ...args]: readonly string[], socket: StubSocket): string {
    switch (name.toLowerCase()) {
      case "hello":
        return "%1\r\n$5\r\nproto\r\n:3\r\n";
      case "subscribe":
        this.#subscription = { socket, channel: args[0] };
        return `>3\r\n${bulk("subscribe")}${bulk(args[0])}:1\r\n`;
      case "config":
        return `%1\r\n${bulk("notify-keyspace-events")}${bulk("KEA")}`;
      case "get": {
        const now = nowMicros();
        return bulk(formatStamp(createStamp("warm_up", ++this.#seq, now)));
      }
      case "mset":
        queueMicrotask(() => this.#announce([HANDSHAKE_KEY, args[2], SHARED_KEY]));
    }
    return "+OK\r\n";
  }

  #announce(keys: readonly string[]): void {
    if (performance.now() > this.#endAt && this.#seq >= LEAST_CHANGES) return this.#onEnd();
    const { socket, channel } = this.#subscription!;
    const isKeyspace = channel.startsWith("__keyspace");
    const payloads = isKeyspace ? ["set"] : keys;
    socket.receive(
      payloads.map((payload) => `>3\r\n${bulk("message")}${bulk(channel)}${bulk(payload)}`).join(
        "",
      ),
    );
  }
}

/** The part of a socket that ioredis uses. */
class StubSocket extends EventEmitter {
  readonly connecting = false;
  readonly writable = true;
  destroyed = false;
  bytesRead = 0;
  #answer: (command: readonly string[], socket: StubSocket) => string;

  constructor(answer: (command: readonly string[], socket: StubSocket) => string) {
    super();
    this.#answer = answer;
  }

  setNoDelay(): void {}
  setKeepAlive(): void {}
  resume(): void {}

  /** Takes one command. ioredis separates its parts by line breaks. */
  write(data: string | Buffer): boolean {
    const command = `${data}`.split("\r\n").filter((_, line) => line > 0 && line % 2 === 0);
    const answer = this.#answer(command, this);
    queueMicrotask(() => this.receive(answer));
    return true;
  }

  receive(text: string): void {
    if (this.destroyed) return;
    this.bytesRead += text.length;
    this.emit("data", Buffer.from(text));
  }

  end(): void {
    this.destroy();
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    queueMicrotask(() => this.emit("close"));
  }
}

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

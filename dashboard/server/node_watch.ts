/** Watches one server: whether it is up, what it replicates, who is connected, and when it announces a write. */

import { type Redis, ReplyError } from "ioredis";
import { orAborted, pause } from "../../lib/abort.ts";
import { askOnce } from "../../lib/connect/one_shot.ts";
import type { Change } from "../../lib/observe/change.ts";
import { type StampVersion, versionOfStamp } from "../../lib/protocol/stamp.ts";
import { nowMicros } from "../../lib/clock.ts";
import { type ConnectionStatus, openConnection } from "../../lib/connect/connection.ts";
import { SHARED_KEY } from "../../lib/protocol/keys.ts";
import type { Log } from "../../lib/telemetry/log.ts";
import { onChange } from "../../lib/observe/on_change.ts";
import type { ObserveOptions } from "../../lib/observe/observe.ts";
import type { HearingSign } from "./hearing.ts";
import { messageOf } from "../../lib/connect/refusal.ts";
import { nameServer, type Server } from "../../lib/connect/server.ts";
import { describeFailure } from "../../lib/role/status_log.ts";
import { excerpt } from "../../lib/text.ts";
import type { NodeReport } from "./nodes.ts";
import { parseClients, parseServerInfo } from "./server_info.ts";

/** Pause between two queries to a server, in milliseconds. */
const POLL_MS = 1000;

/** How long a server may take to answer, in milliseconds. */
const ANSWER_LIMIT_MS = 3000;

/** Pause after a server has refused something, in milliseconds. */
const REFUSED_MS = 10_000;

/** How many reads may be in progress: few, as the value may be long. */
const CONCURRENCY = 4;

/** The server to watch, and the callbacks. */
export interface NodeWatchOptions {
  readonly server: Server;
  /** The connections' name, as `CLIENT LIST` shows it. */
  readonly name: string;
  readonly log: Log;
  /** How to observe. */
  readonly observing: Pick<ObserveOptions, "via" | "reconcileInterval">;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Called with a report on the server, once a second and whenever the connection is made or lost. */
  onReport(report: NodeReport): void;
  /** Called with each status of the observation of `shared_key`. */
  onSign(sign: HearingSign): void;
  /** Called with each change of `shared_key`. */
  onWrite(change: Change<StampVersion>): void;
}

/** Watches one server. Failures do not end the watch. */
export class NodeWatch {
  #options: NodeWatchOptions;
  #node: string;
  #client?: Redis;
  /** Why there is no connection. */
  #reason = "no answer";
  /** The last refusal that was logged. */
  #refusal?: string;
  #isSilentOnClients = false;
  /** Aborted when the connection is made or lost, so that the next query begins at once. */
  #turn = new AbortController();

  /** @param options The server to watch, and the callbacks. */
  constructor(options: NodeWatchOptions) {
    this.#options = options;
    this.#node = nameServer(options.server);
  }

  /** Watches until the signal is aborted. */
  async run(): Promise<void> {
    await Promise.all([this.#observeAgain(), this.#poll()]);
  }

  async #observeAgain(): Promise<void> {
    const { signal, log, onSign } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#observe();
      } catch (error) {
        if (signal.aborted) return;
        const refusal = describeFailure(error);
        if (refusal !== this.#refusal) log.warn(`${refusal}; trying again every 10 s`);
        this.#refusal = this.#reason = refusal;
        onSign({ state: "interrupted", reason: refusal });
        await pause(REFUSED_MS, signal).catch(() => {}); // aborted: the loop ends
      }
    }
  }

  async #observe(): Promise<void> {
    const { server, name, observing, signal, onSign, onWrite } = this.#options;
    const onStatus = (status: ConnectionStatus) => this.#onStatus(status);
    await using connection = await openConnection([server], { name, signal, onStatus });
    const { client } = connection;
    this.#client = client;
    const options = {
      ...observing,
      versionOf: versionOfStamp,
      signal,
      onStatus: onSign,
      concurrency: CONCURRENCY,
    };
    await using subscription = onChange(client, SHARED_KEY, onWrite, options);
    await subscription.finished.finally(() => this.#client = undefined);
  }

  #onStatus(status: ConnectionStatus): void {
    const { state } = status;
    if (state === "lost" || state === "unreachable") this.#reason = status.reason;
    if (state === "lost" || state === "connected") this.#turn.abort();
  }

  async #poll(): Promise<void> {
    const { signal, onReport } = this.#options;
    while (!signal.aborted) {
      this.#turn = new AbortController();
      const turn = AbortSignal.any([signal, this.#turn.signal]);
      const report = await this.#ask(turn);
      if (turn.aborted) continue; // the report may be out of date
      onReport(report);
      await pause(POLL_MS, turn).catch(() => {});
    }
  }

  async #ask(turn: AbortSignal): Promise<NodeReport> {
    const client = this.#client;
    const limit = AbortSignal.any([turn, AbortSignal.timeout(ANSWER_LIMIT_MS)]);
    try {
      const report = client?.status === "ready"
        ? await orAborted(this.#askOver(client), limit)
        : await askOnce(this.#options.server, (client) => this.#askOver(client), turn);
      return report ?? { reason: excerpt(this.#reason, 200) };
    } catch (error) {
      const reason = limit.aborted
        ? `no answer within ${ANSWER_LIMIT_MS / 1000} s`
        : messageOf(error);
      return { reason: excerpt(reason, 200) };
    }
  }

  async #askOver(client: Redis): Promise<NodeReport> {
    const askedAt = nowMicros();
    const [, replication, persistence, list] = await Promise.all([
      unlessRefused(client.ping()), // as while it loads its data
      unlessRefused(client.info("replication")),
      unlessRefused(client.info("persistence")),
      unlessRefused(client.client("LIST") as Promise<string>),
    ]);
    if (list === undefined) this.#noteSilenceOnClients();
    const info = parseServerInfo(`${replication ?? ""}\n${persistence ?? ""}`);
    return { info, askedAt, ...(list !== undefined && { clients: parseClients(list) }) };
  }

  #noteSilenceOnClients(): void {
    if (!this.#isSilentOnClients) {
      this.#options.log.info(`The server at ${this.#node} does not list its clients`);
    }
    this.#isSilentOnClients = true;
  }
}

/** Resolves to `undefined` if the server refuses the command. */
async function unlessRefused(reply: Promise<string>): Promise<string | undefined> {
  return await reply.catch((error) => {
    if (error instanceof ReplyError) return undefined;
    throw error;
  });
}

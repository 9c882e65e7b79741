/**
 * Shows the pattern live on a page: it observes the handshakes and the interval as a listener does, and
 * `shared_key` on each server, and sends all updates to the open pages.
 */

import type { StampVersion } from "../lib/protocol/stamp.ts";
import { orAborted } from "../lib/abort.ts";
import { counted } from "../lib/text.ts";
import type { Change } from "../lib/observe/change.ts";
import { nowMicros } from "../lib/clock.ts";
import { roomFor } from "../lib/telemetry/descriptors.ts";
import { handshakeKeyOf, UPDATE_INTERVAL_KEY } from "../lib/protocol/keys.ts";
import type { ObservationStatus } from "../lib/observe/observe.ts";
import { onChange } from "../lib/observe/on_change.ts";
import { type RoleContext, type RoleStart, runRole } from "../lib/role/role.ts";
import { nameServer, serverOf } from "../lib/connect/server.ts";
import { serve } from "../lib/telemetry/serving.ts";
import { createApp, UnavailableError } from "../dashboard/server/app.ts";
import { Board } from "../dashboard/server/board.ts";
import { addMeshMetrics } from "../dashboard/server/mesh_metrics.ts";
import { NodeWatch } from "../dashboard/server/node_watch.ts";
import { Updates } from "../dashboard/server/updates.ts";

/** How long a change of the interval may take, in milliseconds. */
const WRITE_LIMIT_MS = 3000;

/** How many pages may be open at a time. */
const MAX_PAGES = 1000;

/** How many connections may be open: more than pages, for other requests. */
const MAX_CONNECTIONS = 1100;

/** What the dashboard works with. */
export interface DashboardContext {
  /** What the page shows. */
  readonly board: Board;
}

/** `shared_key` has changed on a node. */
export interface WriteSeen {
  readonly node: string;
  readonly change: Change<StampVersion>;
}

/** A listener has answered. */
export interface HandshakeSeen {
  readonly listener: string;
  readonly change: Change;
}

/** A page asks for another interval. */
export interface IntervalWanted {
  readonly seconds: number;
}

/** Handles a change of `shared_key` on one node. */
export function handleWrite({ node, change }: WriteSeen, { board }: DashboardContext): void {
  board.seeWrite(node, change);
}

/** Handles a listener's answer. */
export function handleHandshake(
  { listener, change }: HandshakeSeen,
  { board }: DashboardContext,
): void {
  board.seeHandshake(listener, change);
}

/** Handles a change of the interval. */
export function handleInterval(change: Change, { board }: DashboardContext): void {
  board.seeInterval(change);
}

/** Handles the request for another interval: sets it, if a server accepts it now. */
export async function handleIntervalWanted(
  { seconds }: IntervalWanted,
  { client, write }: Pick<RoleContext, "client" | "write">,
): Promise<void> {
  if (client.status !== "ready") throw new UnavailableError("no server is connected");
  const limit = AbortSignal.timeout(WRITE_LIMIT_MS);
  try {
    await orAborted(write((client) => client.set(UPDATE_INTERVAL_KEY, `${seconds}`)), limit);
  } catch (error) {
    if (!limit.aborted) throw error;
    const seconds = WRITE_LIMIT_MS / 1000;
    throw new UnavailableError(`no server accepted it within ${seconds} s; one may still do so`);
  }
}

/** The dashboard: it starts without a server, and continues when one is connected. */
class Dashboard {
  #board?: Board;
  #updates?: Updates;
  #context?: RoleContext;

  /** Serves the page and watches the nodes. */
  begin({ name, config, log, registry, signal }: RoleStart): AsyncDisposable {
    const { servers, listeners, via, reconcileInterval, dashboardToken: token } = config;
    const { dashboardOrigin: origin } = config;
    const nodes = new Map(servers.map((server) => [nameServer(server), server]));
    const board = this.#board = new Board({
      nodes: [...nodes.keys()],
      listeners,
      needsToken: token !== undefined,
      now: nowMicros,
    });
    if (registry) addMeshMetrics(registry, () => board.state);
    const updates = this.#updates = new Updates(board);
    const connections = roomFor(MAX_CONNECTIONS);
    const maxPages = Math.floor(connections * MAX_PAGES / MAX_CONNECTIONS);
    if (maxPages < MAX_PAGES) {
      log.warn(
        `At most ${maxPages} pages can be open in place of ${MAX_PAGES}: there are too few file ` +
          "descriptors for more, see ulimit -n",
      );
    }
    const app = createApp({
      updates,
      log,
      token,
      maxPages,
      origin,
      setInterval: async (seconds) => {
        if (!this.#context) throw new UnavailableError("no server is connected");
        await handleIntervalWanted({ seconds }, this.#context);
      },
    });
    const address = { host: config.bindAddress, port: config.dashboardPort };
    const options = { what: "the page", setting: "DASHBOARD_PORT", ...address, connections, log };
    const served = serve(options, (request) => app.fetch(request));
    log.info(`${name} serves http://${nameServer(address)}/`);
    const ending = new AbortController(); // an error may also end the role, without its signal
    const watches = Array.from(nodes, ([node, server]) =>
      new NodeWatch({
        server,
        name,
        log,
        observing: { via, reconcileInterval },
        signal: AbortSignal.any([signal, ending.signal]),
        onReport: (report) => board.seeNode(node, report),
        onSign: (sign) => board.hearWrites(node, sign),
        onWrite: (change) => handleWrite({ node, change }, { board }),
      }).run());
    return {
      async [Symbol.asyncDispose]() {
        ending.abort();
        updates[Symbol.dispose]();
        await Promise.all([...watches, served[Symbol.asyncDispose]()]);
      },
    };
  }

  /** Observes handshakes and interval. */
  async run(context: RoleContext): Promise<void> {
    const { client, config, observing } = context;
    const board = this.#board!;
    this.#context = context;
    const onStatus = (status: ObservationStatus) => {
      observing.onStatus?.(status);
      board.hearKey(status.key, status, serverOf(client));
    };
    const options = { ...observing, onStatus, concurrency: 4 };
    await using stack = new AsyncDisposableStack();
    const observations = [
      ...config.listeners.map((listener) =>
        onChange(
          client,
          handshakeKeyOf(listener),
          (change) => handleHandshake({ listener, change }, { board }),
          options,
        )
      ),
      onChange(client, UPDATE_INTERVAL_KEY, (change) => handleInterval(change, { board }), options),
    ];
    for (const observation of observations) stack.use(observation);
    await Promise.all(observations.map(({ finished }) => finished));
  }

  /** Summarizes what was shown. */
  summarize(): string {
    const { writes = 0, answers = 0 } = this.#board ?? {};
    const { pages = 0 } = this.#updates ?? {};
    return `${counted(writes, "write")}, ${counted(answers, "answer")} shown, ${
      counted(pages, "page")
    } open`;
  }
}

if (import.meta.main) {
  const dashboard = new Dashboard();
  await runRole({
    name: "dashboard",
    purpose: "Serves a page that shows the nodes, the writer and the listeners live.",
    begin: (start) => dashboard.begin(start),
    run: (context) => dashboard.run(context),
    summarize: () => dashboard.summarize(),
  });
}

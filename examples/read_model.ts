/**
 * A read model of the writers of `shared_key`, kept current: how many of their values were seen and skipped, and how
 * old the newest one is. `GET /` returns it as JSON.
 *
 * ```sh
 * KEYDB_URL=redis://127.0.0.1:6379 deno run --allow-net --allow-env=KEYDB_URL --ignore-env \
 *   examples/read_model.ts 8000
 * curl http://127.0.0.1:8000
 * ```
 */

import {
  type Change,
  nowMicros,
  type ObservationStatus,
  onChange,
  openConnection,
  SHARED_KEY,
  type StampVersion,
  versionOfStamp,
} from "@observable/keydb";

/** What is known of a writer. */
interface WriterRow {
  /** Its newest sequence number, if it has one. */
  readonly seq?: number;
  /** When that was written, in microseconds since the Unix epoch. */
  readonly writtenAt: number;
  /** How many of its values were seen and how many were skipped, by their numbers. */
  readonly seen: number;
  readonly skipped: number;
}

/** The model, and what keeps it from being current. */
export class ReadModel {
  #rows = new Map<string, WriterRow>();
  #missed = 0;
  /** What keeps it from being current, and since when, in microseconds. */
  #troubles = new Map([["not subscribed", nowMicros()]]);

  /** Takes a change. A value that is not a stamp belongs to no writer. */
  apply({ version, missed }: Change<StampVersion>): void {
    this.#missed += missed;
    if (!version) return;
    const { source: writer, number: seq, time: micros } = version;
    const { seq: last = seq, seen = 0, skipped = 0 } = this.#rows.get(writer) ?? {};
    const gap = seq === undefined ? 0 : Math.max(0, seq - last! - 1);
    this.#rows.set(writer, { seq, writtenAt: micros, seen: seen + 1, skipped: skipped + gap });
  }

  /** Takes the observation's status. */
  follow({ state }: ObservationStatus): void {
    if (state === "current") this.#troubles.clear();
    if (state === "interrupted") this.#troubles.set("not subscribed", nowMicros());
    if (state === "unreadable") this.#troubles.set("unreadable", nowMicros());
    if (state === "stale" && !this.#troubles.has("server is behind")) {
      this.#troubles.set("server is behind", nowMicros());
    }
  }

  /** Returns what is known at this moment. */
  view(now = nowMicros()): unknown {
    const writers = Array.from(this.#rows, ([writer, { writtenAt, ...row }]) => {
      return { writer, ...row, ageSeconds: (now - writtenAt) / 1e6 };
    });
    const troubles = Array.from(this.#troubles, ([what, since]) => {
      return { what, forSeconds: (now - since) / 1e6 };
    });
    return { writers, missed: this.#missed, troubles };
  }
}

if (import.meta.main) {
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort());
  try {
    await using connection = await openConnection(
      Deno.env.get("KEYDB_URL") ?? "redis://127.0.0.1:6379",
      { name: "read_model", signal: stop.signal },
    );
    const model = new ReadModel();
    const { signal } = stop;
    await using observation = onChange(
      connection.client,
      SHARED_KEY,
      (change) => model.apply(change),
      { versionOf: versionOfStamp, signal, onStatus: (status) => model.follow(status) },
    );
    const options = { hostname: "127.0.0.1", port: Number(Deno.args[0] ?? 8000), signal };
    const server = Deno.serve(options, () => Response.json(model.view()));
    await Promise.all([observation.finished, server.finished]);
  } catch (error) {
    if (!stop.signal.aborted) console.error((error as Error).message);
    Deno.exitCode = stop.signal.aborted ? 0 : 1;
  }
}

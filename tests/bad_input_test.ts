/** Whole roles with any values in their keys: they never crash, hang, or ignore them silently. */

import { versionOfStamp } from "../lib/protocol/stamp.ts";
import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { ChangeDetector } from "../lib/observe/change.ts";
import { nowMicros } from "../lib/clock.ts";
import { INTERVAL_RULE, parseInterval } from "../lib/protocol/interval.ts";
import type { RoleName } from "../cluster/roles.ts";
import { RoleUnderTest, TestClient, testOnEngines } from "./testing.ts";
import { createStamp, formatStamp } from "../lib/protocol/stamp.ts";
import { excerpt } from "../lib/text.ts";
import { intervalValues, sharedKeyValues, store, type Stored, textOf } from "./bad_values.ts";

/** How many values to generate for `shared_key`; half as many are generated for `update_interval`. */
const CASES = Number(Deno.env.get("BAD_INPUT_CASES") || 1000);

/** The same seed generates the same values; `BAD_INPUT_SEED` sets another one. */
const SEED = Number(Deno.env.get("BAD_INPUT_SEED") || 1);

/** Engines that know all types. Valkey is like Redis here, as the roles' handling of values is tested. */
const ENGINES = ["keydb-server", "redis-server"] as const;

/** How long a role may take to stop, in milliseconds. */
const STOP_LIMIT_MS = 2000;

/** The line of each listener after its answer. */
const ANSWERS = {
  listener_sync: "Set handshake_key: Handshake triggered by key event",
  listener_async: "{name} set handshake_key: Handshake from listener_async",
};

/** An expected line of a role's log. */
interface Line {
  level: "INFO" | "WARN";
  /** The start of the message; `{name}` stands for the role's name. */
  start: string;
  /** The rest of the message. */
  rest?: RegExp;
}

/** What a role may log about its connection while values of many megabytes keep it or its server busy. */
const NEWS_OF_THE_LINE =
  /^(Not subscribed|Subscribed|Cannot read \S+ \(no read was|Can read|Lost the conn|Trying|Connected)/;

/** A role whose lines are read one after another, so that none is skipped. */
class Reader implements AsyncDisposable {
  #role: RoleUnderTest;
  #name: string;
  #format: string;
  #ignored: RegExp;
  #next = 0;

  private constructor(role: RoleUnderTest, name: string, format: string, ignored: RegExp) {
    this.#role = role;
    this.#name = name;
    this.#format = format;
    this.#ignored = ignored;
  }

  static async start(
    role: RoleName,
    format: "text" | "json",
    env: Record<string, string>,
    ignored = NEWS_OF_THE_LINE,
  ): Promise<Reader> {
    const name = `${role}_${format}`;
    const process = await RoleUnderTest.start(role, {
      ROLE_NAME: name,
      LOG_FORMAT: format,
      NOTIFICATION_CHANNEL: "keyspace",
      RECONCILE_INTERVAL: "3",
      ...env,
    });
    return new Reader(process, name, format, ignored);
  }

  /** Expects these lines next. */
  async expect(lines: readonly Line[], why: string): Promise<void> {
    for (const { level, start, rest = /^$/ } of lines) {
      const wanted = start.replace("{name}", () => this.#name);
      const found = await this.#read(`${this.#name}: ${level} ${wanted}… ${why}`);
      const begins = found.message.startsWith(wanted);
      assert(
        begins && rest.test(found.message.slice(wanted.length)) && found.level === level,
        `Expected of ${this.#name}: ${level} ${wanted}, ${rest}\nand found: ${found.level} ` +
          `${found.message}\n${why}`,
      );
    }
  }

  /** Stops the role, and returns its last message. */
  async stop(why: string): Promise<string> {
    this.#role.signal("SIGTERM");
    assertEquals(await this.#role.exitCode(STOP_LIMIT_MS), 0, why);
    while (this.#next < this.#role.lines.length - 1) {
      const { message } = this.#parse(this.#role.lines[this.#next++]);
      assertMatch(message, this.#ignored, why);
    }
    return (await this.#read("the summary")).message;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#role[Symbol.asyncDispose]();
  }

  async #read(what: string): Promise<{ level: string; message: string }> {
    while (true) {
      const entry = this.#parse(await this.#role.lineAt(this.#next++, what));
      if (!this.#ignored.test(entry.message)) return entry;
    }
  }

  #parse(line: string): { level: string; message: string } {
    assertFalse(/[\p{C}\p{Zl}\p{Zp}]/u.test(line), `no control characters in ${line}`);
    assert(line.length < 1000, "a line of readable length");
    if (this.#format === "text") {
      const [, level = "INFO", message] = /^(?:(DEBUG|WARN|ERROR) )?(.*)$/.exec(line)!;
      return { level, message };
    }
    const { level, role, message, time } = JSON.parse(line);
    assertEquals(role, this.#name);
    assert(Date.parse(time) > 0, line);
    return { level: level.toUpperCase(), message };
  }
}

/** Calls back with each value, its number, and how to generate it again. */
async function forEach(
  values: readonly Stored[],
  work: (stored: Stored, index: number, why: string) => Promise<void>,
): Promise<void> {
  for (const [index, stored] of values.entries()) {
    const text = textOf(stored);
    const shown = text === undefined ? "bytes" in stored ? excerpt(stored.bytes) : stored : text;
    const value = typeof shown === "string" ? excerpt(shown) : JSON.stringify(shown);
    await work(stored, index, `(BAD_INPUT_SEED=${SEED}, value ${index}: ${value})`);
  }
}

/** Returns why a key's value is no text, if it is none. */
function problemOf(stored: Stored): string | undefined {
  if ("type" in stored) return "it is not a string";
  if (!("bytes" in stored) || "absent" in stored) return undefined;
  if (stored.bytes.length > 25_000_000) {
    return `its ${stored.bytes.length} bytes are more than the 25000000 taken as text`;
  }
  return textOf(stored) === undefined
    ? `its bytes are no UTF-8 text: "${excerpt(stored.bytes)}"`
    : undefined;
}

/** Predicts a listener's lines from what it has read before. */
class ListenerModel {
  handled = 0;
  #detector = new ChangeDetector("shared_key", versionOfStamp);
  #answer: string;

  constructor(answer: string) {
    this.#answer = answer;
  }

  linesAbout(stored: Stored): Line[] {
    const problem = problemOf(stored);
    const value = problem === undefined ? textOf(stored) ?? null : null;
    const reading = { value, readAt: nowMicros(), ...(problem !== undefined && { problem }) };
    const change = this.#detector.accept(reading, "notification", true);
    const { shared } = this.#detector;
    const lines: Line[] = shared === undefined ? [] : [{
      level: "WARN",
      start: `More than one writer of shared_key calls itself "${shared}": `,
      rest: /ROLE_NAME/,
    }];
    if (!change) {
      const start = "shared_key holds a value that is older than one read before; it is ignored: ";
      return [{ level: "WARN", start: `${start}"${excerpt(value!)}"` }, ...lines];
    }
    if (problem !== undefined) {
      return [{ level: "WARN", start: `{name} cannot read shared_key: ${problem}` }];
    }
    if (value === null) {
      return [{ level: "INFO", start: "{name} read shared_key: it does not exist" }];
    }
    if (!change.version) {
      const start = `{name} read shared_key, which holds no stamp: "${excerpt(value)}"`;
      return [{ level: "WARN", start }];
    }
    this.handled++;
    const rest = /^-?\d+(\.\d{6})? seconds( \(clocks apart\))?$/;
    const start = `{name} read shared_key: ${value}, Time difference: `;
    return [...lines, { level: "INFO", start, rest }, { level: "INFO", start: this.#answer }];
  }
}

testOnEngines("The listeners handle any value of shared_key", async (_t, cluster) => {
  const env = { KEYDB_URL: cluster.url(0) };
  await using client = new TestClient(cluster.url(0));
  await using stack = new AsyncDisposableStack();
  const listeners: { reader: Reader; model: ListenerModel }[] = [];
  for (const role of ["listener_sync", "listener_async"] as const) {
    for (const format of ["text", "json"] as const) {
      const reader = stack.use(await Reader.start(role, format, env));
      listeners.push({ reader, model: new ListenerModel(ANSWERS[role]) });
    }
  }

  async function write(stored: Stored, why: string): Promise<void> {
    const expected = listeners.map(({ model }) => model.linesAbout(stored));
    await store(client, "shared_key", stored);
    await Promise.all(listeners.map(({ reader }, index) => reader.expect(expected[index], why)));
  }

  /** Writes a good value: it shows that no other line followed the last value, and that the listener still works. */
  async function probe(seq: number, why: string): Promise<void> {
    await write({ text: formatStamp(createStamp("probe", seq, nowMicros())) }, why);
  }

  for (const { reader, model } of listeners) {
    await reader.expect([{ level: "INFO", start: "Starting {name}" }], "(at the start)");
    await reader.expect(model.linesAbout({ absent: true }), "(at the start)");
  }
  await forEach(sharedKeyValues(CASES, SEED), async (stored, index, why) => {
    await probe(index + 1, why);
    await write(stored, why);
  });
  await probe(CASES * 2, "(at the end)");
  for (const { reader, model } of listeners) {
    const summary = await reader.stop("(at the end)");
    assertMatch(
      summary,
      new RegExp(` stopped: ${model.handled} changes? handled, \\d+ conflated, 0 missed, `),
    );
  }
}, { engines: ENGINES });

testOnEngines("The writer handles any value of update_interval", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  const env = { KEYDB_URL: cluster.url(0), UPDATE_INTERVAL: "86400" };
  const ignored = new RegExp(`${NEWS_OF_THE_LINE.source}| set shared_key: `);
  await using text = await Reader.start("writer", "text", env, ignored);
  await using json = await Reader.start("writer", "json", env, ignored);
  const writers = [text, json];
  let interval = 86400;

  function linesAbout(stored: Stored): Line[] {
    const problem = problemOf(stored);
    const value = textOf(stored);
    const seconds = "absent" in stored ? 86400 : parseInterval(problem ? "" : value ?? "");
    if (seconds === undefined) {
      const found = problem ?? `got "${excerpt(value!)}"`;
      const start = `update_interval must be ${INTERVAL_RULE}: ${found}; it stays at ${interval}`;
      return [{ level: "WARN", start }];
    }
    if (seconds === interval) return [];
    interval = seconds;
    return [{ level: "INFO", start: `{name} now writes every ${seconds} seconds` }];
  }

  async function write(stored: Stored, why: string): Promise<void> {
    const expected = linesAbout(stored);
    await store(client, "update_interval", stored);
    await Promise.all(writers.map((writer) => writer.expect(expected, why)));
  }

  for (const writer of writers) {
    await writer.expect([{ level: "INFO", start: "Starting {name}" }], "(at the start)");
  }
  await forEach(intervalValues(CASES / 2, SEED), async (stored, index, why) => {
    await write({ text: `${80_000 + index}` }, why);
    await write(stored, why);
  });
  for (const writer of writers) {
    assertMatch(await writer.stop("(at the end)"), / stopped: \d+ writes?, /);
  }
}, { engines: ENGINES });

testOnEngines("The writer starts with any value of shared_key", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  const warning = "shared_key holds no stamp to continue: ";
  const begun = "";
  const max = Number.MAX_SAFE_INTEGER;
  const cases: { stored: Stored; problem?: string; seq: number }[] = [
    { stored: { absent: true }, seq: 1 },
    { stored: { text: "" }, problem: 'got ""', seq: 1 },
    {
      stored: { text: "\x1b[2K\nforged" },
      problem: 'got "\\x1b[2K\\nforged"',
      seq: 1,
    },
    {
      stored: { text: "x".repeat(10 * 2 ** 20) },
      problem: `got "${"x".repeat(80)}…"`,
      seq: 1,
    },
    {
      stored: { bytes: Uint8Array.of(0xff) },
      problem: 'its bytes are no UTF-8 text: "\\xff"',
      seq: 1,
    },
    { stored: { type: "stream" }, problem: "it is not a string", seq: 1 },
    {
      stored: { text: "w seq -5 micros 1 timestamp 0" },
      problem: 'got "w seq -5 micros 1 timestamp 0"',
      seq: 1,
    },
    { stored: { text: "w timestamp 7" }, seq: 1 },
    { stored: { text: formatStamp(createStamp("w", max - 1, max)) }, seq: max },
    { stored: { text: formatStamp(createStamp("w", max, 0)) }, seq: 1 },
  ];
  for (const [index, { stored, problem, seq }] of cases.entries()) {
    const why = `(value ${index})`;
    await client.del("shared_key");
    await store(client, "shared_key", stored);
    const format = index % 2 === 0 ? "text" : "json";
    const env = { KEYDB_URL: cluster.url(0), UPDATE_INTERVAL: "86400" };
    await using writer = await Reader.start("writer", format, env);
    await writer.expect([{ level: "INFO", start: "Starting {name}" }], why);
    if (problem) {
      await writer.expect([{ level: "WARN", start: `${warning}${problem}${begun}` }], why);
    }
    const start = `{name} set shared_key: writer_${format} seq ${seq} micros `;
    await writer.expect([{
      level: "INFO",
      start,
      rest: /^\d{16} run [0-9a-f]{8} timestamp \d{10}$/,
    }], why);
    assertMatch(await writer.stop(why), / stopped: 1 write, /);
  }
}, { engines: ENGINES });

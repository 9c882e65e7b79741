import { assert, assertEquals, assertMatch } from "@std/assert";
import { within } from "../../cluster/waiting.ts";
import { BEGIN, BoardUnderTest } from "./_testing.ts";
import type { Entry, Second, Snapshot, Trace, Update } from "../protocol.ts";
import { Updates } from "./updates.ts";

/** A source whose time and news the test controls. */
class Source {
  now = BEGIN;
  seconds: Record<string, Second[]> = {};
  readonly traces: Trace[] = [];
  feed: Entry[] = [];
  skipped = 0;
  #state = new BoardUnderTest().state;

  get state() {
    return { ...this.#state, at: this.now };
  }

  judge(): void {}

  take() {
    const { seconds, feed, skipped } = this;
    Object.assign(this, { seconds: {}, feed: [], skipped: 0 });
    return { seconds, traces: [], feed, skipped };
  }

  /** Adds an event, a tenth of a second later. */
  happen(n: number): void {
    this.now += 100_000;
    this.feed.push({ kind: "event", at: this.now, who: "x", level: "info", text: `${n}` });
    this.seconds.sync = [[this.now, n, n, n]];
  }
}

/** A page's end of a stream. */
class Page {
  #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(updates: Updates, lastId?: string) {
    this.#reader = updates.stream(lastId).getReader();
  }

  async text(): Promise<string | undefined> {
    const { value } = await within(this.#reader.read(), "a piece of the stream", 2000);
    return value && new TextDecoder().decode(value);
  }

  // deno-lint-ignore no-explicit-any -- the tests know its type
  async event(): Promise<{ id: string; event: string; data: any }> {
    const text = await this.text() ?? "";
    const [, id, event, data] = /^id: (\S+)\nevent: (\w+)\ndata: (.*)\n\n$/.exec(text) ?? [];
    return { id, event, data: JSON.parse(data) };
  }

  async leave(): Promise<void> {
    await this.#reader.cancel();
  }
}

/** Opens a page, and reads the beginning of its stream. */
async function open(updates: Updates, lastId?: string): Promise<Page> {
  const page = new Page(updates, lastId);
  assertEquals(await page.text(), "retry: 1000\n\n");
  return page;
}

function texts({ feed }: Pick<Update, "feed">): string[] {
  return feed.map((entry) => entry.kind === "event" ? entry.text : "");
}

/** Adds events, with an update for each. */
function happen(updates: Updates, source: Source, from: number, to: number): void {
  for (let n = from; n <= to; n++) {
    source.happen(n);
    updates.look();
  }
}

Deno.test("A page gets a snapshot, and then each update", async () => {
  const source = new Source();
  using updates = new Updates(source, "boot");
  happen(updates, source, 1, 2);
  const page = await open(updates);
  const { id, event, data } = await page.event();
  assertEquals([id, event], ["boot-2", "snapshot"]);
  assertEquals(texts(data), ["1", "2"]);
  assertEquals(data.lines.sync, [
    [BEGIN + 100_000, 1, 1, 1],
    [BEGIN + 200_000, 2, 2, 2],
  ]);
  assertEquals(texts({ feed: data.events }), ["1", "2"]);
  assertEquals(data.state.at, BEGIN + 200_000);
  const next = page.event();
  happen(updates, source, 3, 3);
  const update = await next;
  assertEquals([update.id, update.event], ["boot-3", "update"]);
  assertEquals(update.data, {
    state: source.state,
    seconds: { sync: [[BEGIN + 300_000, 3, 3, 3]] },
    traces: [],
    feed: [{ kind: "event", at: BEGIN + 300_000, who: "x", level: "info", text: "3" }],
    skipped: 0,
  });
  await page.leave();
  assertEquals(updates.pages, 0);
});

Deno.test("While nothing happens, there is an update every two seconds", async () => {
  const source = new Source();
  using updates = new Updates(source, "boot");
  happen(updates, source, 1, 1);
  const page = await open(updates, "boot-1");
  const next = page.event();
  for (let n = 0; n < 50; n++) {
    source.now += 100_000;
    updates.look();
  }
  const { id, data } = await next;
  assertEquals([id, data.feed], ["boot-3", []]);
  await page.leave();
});

Deno.test("A page that reconnects gets what it missed in one update", async () => {
  const source = new Source();
  using updates = new Updates(source, "boot");
  happen(updates, source, 1, 5);
  const page = await open(updates, "boot-2");
  const { id, event, data } = await page.event();
  assertEquals([id, event, data.skipped], ["boot-5", "update", 0]);
  assertEquals(texts(data), ["3", "4", "5"]);
  assertEquals(data.seconds.sync.map(([, n]: Second) => n), [3, 4, 5]);
  await page.leave();
});

Deno.test("A page that has missed nothing waits for the next update", async () => {
  const source = new Source();
  using updates = new Updates(source, "boot");
  happen(updates, source, 1, 5);
  const page = await open(updates, "boot-5");
  const next = page.event();
  happen(updates, source, 6, 6);
  assertEquals((await next).id, "boot-6");
  await page.leave();
});

for (
  const [what, id] of Object.entries({
    "of another process": "toob-3",
    "from the future": "boot-7",
    "that is invalid": "boot-x\u0000",
    "that is too long": `boot-${"1".repeat(400)}`,
  })
) {
  Deno.test(`A page that names an event ${what} gets a snapshot`, async () => {
    const source = new Source();
    using updates = new Updates(source, "boot");
    happen(updates, source, 1, 5);
    const page = await open(updates, id);
    assertEquals((await page.event()).event, "snapshot");
    await page.leave();
  });
}

Deno.test("A page that was away for too long gets a snapshot", async () => {
  const source = new Source();
  using updates = new Updates(source, "boot");
  happen(updates, source, 1, 301);
  const [late, tooLate] = [await open(updates, "boot-1"), await open(updates, "boot-0")];
  assertEquals((await late.event()).event, "update");
  const { event, data } = await tooLate.event();
  assertEquals([event, data.feed.length], ["snapshot", 200]);
  assertEquals(texts(data).at(-1), "301");
  for (const page of [late, tooLate]) await page.leave();
});

Deno.test("A page that does not read gets everything in one update later, and nothing is kept for it", async () => {
  const source = new Source();
  using updates = new Updates(source, "boot");
  const page = await open(updates);
  await page.event();
  happen(updates, source, 1, 250);
  const { id, data } = await page.event();
  assertEquals([id, data.feed.length, data.skipped], ["boot-250", 200, 50]);
  assertEquals([texts(data)[0], texts(data).at(-1)], ["51", "250"]);
  assertEquals(data.seconds.sync.length, 250);
  await page.leave();
});

Deno.test("A line is five minutes long, however many seconds there are", async () => {
  const source = new Source();
  using updates = new Updates(source, "boot");
  happen(updates, source, 1, 3100);
  const page = await open(updates);
  const { lines }: Snapshot = (await page.event()).data;
  assertEquals(lines.sync.length, 3001);
  assertEquals([lines.sync[0][1], lines.sync.at(-1)![1]], [100, 3100]);
  await page.leave();
});

Deno.test("Entries that are left out are counted", async () => {
  const source = new Source();
  using updates = new Updates(source, "boot");
  const page = await open(updates, "boot-0");
  for (const n of [1, 2]) {
    source.skipped = 7;
    happen(updates, source, n, n);
  }
  assertEquals((await page.event()).data.skipped, 14);
  await page.leave();
});

Deno.test("All pages get the same bytes", async () => {
  const source = new Source();
  using updates = new Updates(source, "boot");
  const readers = Array.from({ length: 3 }, () => updates.stream("boot-0").getReader());
  for (const reader of readers) await reader.read();
  happen(updates, source, 1, 1);
  const [{ value: one }, ...others] = await Promise.all(readers.map((reader) => reader.read()));
  for (const { value } of others) assert(value === one);
  for (const reader of readers) await reader.cancel();
});

Deno.test("The end of the updates ends the streams, and a page that leaves is not counted", async () => {
  const source = new Source();
  const updates = new Updates(source);
  const pages = [await open(updates), await open(updates), new Page(updates)];
  assertEquals(updates.pages, 2); // the third one has not been read yet
  assertMatch((await pages[0].event()).id, /^\w{8}-0$/);
  await pages[1].leave();
  await pages[1].leave();
  assertEquals(updates.pages, 1);
  const waiting = pages[0].text();
  updates[Symbol.dispose]();
  assertEquals(await waiting, undefined);
  await pages[2].leave();
  assertEquals(updates.pages, 1); // as many as at the end
});

Deno.test("Frequent entries do not push events out", async () => {
  const source = new Source();
  using updates = new Updates(source, "boot");
  happen(updates, source, 1, 1);
  for (let n = 0; n < 300; n++) {
    source.now += 100_000;
    source.feed.push({ kind: "read", at: source.now, who: "sync", difference: n });
    updates.look();
  }
  const page = await open(updates);
  const { feed, events }: Snapshot = (await page.event()).data;
  assertEquals([feed.length, feed.some(({ kind }) => kind === "event")], [200, false]);
  assertEquals(texts({ feed: events }), ["1"]);
  await page.leave();
});

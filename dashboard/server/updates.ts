/** Sends updates to the pages: the same few a second to all, encoded once. */

import type { News } from "./board.ts";
import type { Entry, Event, Second, Snapshot, State, Trace, Update } from "../protocol.ts";

/** The shortest and the longest pause between two updates, in milliseconds: pages take silence for a lost server. */
const PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/** How many updates are kept for pages that are behind or reconnect. */
const MAX_KEPT = 300;

/** How many entries of the feed are kept, and sent to a page at a time. */
const MAX_FEED = 200;

/** How many events are kept in addition. */
const MAX_EVENTS = 100;

/** How long seconds are kept, in microseconds: five minutes. */
const LINE_LENGTH = 300_000_000;

/** How soon a page that has lost the server reconnects, in milliseconds. */
const RETRY_MS = 1000;

/** The source of updates. */
export interface UpdateSource {
  /** The current state. */
  readonly state: State;
  /** Brings the state up to date. */
  judge(): void;
  /** The paths of the last writes. */
  readonly traces: readonly Trace[];
  /** Returns what is new since the last call. */
  take(): News;
}

/** The seconds that came with one update. */
type Seconds = News["seconds"];

const ENCODER = new TextEncoder();

/**
 * Builds updates from a source, and streams them to pages.
 *
 * For each page, only the number of its last update is kept. The next update is built when the page has taken the last
 * one, from everything since: a slow page gets fewer updates, and one that has missed too many gets a snapshot.
 */
export class Updates implements Disposable {
  #source: UpdateSource;
  #boot: string;
  #number = 0;
  /** The contents of the last updates, that of the current number at the end. */
  #kept: News[] = [];
  /** The seconds of the last five minutes, and when they came. */
  #seconds: { readonly at: number; readonly seconds: Seconds }[] = [];
  /** The newest entries, and the newest of those that are events. */
  #feed: Entry[] = [];
  #events: Event[] = [];
  #state: State;
  /** The state without its time, to detect changes. */
  #shown: string;
  #next = Promise.withResolvers<void>();
  /** The encoded events of the current number, by the number that they continue from. */
  #encoded = new Map<number | undefined, Uint8Array>();
  #timer: ReturnType<typeof setInterval>;
  #ended = false;
  #pages = 0;

  /** @param source The source of updates. @param boot Identifies the process in the ids of events. */
  constructor(source: UpdateSource, boot: string = crypto.randomUUID().slice(0, 8)) {
    this.#source = source;
    this.#boot = boot;
    this.#state = source.state;
    this.#shown = withoutTime(this.#state);
    this.#timer = setInterval(() => this.look(), PAUSE_MS);
  }

  /** How many pages are open; after the end, how many were. */
  get pages(): number {
    return this.#pages;
  }

  /** Makes an update, if something has happened or the last one was long ago. */
  look(): void {
    this.#source.judge();
    const news = this.#source.take();
    const { state } = this.#source;
    const shown = withoutTime(state);
    const { feed, seconds, traces } = news;
    const isNews = shown !== this.#shown ||
      feed.length + traces.length + Object.keys(seconds).length > 0;
    const pause = Math.abs(state.at - this.#state.at); // the clock may be set back
    if (!isNews && pause < LONGEST_PAUSE_MS * 1000) return;
    this.#shown = shown;
    this.#state = state;
    this.#number++;
    this.#keep(news);
    this.#encoded.clear();
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }

  /**
   * Streams events to one page: first what it has missed, then updates.
   *
   * @param lastId The id of the last event that the page has seen, if any.
   * @param gone Aborted when the page is closed.
   * @returns The stream. It builds each event when the page is ready for it.
   */
  stream(lastId?: string | null, gone?: AbortSignal): ReadableStream<Uint8Array> {
    let sent = this.#numberIn(lastId ?? "");
    let isOpen = false;
    const leave = () => {
      if (isOpen && !this.#ended) this.#pages--;
      isOpen = false;
    };
    return new ReadableStream({
      start(controller) {
        gone?.addEventListener("abort", () => {
          if (isOpen) controller.close();
          leave();
        }, { once: true });
      },
      pull: async (controller) => {
        if (!isOpen) {
          isOpen = true;
          this.#pages++;
          return controller.enqueue(ENCODER.encode(`retry: ${RETRY_MS}\n\n`));
        }
        while (isOpen && sent === this.#number && !this.#ended) await this.#next.promise;
        if (!isOpen) return;
        if (this.#ended) return controller.close();
        controller.enqueue(this.#eventAfter(sent));
        sent = this.#number;
      },
      cancel: leave,
    }, { highWaterMark: 0 });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#ended = true;
    this.#next.resolve();
  }

  #keep(news: News): void {
    const { at } = this.#state;
    this.#kept = [...this.#kept, news].slice(-MAX_KEPT);
    this.#feed = [...this.#feed, ...news.feed].slice(-MAX_FEED);
    const events = news.feed.filter((entry) => entry.kind === "event");
    this.#events = [...this.#events, ...events].slice(-MAX_EVENTS);
    if ((this.#seconds.at(-1)?.at ?? at) > at) this.#seconds = []; // the clock was set back
    this.#seconds.push({ at, seconds: news.seconds });
    while (this.#seconds[0].at < at - LINE_LENGTH) this.#seconds.shift();
  }

  /** Returns the number in an event's id, or `undefined` if the page cannot continue from it. */
  #numberIn(id: string): number | undefined {
    const [, boot, digits] = /^(\w+)-(\d{1,15})$/.exec(id) ?? [];
    const number = Number(digits);
    return boot === this.#boot && number <= this.#number ? number : undefined;
  }

  #eventAfter(sent: number | undefined): Uint8Array {
    const missed = this.#number - (sent ?? -Infinity);
    const from = missed <= this.#kept.length ? sent : undefined;
    let event = this.#encoded.get(from);
    if (!event) {
      const [name, data] = from === undefined
        ? ["snapshot", this.#snapshot()]
        : ["update", this.#update(missed)];
      const text = `id: ${this.#boot}-${this.#number}\nevent: ${name}\n` +
        `data: ${JSON.stringify(data)}\n\n`;
      this.#encoded.set(from, event = ENCODER.encode(text));
    }
    return event;
  }

  /** Merges the last updates into one. */
  #update(count: number): Update {
    const kept = this.#kept.slice(-count);
    const feed = kept.flatMap(({ feed }) => feed);
    const skipped = kept.reduce((sum, { skipped }) => sum + skipped, 0);
    return {
      state: this.#state,
      seconds: join(kept.map(({ seconds }) => seconds)),
      traces: newestOf(kept.flatMap(({ traces }) => traces)),
      feed: feed.slice(-MAX_FEED),
      skipped: skipped + Math.max(0, feed.length - MAX_FEED),
    };
  }

  #snapshot(): Snapshot {
    return {
      state: this.#state,
      lines: join(this.#seconds.map(({ seconds }) => seconds)),
      traces: this.#source.traces,
      feed: this.#feed,
      events: this.#events,
    };
  }
}

function withoutTime(state: State): string {
  return JSON.stringify({ ...state, at: 0 });
}

/** Joins the seconds of each listener. */
function join(parts: readonly Seconds[]): Seconds {
  const lines = new Map<string, Second[]>();
  for (const [name, seconds] of parts.flatMap(Object.entries<readonly Second[]>)) {
    const line = lines.get(name);
    if (line) line.push(...seconds);
    else lines.set(name, [...seconds]);
  }
  return Object.fromEntries(lines);
}

/** Returns the newest path of each write. */
function newestOf(traces: readonly Trace[]): Trace[] {
  return [...new Map(traces.map((trace) => [`${trace.writer} ${trace.at}`, trace])).values()];
}

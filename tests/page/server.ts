/** A server for the tests of the page: it serves the page, and behaves as the test wants. */

import { HEADERS } from "../../dashboard/server/app.ts";
import { PAGE_FILES } from "../../dashboard/server/page_files.ts";
import type { Snapshot, State, Update } from "../../dashboard/protocol.ts";

/** A request for another interval. */
export interface IntervalRequest {
  readonly authorization: string | null;
  readonly body: unknown;
}

/** Whether streams work, are refused with an error, or stay silent. */
export type Manner = "stream" | "refuse" | "hang";

/** The longest pause between two updates, in milliseconds. */
const PAUSE_MS = 1000;

/** Serves the page to a test. */
export class PageServer implements AsyncDisposable {
  /** How streams behave from now on. */
  manner: Manner = "stream";
  /** The first event of a new stream. */
  snapshot: Snapshot;
  /** How a request for the interval is answered. */
  answer: { status: number; problem?: string } = { status: 204 };
  /** The requests for the interval. */
  readonly intervals: IntervalRequest[] = [];
  /** The last ids in requests for streams; `null` for a new page. */
  readonly asked: (string | null)[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  readonly #timer: ReturnType<typeof setInterval>;
  #state: State;
  #boot = 1;
  #number = 0;

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    const options = { port: 0, hostname: "127.0.0.1", onListen() {} };
    this.#server = Deno.serve(options, (request) => this.#handle(request));
    this.#state = snapshot.state;
    this.#timer = setInterval(() => this.#speak(), PAUSE_MS);
  }

  /** The page's URL. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** Sends an update to all pages that listen. */
  push(update: Update): void {
    this.#number++;
    this.#state = update.state;
    this.#send(update);
  }

  /** Ends all streams. */
  close(): void {
    for (const stream of this.#streams) stream.close();
    this.#streams.clear();
  }

  /** Behaves like a new process, with other ids. */
  restart(): void {
    this.#boot++;
    this.#number = 0;
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.close();
    await this.#server.shutdown();
  }

  /** Sends an update without news. */
  #speak(): void {
    const news = { state: this.#state, seconds: {}, traces: [], feed: [], skipped: 0 };
    if (this.manner === "stream") this.#send(news);
  }

  #send(update: Update): void {
    for (const stream of this.#streams) stream.enqueue(this.#event("update", update));
  }

  async #handle(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/interval") return await this.#setInterval(request);
    if (pathname !== "/events") return servePage(pathname);
    this.asked.push(searchParams.get("after"));
    if (this.manner === "refuse") return new Response(null, { status: 503 });
    return this.#stream();
  }

  async #setInterval(request: Request): Promise<Response> {
    const body = await request.json();
    this.intervals.push({ authorization: request.headers.get("authorization"), body });
    const { status, problem } = this.answer;
    return problem === undefined
      ? new Response(null, { status })
      : Response.json({ problem }, { status });
  }

  #stream(): Response {
    const streams = this.#streams;
    this.#state = this.snapshot.state;
    const first = this.manner === "stream" ? this.#event("snapshot", this.snapshot) : undefined;
    let controller: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start(started) {
        controller = started;
        streams.add(controller);
        if (first) controller.enqueue(first);
      },
      cancel: () => void streams.delete(controller),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }

  #event(name: string, data: Snapshot | Update): Uint8Array {
    const id = `${this.#boot}-${this.#number}`;
    return new TextEncoder().encode(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

/** Answers with a file of the page, and the same headers as the dashboard. */
function servePage(pathname: string): Response {
  const file = PAGE_FILES.get(pathname);
  if (!file) return new Response(null, { status: 404 });
  return new Response(file.text, { headers: { ...HEADERS, "content-type": file.type } });
}

/**
 * Serves a port of this machine, whatever the clients do.
 *
 * `Deno.serve` ends at the first connection for which there is no file descriptor, and a listener of `node:net` accepts
 * no connections after it. Neither closes a connection whose request never completes. So this file accepts the
 * connections, and leaves only the HTTP on them to Deno.
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "./log.ts";
import { nameServer } from "../connect/server.ts";

/** How long a connection may stay open without an answer on its way, in milliseconds. */
const SILENCE_MS = 10_000;

/** Pause before the next attempt to accept connections, in milliseconds. */
const RETRY_MS = 100;

/** How long no connection may be refused before the log reports the recovery, in milliseconds. */
const CALM_MS = 1000;

/** Which port is served, and what for. */
export interface ServeOptions {
  /** What is served, as it completes the sentence "cannot serve …". */
  readonly what: string;
  /** The variable that sets the port. */
  readonly setting: string;
  /** The address of this machine. */
  readonly host: string;
  /** The port; 0 for any that is free. */
  readonly port: number;
  /** How many connections may be open at a time. */
  readonly connections: number;
  /** Logs when connections are refused, and when they are accepted again. */
  readonly log: Log;
  /** How long a connection may stay open without an answer on its way, in milliseconds; by default 10,000. */
  readonly silenceMs?: number;
}

/** A port that is served until it is disposed of. */
export interface Served extends AsyncDisposable {
  /** The port's number. */
  readonly port: number;
}

/** Answers one request, whose signal is aborted when the client has gone. */
type Answer = (request: Request) => Response | Promise<Response>;

/**
 * Serves HTTP on a port. Refuses new connections while too many are open, and lets them wait while there is no file
 * descriptor for them. Closes a connection over which no complete request comes within ten seconds.
 *
 * @param options The port, and what it is for.
 * @param answer Answers one request.
 * @returns The served port. Disposing of it ends it, and all requests under way.
 * @throws {Error} If the port cannot be served; the message says which setting to change.
 *
 * @example Usage
 * ```ts
 * import { createLog } from "./log.ts";
 * import { serve } from "./serving.ts";
 *
 * const log = createLog("me", "info", "text");
 * const address = { host: "127.0.0.1", port: 0 };
 * const options = { what: "greetings", setting: "PORT", ...address, connections: 10, log };
 * await using greetings = serve(options, () => new Response("Hello"));
 * console.log(await (await fetch(`http://127.0.0.1:${greetings.port}`)).text());
 * ```
 */
export function serve(options: ServeOptions, answer: Answer): Served {
  const { host: hostname, port } = options;
  try {
    const server = new Server(Deno.listen({ hostname, port }), options, answer);
    return { port: server.port, [Symbol.asyncDispose]: () => server.end() };
  } catch (error) {
    throw new Error(explain(error, options), { cause: error });
  }
}

/** Accepts connections, and refuses those over the limit. */
class Server {
  #listener: Deno.TcpListener;
  #options: ServeOptions;
  #answer: Answer;
  #open = new Set<HttpConnection>();
  #taking: Promise<void>;
  #ended = false;
  /** Set while connections are refused, and for a while after. */
  #refusing?: ReturnType<typeof setTimeout>;

  constructor(listener: Deno.TcpListener, options: ServeOptions, answer: Answer) {
    this.#listener = listener;
    this.#options = options;
    this.#answer = answer;
    this.#taking = this.#take();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#refusing);
    this.#listener.close();
    for (const connection of this.#open) connection.close(); // slow clients must not delay the end
    await this.#taking;
  }

  async #take(): Promise<void> {
    while (!this.#ended) {
      try {
        const connection = await this.#listener.accept();
        if (this.#open.size < this.#options.connections) this.#serve(connection);
        else {
          connection.close();
          this.#tellRefusal(`${this.#open.size} are open`);
        }
      } catch (error) {
        if (this.#ended) return;
        this.#tellRefusal((error as Error).message); // no descriptor is free
        await delay(RETRY_MS);
      }
    }
  }

  async #serve(connection: Deno.Conn): Promise<void> {
    const { silenceMs = SILENCE_MS } = this.#options;
    const http = new HttpConnection(connection, this.#answer, silenceMs);
    this.#open.add(http);
    await http.finished;
    this.#open.delete(http);
  }

  #tellRefusal(reason: string): void {
    const { what, log } = this.#options;
    if (this.#refusing === undefined) log.warn(`Refusing connections for ${what} (${reason})`);
    clearTimeout(this.#refusing);
    this.#refusing = setTimeout(() => this.#tellRecovery(), CALM_MS);
  }

  #tellRecovery(): void {
    const { what, log, connections } = this.#options;
    this.#refusing = undefined;
    if (this.#open.size < connections) log.info(`Taking connections for ${what} again`);
    else this.#refusing = setTimeout(() => this.#tellRecovery(), CALM_MS);
  }
}

/** One request of `Deno.serveHttp`. */
interface RequestEvent {
  readonly request: Request;
  respondWith(response: Response): Promise<void>;
}

/**
 * Deno's function to speak HTTP over an accepted connection. Deno 2 no longer documents it, but has no replacement for
 * it yet.
 */
const { serveHttp } = Deno as unknown as {
  serveHttp(connection: Deno.Conn): { nextRequest(): Promise<RequestEvent | null>; close(): void };
};

/** Answers the requests of one connection, and closes it if none comes. */
class HttpConnection {
  /** Resolves when the connection is closed. */
  readonly finished: Promise<void>;
  #http: ReturnType<typeof serveHttp>;
  #answer: Answer;
  #silenceMs: number;
  #silence?: ReturnType<typeof setTimeout>;
  #gone = new AbortController();
  /** How many answers are being sent. */
  #sending = 0;

  constructor(connection: Deno.Conn, answer: Answer, silenceMs: number) {
    this.#http = serveHttp(connection);
    this.#answer = answer;
    this.#silenceMs = silenceMs;
    this.finished = this.#run();
  }

  close(): void {
    clearTimeout(this.#silence);
    this.#gone.abort();
    try {
      this.#http.close();
    } catch {
      // it is closed already
    }
  }

  async #run(): Promise<void> {
    this.#awaitRequest();
    try {
      for (;;) {
        const event = await this.#http.nextRequest();
        if (!event) break;
        this.#respond(event).catch(() => this.close()); // the client has gone
      }
    } catch {
      // the client has gone, or does not speak HTTP
    }
    this.close();
  }

  async #respond({ request, respondWith }: RequestEvent): Promise<void> {
    const { signal } = this.#gone; // Deno's own signal does not report it
    // The answer may wait for the request's body, so the time limit still runs.
    const response = await this.#answer(new Request(request, { signal }));
    clearTimeout(this.#silence);
    this.#sending++;
    await respondWith(response);
    this.#sending--;
    if (this.#sending === 0) this.#awaitRequest();
  }

  #awaitRequest(): void {
    this.#silence = setTimeout(() => this.close(), this.#silenceMs);
  }
}

/** Explains why a port cannot be served, and what to change. */
function explain(error: unknown, { what, setting, host, port }: ServeOptions): string {
  const address = nameServer({ host, port });
  const sentence = `Cannot serve ${what} on ${address}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return `${sentence} as something else is served there: ${setting} must be a port that is free`;
  }
  if (error instanceof Deno.errors.NotCapable) {
    return `${sentence} as Deno's permissions do not allow it: --allow-net must include ${address}`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `${sentence} as the operating system does not allow it: ${setting} must be from 1024 up`;
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return `${sentence}: BIND_ADDRESS must be an address of this machine`;
  }
  return `${sentence}: ${(error as Error).message}`;
}

/** What the dashboard serves over HTTP. */

import { type Context, Hono } from "hono";
import { INTERVAL_RULE, parseInterval } from "../../lib/protocol/interval.ts";
import { UPDATE_INTERVAL_KEY } from "../../lib/protocol/keys.ts";
import type { Log } from "../../lib/telemetry/log.ts";
import { explainFailure } from "../../lib/connect/refusal.ts";
import { excerpt } from "../../lib/text.ts";
import { type GuardOptions, refuse } from "./guard.ts";
import { PAGE_FILES, type PageFile } from "./page_files.ts";
import type { Updates } from "./updates.ts";

/** The longest body that is accepted, in characters. */
const MAX_BODY = 1024;

/** A page loads only what the dashboard serves, and no text becomes markup or script. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** The headers of every answer. */
export const HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** Thrown if no server accepts writes at the moment. */
export class UnavailableError extends Error {
  /** @param message Why. */
  constructor(message: string) {
    super(message);
    this.name = "UnavailableError";
  }
}

/** What the application needs. */
export interface AppOptions extends GuardOptions {
  readonly updates: Updates;
  readonly log: Log;
  /** How many pages may be open at a time. */
  readonly maxPages: number;
  /** Sets `update_interval`. */
  setInterval(seconds: number): Promise<void>;
}

/**
 * Creates the application: the page's files, `GET /events` and `PUT /interval`.
 *
 * @param options What it needs.
 * @returns The application, whose `fetch` answers requests.
 */
export function createApp(options: AppOptions): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
  });
  for (const [path, file] of PAGE_FILES) {
    app.get(path, (context) => answerFile(context, file));
    app.all(path, (context) => refuseMethod(context, "GET, HEAD"));
  }
  app.get("/events", (context) => answerEvents(context, options));
  app.all("/events", (context) => refuseMethod(context, "GET"));
  app.put("/interval", (context) => answerInterval(context, options));
  app.all("/interval", (context) => refuseMethod(context, "PUT"));
  app.onError((error, context) => {
    options.log.error(`Cannot answer ${context.req.method} ${context.req.path}: ${error.message}`);
    return context.text("The dashboard has failed: see its log", 500);
  });
  return app;
}

function refuseMethod(context: Context, allow: string): Response {
  return context.text(`Method not allowed: use ${allow}`, 405, { allow });
}

/** Sends a file, unless the browser already has this version. */
function answerFile(context: Context, { type, text, length, tag }: PageFile): Response {
  const headers = { "cache-control": "no-cache", "etag": tag };
  if (context.req.header("if-none-match")?.includes(tag)) return context.body(null, 304, headers);
  return context.body(text, 200, {
    ...headers,
    "content-type": type,
    "content-length": `${length}`, // also for HEAD, whose answer has no body
  });
}

/** Streams events to a page. */
function answerEvents(context: Context, { updates, maxPages }: AppOptions): Response {
  // Hono handles HEAD like GET, and would send 0 as the stream's length.
  if (context.req.method === "HEAD") return refuseMethod(context, "GET");
  if (updates.pages >= maxPages) return context.text("Too many pages are open", 503);
  // A browser sends the last id in the header; a page that opens a new stream cannot, and sends it in the query.
  const lastId = context.req.header("last-event-id") ?? context.req.query("after");
  return context.body(updates.stream(lastId, context.req.raw.signal), 200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store, no-transform",
    "x-accel-buffering": "no", // else nginx holds events back until it has more
  });
}

/** Sets the interval in the body, such as `{"seconds": "0.5"}`: the text as it was typed. */
async function answerInterval(context: Context, options: AppOptions): Promise<Response> {
  const refusal = refuse(context.req.raw.headers, options);
  if (refusal) return context.json({ problem: refusal.reason }, refusal.status);
  const body = await readBody(context);
  if (body === undefined) {
    return context.json({ problem: `The body is over ${MAX_BODY} characters` }, 413);
  }
  const text = secondsIn(body);
  if (text === undefined) {
    return context.json({ problem: 'The body must be JSON like {"seconds": "0.5"}' }, 400);
  }
  const seconds = parseInterval(text);
  if (seconds === undefined) {
    const problem = `${UPDATE_INTERVAL_KEY} must be ${INTERVAL_RULE}: got "${excerpt(text)}"`;
    return context.json({ problem }, 400);
  }
  try {
    await options.setInterval(seconds);
    options.log.info(`A page has set ${UPDATE_INTERVAL_KEY} to ${seconds}`);
    return context.body(null, 204);
  } catch (error) {
    const status = error instanceof UnavailableError ? 503 : 502;
    const reason = excerpt(explainFailure(error), 200);
    return context.json({ problem: `Cannot set ${UPDATE_INTERVAL_KEY}: ${reason}` }, status);
  }
}

/** Reads the body; `undefined` if it is too long. */
async function readBody({ req }: Context): Promise<string | undefined> {
  let text = "";
  for await (const piece of req.raw.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (text.length > MAX_BODY) return undefined;
  }
  return text;
}

function secondsIn(body: string): string | undefined {
  try {
    const seconds = JSON.parse(body)?.seconds;
    return typeof seconds === "string" ? seconds : undefined;
  } catch {
    return undefined;
  }
}

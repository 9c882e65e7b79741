/**
 * Spans for Deno's own OpenTelemetry. All roles that handle a value find its trace by its stamp, so that nothing
 * has to be handed on with it.
 */

import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import type { Redis } from "ioredis";
import type { Change } from "../observe/change.ts";
import { nowMicros } from "../clock.ts";
import { explainFailure } from "../connect/refusal.ts";
import { type FullStamp, isFull, type StampVersion } from "../protocol/stamp.ts";
import { timeDifference } from "../protocol/timing.ts";

/** What spreads sequence numbers evenly over 64 bits: 2^64 divided by the golden ratio. It is odd. */
const SPREAD = 0x9e3779b97f4a7c15n;

const TRACER = trace.getTracer("keydb_observable");

/** Whether Deno exports spans. This one never ends, and is not exported. */
export const IS_TRACING: boolean = TRACER.startSpan("probe").isRecording();

/** The spans of reads, so that their handshakes find them. */
const READS = new WeakMap<Change<StampVersion>, Span>();

/**
 * Finds the trace of a value, and the span that all others in it descend from. Nobody exports that one: it
 * stands for the stamp.
 *
 * The trace's id is the stamp's microseconds, and then its sequence number plus one times an odd constant,
 * modulo 2^64. It is never zero, no two stamps share it but those of two writers that have both numbers in
 * common, and samplers that decide by its last digits choose evenly, and in all roles alike.
 *
 * @param stamp The stamp.
 * @returns The trace's id and the span's, which is the second half of it, and that it is to be sampled.
 *
 * @example Usage
 * ```ts
 * import { createStamp } from "../protocol/stamp.ts";
 * import { traceOf } from "./tracing.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { traceId, spanId } = traceOf(createStamp("writer", 42, 1725543675123456));
 * assertEquals(traceId, "0006215f71ccd700" + "935172286182d787");
 * assertEquals(spanId, "935172286182d787");
 * ```
 */
export function traceOf({ seq, micros }: FullStamp): SpanContext {
  const spanId = toHex(BigInt.asUintN(64, BigInt(seq + 1) * SPREAD));
  const traceId = toHex(BigInt(micros)) + spanId;
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
}

/**
 * Does a write in a span that begins at the stamp's time and ends with the write's acknowledgement.
 *
 * @param stamp What is written.
 * @param work The write; it calls its parameter with the connection that it writes over.
 * @returns What the write resolves to.
 * @throws What the write fails with; the span says so.
 *
 * @example Usage
 * ```ts
 * import type { Redis } from "ioredis";
 * import { createStamp, formatStamp } from "../protocol/stamp.ts";
 * import { traceWrite } from "./tracing.ts";
 *
 * async function write(client: Redis, micros: number): Promise<void> {
 *   const stamp = createStamp("writer", 42, micros);
 *   await traceWrite(stamp, (over) => {
 *     over(client);
 *     return client.set("shared_key", formatStamp(stamp));
 *   });
 * }
 * ```
 */
export function traceWrite<T>(stamp: FullStamp, work: TracedWork<T>): Promise<T> {
  if (!IS_TRACING) return work(() => {});
  return doInSpan({
    name: "write",
    kind: SpanKind.PRODUCER,
    from: stamp.micros,
    attributes: { ...operation("SET"), ...valueOf(stamp) },
    parent: contextOf(stamp),
  }, work);
}

/**
 * Records the read of a change as a span, from the arrival of the notification that led to it to its end. A read
 * that had another cause is a span without length.
 *
 * @param listener The name of who read.
 * @param change What was read; if it holds no stamp, or one of the older form, there is no span.
 *
 * @example Usage
 * ```ts
 * import { traceRead } from "./tracing.ts";
 *
 * const value = "writer seq 42 micros 1725543675123456 timestamp 1725543675";
 * const facts = { cause: "initial", readAt: 1725543675123868, conflated: 0, missed: 0 } as const;
 * traceRead("listener", { key: "shared_key", value, ...facts });
 * ```
 */
export function traceRead(
  listener: string,
  change: Change<StampVersion>,
  client?: Connected,
): void {
  const { version, cause, readAt, notifiedAt = readAt, conflated, missed } = change;
  const stamp = version?.stamp;
  if (!IS_TRACING || !stamp || !isFull(stamp)) return;
  const span = begin({
    name: "read",
    kind: SpanKind.CONSUMER,
    from: notifiedAt,
    attributes: {
      ...operation("GET"),
      ...client && placeOf(client),
      ...valueOf(stamp),
      "observable.listener": listener,
      "observable.cause": cause,
      "observable.conflated": conflated,
      "observable.missed": missed,
      "observable.time_difference": timeDifference(stamp, readAt).seconds,
    },
    parent: contextOf(stamp),
  });
  span.end(toTime(Math.max(notifiedAt, readAt)));
  READS.set(change, span);
}

/**
 * Does the answer to a change in a span that begins with the end of the read and ends with the answer's
 * acknowledgement. It descends from the span of the read.
 *
 * @param listener The name of who answers.
 * @param change What is answered, as {@linkcode traceRead} was given it; else there is no span.
 * @param work The answer.
 * @returns What the answer resolves to.
 * @throws What the answer fails with; the span says so.
 *
 * @example Usage
 * ```ts
 * import type { Change } from "../observe/change.ts";
 * import type { StampVersion } from "../protocol/stamp.ts";
 * import { traceHandshake, traceRead } from "./tracing.ts";
 *
 * async function handle(change: Change<StampVersion>, answer: () => Promise<void>): Promise<void> {
 *   traceRead("listener", change);
 *   await traceHandshake("listener", change, answer);
 * }
 * ```
 */
export function traceHandshake<T>(
  listener: string,
  change: Change<StampVersion>,
  work: TracedWork<T>,
): Promise<T> {
  const read = IS_TRACING ? READS.get(change) : undefined;
  if (!read) return work(() => {});
  return doInSpan({
    name: "handshake",
    kind: SpanKind.CLIENT,
    from: change.readAt,
    attributes: {
      ...operation("MSET"),
      ...valueOf(change.version!.stamp as FullStamp),
      "observable.listener": listener,
    },
    parent: trace.setSpan(ROOT_CONTEXT, read),
  }, work);
}

/** A connection, or what else has its options. */
type Connected = Pick<Redis, "options">;

/** Work in a span: it calls its parameter with the connection that it goes over, each time if it is done again. */
type TracedWork<T> = (over: (client: Connected) => void) => Promise<T>;

/** A span that begins. */
interface Beginning {
  readonly name: string;
  readonly kind: SpanKind;
  /** When it begins, in microseconds since the Unix epoch. */
  readonly from: number;
  readonly attributes: Attributes;
  /** What it descends from. */
  readonly parent: Context;
}

function begin({ name, kind, from, attributes, parent }: Beginning): Span {
  return TRACER.startSpan(name, { kind, startTime: toTime(from), attributes }, parent);
}

/** Ends the span with the work. No clock that is set back makes it end before it began. */
async function doInSpan<T>(beginning: Beginning, work: TracedWork<T>): Promise<T> {
  const span = begin(beginning);
  try {
    return await work((client) => void span.setAttributes(placeOf(client)));
  } catch (error) {
    span.recordException(error as Error);
    span.setStatus({ code: SpanStatusCode.ERROR, message: explainFailure(error) });
    throw error;
  } finally {
    span.end(toTime(Math.max(beginning.from, nowMicros())));
  }
}

function contextOf(stamp: FullStamp): Context {
  return trace.setSpanContext(ROOT_CONTEXT, traceOf(stamp));
}

/** The server and the database that a connection leads to, as OpenTelemetry's conventions call them. */
function placeOf({ options: { host = "localhost", port = 6379, db = 0 } }: Connected): Attributes {
  return { "server.address": host, "server.port": port, "db.namespace": `${db}` };
}

/** What OpenTelemetry's conventions call a command, whichever engine it is. */
function operation(command: string): Attributes {
  return { "db.system.name": "redis", "db.operation.name": command };
}

function valueOf({ writer, seq }: FullStamp): Attributes {
  return { "observable.writer": writer, "observable.seq": seq };
}

/** Microseconds as OpenTelemetry takes times: as milliseconds, with a fraction. */
function toTime(micros: number): number {
  return micros / 1000;
}

function toHex(number: bigint): string {
  return number.toString(16).padStart(16, "0");
}
